import Enrichment
import Packets

/// Team Cymru's texts, one a line, of which the first byte says what address was asked about.
enum CymruFuzzing {
  static let seeds = [
    "\u{1}64500 64501 | 203.0.113.0/24 | ZZ | ripencc | 2010-07-09\n64502 | 203.0.112.0/22 | ZZ | arin | 2010-07-09",
    "\u{2}AS64500 | 2001:db8::/32 | zz | APNIC |\n4294967295 | 2001:db8::/29 |  |  |",
    "\u{1}64500 | ZZ | ripencc | 2010-07-09 | EXAMPLE-NET Größe, Ltd., ZZ",
  ].map { Array($0.utf8) }

  static func run(_ bytes: [UInt8]) {
    let isIPv6 = (bytes.first ?? 0).isMultiple(of: 2)
    let address = isIPv6 ? IPAddress(high: 0x2001_0db8_0000_0000, low: 9) : IPAddress(203, 0, 113, 9)
    let lines = bytes.dropFirst().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let texts = lines.map { String(decoding: $0, as: UTF8.self) }
    let origin = origin(texts, address)
    // Whatever order a server sends them in.
    if texts.count <= CymruRecord.mostTexts {
      precondition(origin?.prefix == self.origin(texts.reversed(), address)?.prefix, "The order does not matter.")
    }
    texts.forEach(name)
  }

  private static func origin(_ texts: [String], _ address: IPAddress) -> Origin? {
    do throws(CymruError) {
      let origin = try CymruRecord.origin(ofTexts: texts, for: address)
      precondition(origin.prefix?.contains(address) == true, "An origin is the address's.")
      precondition((1...CymruRecord.mostOrigins).contains(origin.asns.count), "An origin has its numbers.")
      precondition(!origin.asns.contains(0) && Set(origin.asns).count == origin.asns.count, "Each is one, once.")
      precondition((origin.country ?? "ZZ").utf8.count == 2, "A country has two letters.")
      return origin
    } catch {
      check(error)
      return nil
    }
  }

  private static func name(_ text: String) {
    do throws(CymruError) {
      let name = try CymruRecord.asName(ofText: text)
      precondition((1...CymruRecord.mostNameBytes).contains(name.utf8.count), "A name has its bound.")
    } catch {
      check(error)
    }
  }

  private static func check(_ error: CymruError) {
    let text = error.description.utf8
    precondition(text.allSatisfy { (0x20...0x7e).contains($0) }, "A message is printable.")
    precondition(text.count < 200, "A message is one line.")
  }
}
