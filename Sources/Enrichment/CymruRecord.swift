import Packets

// Theory of operation
//
// Team Cymru answers by TXT records, whose text is fields between bars:
//
//     origin, origin6   64500 64501 | 203.0.113.0/24 | ZZ | ripencc | 2010-07-09
//     AS name           64500 | ZZ | ripencc | 2010-07-09 | EXAMPLE-NET Example Ltd, ZZ
//
// An address inside several announced prefixes has a record for each, in any order, and a prefix that several systems announce
// has all their numbers in one record, or one record each. The answer is the longest prefix that holds the address, with all its
// origins. A record is judged alone: a damaged one beside a good one costs nothing.
//
// The texts are a stranger's. All lengths and counts are bounded; numbers, prefix, country and registry are checked, so that
// nothing but what they may be comes through. A name may hold anything, and is made safe where it is shown.

/// What Team Cymru's records say of an address or an autonomous system.
package enum CymruRecord {
  /// The records of one answer that are read: announced prefixes nest a few deep, never as deep as 64.
  package static let mostTexts = 64
  /// A longer text is refused: 32 numbers and the longest prefix need 450 bytes.
  package static let mostTextBytes = 1024
  /// The most origins of one prefix. More than two are rare, and a line shows the first.
  package static let mostOrigins = 32
  /// A longer name is cut, and ends in "…": it stands in a line beside a host name.
  package static let mostNameBytes = 120

  /// The origin of an address, out of the texts of the answer to its question.
  ///
  /// - Parameter texts: one for each TXT record, its strings joined.
  /// - Returns: an origin without a name, whose AS numbers are in the order of the records, each once.
  /// - Throws: what is wrong with the first record, when none is of use.
  package static func origin(ofTexts texts: [String], for address: IPAddress) throws(CymruError) -> Origin {
    var best: Origin?
    var bestLength = -1
    var fault: CymruError?
    for text in texts.prefix(mostTexts) {
      do throws(CymruError) {
        let (origin, prefix) = try origin(ofText: text, for: address)
        if prefix.length > bestLength {
          best = origin
          bestLength = prefix.length
        } else if prefix.length == bestLength {
          best?.addOrigins(of: origin)
        }
      } catch {
        fault = fault ?? error
      }
    }
    if let best { return best }
    throw fault ?? CymruError(.record, .missing, "")
  }

  /// The name of an AS, as the service gives it but without the country after it.
  ///
  /// The service appends `, CC` to every name, so the last comma with two capital letters is never part of one.
  ///
  /// - Parameter text: of the TXT record, its strings joined.
  /// - Throws: what is wrong with the record.
  package static func asName(ofText text: String) throws(CymruError) -> String {
    let fields = try fields(of: text, atMost: 5)
    _ = try asNumber(fields[0])
    guard fields.count == 5 else { throw CymruError(.name, .missing, text) }
    let name = withoutCountry(fields[4])
    guard !name.isEmpty else { throw CymruError(.name, .missing, text) }
    return cut(name)
  }
}

// The fields of a record.
extension CymruRecord {
  private static func origin(
    ofText text: String, for address: IPAddress
  ) throws(CymruError) -> (origin: Origin, prefix: Prefix) {
    // The date, and whatever the service may append one day, are not read.
    let fields = try fields(of: text, atMost: 5)
    let asns = try asNumbers(fields[0])
    guard fields.count > 1 else { throw CymruError(.prefix, .missing, text) }
    guard let prefix = Prefix(fields[1]) else { throw CymruError(.prefix, .malformed, fields[1]) }
    guard prefix.contains(address) else { throw CymruError(.prefix, .foreign, fields[1]) }
    guard fields.count > 2 else { throw CymruError(.country, .missing, text) }
    let origin = Origin(
      asns: asns, prefix: prefix, country: try country(fields[2]),
      registry: fields.count > 3 ? try registry(fields[3]) : nil)
    return (origin, prefix)
  }

  /// At least one field, trimmed; the last holds all that follows.
  private static func fields(of text: String, atMost count: Int) throws(CymruError) -> [Substring] {
    guard text.utf8.count <= mostTextBytes else { throw CymruError(.record, .tooLong, text) }
    let scalars = text.unicodeScalars
    let fields = scalars.split(separator: "|", maxSplits: count - 1, omittingEmptySubsequences: false)
    return fields.map { Substring($0.trimmed) }
  }

  private static func asNumbers(_ field: Substring) throws(CymruError) -> [UInt32] {
    let words = field.unicodeScalars.split(whereSeparator: \.isBlank)
    guard !words.isEmpty else { throw CymruError(.asNumber, .missing, field) }
    guard words.count <= mostOrigins else { throw CymruError(.asNumber, .tooMany, field) }
    var numbers: [UInt32] = []
    for word in words {
      let number = try asNumber(Substring(word))
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }

  /// `64500` or `AS64500`. 0 is nobody's number (RFC 7607).
  private static func asNumber(_ field: Substring) throws(CymruError) -> UInt32 {
    guard !field.isEmpty else { throw CymruError(.asNumber, .missing, field) }
    let hasPrefix = field.utf8.prefix(2).elementsEqual("AS".utf8) || field.utf8.prefix(2).elementsEqual("as".utf8)
    let digits = hasPrefix ? field.utf8.dropFirst(2) : field.utf8[...]
    guard (1...10).contains(digits.count), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt32(exactly: digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }), number != 0
    else { throw CymruError(.asNumber, .malformed, field) }
    return number
  }

  private static func country(_ field: Substring) throws(CymruError) -> String? {
    guard !field.isEmpty else { return nil }
    guard field.utf8.count == 2, field.utf8.allSatisfy(\.isLetter) else {
      throw CymruError(.country, .malformed, field)
    }
    return field.uppercased()
  }

  private static func registry(_ field: Substring) throws(CymruError) -> String? {
    guard !field.isEmpty else { return nil }
    // The longest today is `ripencc`.
    guard field.utf8.count <= 16, field.utf8.allSatisfy(\.isLetter) else {
      throw CymruError(.registry, .malformed, field)
    }
    return field.lowercased()
  }

  private static func withoutCountry(_ name: Substring) -> Substring {
    let end = name.utf8.suffix(4)
    guard end.starts(with: ", ".utf8), end.dropFirst(2).allSatisfy(\.isCapital), end.count == 4 else { return name }
    return Substring(name.unicodeScalars.dropLast(4).trimmed)
  }

  private static func cut(_ name: Substring) -> String {
    guard name.utf8.count > mostNameBytes else { return String(name) }
    let mark = "…"
    var kept = String.UnicodeScalarView()
    var length = mark.utf8.count
    for scalar in name.unicodeScalars {
      length += scalar.utf8.count
      if length > mostNameBytes { break }
      kept.append(scalar)
    }
    return String(kept) + mark
  }
}

extension Origin {
  fileprivate mutating func addOrigins(of other: Origin) {
    for asn in other.asns where asns.count < CymruRecord.mostOrigins && !asns.contains(asn) { asns.append(asn) }
  }
}

extension UInt8 {
  fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  fileprivate var isLetter: Bool { isCapital || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension Substring.UnicodeScalarView {
  /// Without blanks at both ends.
  fileprivate var trimmed: Substring.UnicodeScalarView {
    var rest = drop(while: \.isBlank)
    while let last = rest.last, last.isBlank { rest.removeLast() }
    return rest
  }
}
