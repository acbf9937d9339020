import Enrichment
import Packets
import Testing

@Suite("A record of Team Cymru")
struct CymruRecordTests {
  private static let address = IPAddress(203, 0, 113, 9)

  private func origin(_ texts: String...) throws -> Origin {
    try CymruRecord.origin(ofTexts: texts, for: Self.address)
  }

  private func fault(_ texts: String...) -> CymruError? {
    do throws(CymruError) {
      _ = try CymruRecord.origin(ofTexts: texts, for: Self.address)
      return nil
    } catch {
      return error
    }
  }

  @Test("says number, prefix, country and registry")
  func plain() throws {
    #expect(
      try origin("64500 | 203.0.113.0/24 | ZZ | ripencc | 2010-07-09")
        == Origin(asns: [64500], prefix: Prefix("203.0.113.0/24"), country: "ZZ", registry: "ripencc"))
  }

  @Test("of an IPv6 address is read alike")
  func ipv6() throws {
    let address = try #require(IPAddress("2001:db8::9"))
    let origin = try CymruRecord.origin(ofTexts: ["64500 | 2001:db8::/32 | ZZ | arin | 2012-02-24"], for: address)
    #expect(origin.prefix == Prefix("2001:db8::/32"))
    #expect(throws: CymruError.self) {
      try CymruRecord.origin(ofTexts: ["64500 | 203.0.113.0/24 | ZZ | arin | 2012-02-24"], for: address)
    }
  }

  @Test("with several origins keeps them all, in their order, each once")
  func multipleOrigins() throws {
    #expect(try origin("64502 64500 64502 64501|203.0.113.0/24|ZZ|arin|").asns == [64502, 64500, 64501])
  }

  @Test("may write AS before a number, and blanks or none round a field")
  func spelling() throws {
    #expect(
      try origin("AS64500 as64501\t|203.0.113.0/24|zz|ARIN") == origin("64500 64501 | 203.0.113.0/24 | ZZ | arin |"))
  }

  @Test("gives way to one with a longer prefix, wherever that stands")
  func longestPrefixWins() throws {
    let short = "64500 | 203.0.112.0/22 | ZZ | arin | 2010-07-09"
    let long = "64501 | 203.0.113.0/24 | YY | apnic | 2015-01-01"
    for texts in [[short, long], [long, short]] {
      let origin = try CymruRecord.origin(ofTexts: texts, for: Self.address)
      #expect(origin.asns == [64501])
      #expect(origin.country == "YY")
    }
  }

  @Test("adds its numbers to one with the same prefix")
  func samePrefix() throws {
    let origin = try origin("64500 | 203.0.113.0/24 | ZZ | arin |", "64501 64500 | 203.0.113.0/24 | ZZ | arin |")
    #expect(origin.asns == [64500, 64501])
  }

  @Test("with a longer prefix that does not hold the address is not about it")
  func foreignPrefix() throws {
    #expect(try origin("1 | 203.0.114.0/28 | ZZ | arin |", "64500 | 203.0.113.0/24 | ZZ | arin |").asns == [64500])
  }

  @Test("without country and registry leaves them out")
  func emptyFields() throws {
    let origin = try origin("64500 | 203.0.113.0/24 |  |  | ")
    #expect(origin.country == nil)
    #expect(origin.registry == nil)
    #expect(try self.origin("64500 | 203.0.113.0/24 | ZZ").registry == nil)
  }

  @Test("that is damaged does not spoil another one")
  func damagedBesideGood() throws {
    #expect(try origin("", "rubbish", "64500 | 203.0.113.0/24 | ZZ | arin |").asns == [64500])
  }

  @Test(
    "that is damaged is refused, by field",
    arguments: [
      ("", CymruField.asNumber, CymruError.Reason.missing, ""),
      (" | 203.0.113.0/24 | ZZ | arin |", .asNumber, .missing, ""),
      ("NA | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "NA"),
      ("AS | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "AS"),
      ("0 | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "0"),
      ("-1 | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "-1"),
      ("4294967296 | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "4294967296"),
      ("18446744073709551617 | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "18446744073709551617"),
      ("1.10 | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "1.10"),
      ("64500 x | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "x"),
      ("٦٤ | 203.0.113.0/24 | ZZ | arin |", .asNumber, .malformed, "\\u{666}\\u{664}"),
      ("64500", .prefix, .missing, "64500"),
      ("64500 | 203.0.113.0 | ZZ | arin |", .prefix, .malformed, "203.0.113.0"),
      ("64500 | 203.0.113.0/33 | ZZ | arin |", .prefix, .malformed, "203.0.113.0/33"),
      ("64500 | 2001:db8::/32 | ZZ | arin |", .prefix, .foreign, "2001:db8::/32"),
      ("64500 | 198.51.100.0/24 | ZZ | arin |", .prefix, .foreign, "198.51.100.0/24"),
      ("64500 | 203.0.113.0/24", .country, .missing, "64500 | 203.0.113.0/24"),
      ("64500 | 203.0.113.0/24 | Z1 | arin |", .country, .malformed, "Z1"),
      ("64500 | 203.0.113.0/24 | \u{1b}[ | arin |", .country, .malformed, "\\u{1b}["),
      ("64500 | 203.0.113.0/24 | ZZ | a'r\\in |", .registry, .malformed, "a\\'r\\\\in"),
    ])
  func damaged(text: String, field: CymruField, reason: CymruError.Reason, excerpt: String) {
    let fault = fault(text)
    #expect(fault?.field == field)
    #expect(fault?.reason == reason)
    #expect(fault?.excerpt == excerpt)
  }

  @Test("is missing when there was none, and the first damaged one is the one told about")
  func whichFault() {
    #expect(fault()?.field == .record)
    #expect(fault()?.reason == .missing)
    #expect(fault("64500 | x | ZZ | arin |", "y | z | ZZ | arin |")?.excerpt == "x")
  }

  @Test("is read up to its bounds and no further")
  func bounds() throws {
    let most = (1...CymruRecord.mostOrigins).map(String.init).joined(separator: " ")
    #expect(try origin("\(most) | 203.0.113.0/24 | ZZ | arin |").asns.count == CymruRecord.mostOrigins)
    #expect(fault("\(most) 99 | 203.0.113.0/24 | ZZ | arin |")?.reason == .tooMany)
    let added = try origin("\(most) | 203.0.113.0/24 | ZZ | arin |", "99 | 203.0.113.0/24 | ZZ | arin |")
    #expect(added.asns.count == CymruRecord.mostOrigins)

    let record = "64500 | 203.0.113.0/24 | ZZ | arin | "
    let date = String(repeating: "x", count: CymruRecord.mostTextBytes - record.utf8.count)
    #expect(try origin(record + date).asns == [64500])
    #expect(fault(record + date + "x")?.reason == .tooLong)

    let shorter = [String](repeating: "64500 | 203.0.112.0/22 | ZZ | arin |", count: CymruRecord.mostTexts)
    let unread = try CymruRecord.origin(ofTexts: shorter + ["64501 | 203.0.113.0/24 | ZZ | arin |"], for: Self.address)
    #expect(unread.asns == [64500])
  }

  @Test("64 kB of bars, blanks or combining marks are refused at once", arguments: ["|", " ", "\u{301}"])
  func longText(unit: String) {
    let fault = fault(String(repeating: unit, count: 65_535))
    #expect(fault?.reason == .tooLong)
    #expect((fault?.excerpt.utf8.count ?? .max) <= ForeignText.mostExcerptBytes + 3)
  }

  @Test("an error says the field, what is wrong and what stands there")
  func description() {
    #expect(
      fault("64500 | 203.0.113.0/33 | ZZ | arin |")?.description
        == "the prefix in Team Cymru's record is malformed: '203.0.113.0/33'")
    #expect(fault()?.description == "Team Cymru's record is missing")
    #expect(
      fault("64500 | 192.0.2.0/24 | ZZ | arin |")?.description
        == "the prefix in Team Cymru's record does not hold the address: '192.0.2.0/24'")
    #expect(Set(CymruField.allCases.map(\.description)).count == CymruField.allCases.count)
  }
}

@Suite("A record of Team Cymru about an AS")
struct CymruNameTests {
  private func fault(_ text: String) -> CymruError? {
    do throws(CymruError) {
      _ = try CymruRecord.asName(ofText: text)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "gives its name without the country after it",
    arguments: [
      ("64500 | ZZ | ripencc | 2010-07-09 | EXAMPLE, ZZ", "EXAMPLE"),
      ("64500|ZZ|ripencc|2010-07-09|EXAMPLE-NET Example Ltd, ZZ ", "EXAMPLE-NET Example Ltd"),
      // The registry's country and the name's need not agree, and a name may end like a country itself.
      ("64500 | EU | ripencc | 2010-07-09 | EXAMPLE Example, SA, FR", "EXAMPLE Example, SA"),
      ("64500 |  | | | EXAMPLE", "EXAMPLE"),
      ("64500 | ZZ | arin | | A | B, ZZ", "A | B"),
      ("64500 | ZZ | arin | | Größe, Zz", "Größe, Zz"),
      // Made safe where it is shown, not here.
      ("64500 | ZZ | arin | | \u{1b}[31mred\u{202e}, ZZ", "\u{1b}[31mred\u{202e}"),
    ])
  func names(text: String, name: String) throws {
    #expect(try CymruRecord.asName(ofText: text) == name)
  }

  @Test(
    "without a name, or about no AS, is refused",
    arguments: [
      ("", CymruField.asNumber, CymruError.Reason.missing), ("x | ZZ | arin | | EXAMPLE, ZZ", .asNumber, .malformed),
      ("64500 | ZZ | arin | 2010-07-09", .name, .missing), ("64500 | ZZ | arin | |  ", .name, .missing),
      ("64500 | ZZ | arin | | , ZZ", .name, .missing),
    ])
  func nameless(text: String, field: CymruField, reason: CymruError.Reason) {
    #expect(fault(text)?.field == field)
    #expect(fault(text)?.reason == reason)
  }

  @Test("is cut at the bound, between two characters, and shows it", arguments: ["x", "ß", "€", "𝄞"])
  func cut(unit: String) throws {
    let text = "64500 | ZZ | arin | | "
    let fitting = String(repeating: unit, count: CymruRecord.mostNameBytes / unit.utf8.count)
    #expect(try CymruRecord.asName(ofText: text + fitting) == fitting)
    let cut = try CymruRecord.asName(ofText: text + fitting + unit)
    #expect(cut.hasSuffix("…"))
    #expect(cut.dropLast().allSatisfy { String($0) == unit })
    #expect(((CymruRecord.mostNameBytes - 3)...CymruRecord.mostNameBytes).contains(cut.utf8.count))
  }

  @Test("of 64 kB is refused")
  func tooLong() {
    #expect(fault("64500 | ZZ | arin | | " + String(repeating: "x", count: 65_535))?.reason == .tooLong)
  }
}
