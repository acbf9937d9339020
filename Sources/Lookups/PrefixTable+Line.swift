import Packets

/// What is wrong with a line of a prefix table.
package enum LineFault: Error, Hashable, Sendable, CustomStringConvertible {
  case fields
  case address
  case families
  case order
  case length
  case asNumber
  case tooLong

  /// What stands there, or does not, for "line 3: …".
  package var description: String {
    switch self {
    case .fields: "not three or five fields with tabs between"
    case .address: "no address where one should be"
    case .families: "a range from one family to the other"
    case .order: "a range that ends before it begins"
    case .length: "no prefix length of that family"
    case .asNumber: "no AS number where one should be"
    case .tooLong: "longer than \(PrefixTable.longestLine) bytes"
    }
  }
}

/// One line of a prefix table, as read.
struct PrefixLine {
  let range: Range
  /// Where the text begins that says who: `13335<tab>US<tab>NAME`, or `1_2,3`.
  let text: Swift.Range<Int>

  enum Range {
    case ipv4(first: UInt32, last: UInt32, length: UInt8)
    case ipv6(first: UInt128, last: UInt128, length: UInt8)
  }

  /// Reads a line without its end; nil for one that says nothing.
  init?(_ bytes: Span<UInt8>, _ line: Swift.Range<Int>) throws(LineFault) {
    guard !line.isEmpty, bytes[line.lowerBound] != UInt8(ascii: "#") else { return nil }
    guard let firstEnd = Self.tab(bytes, line), let secondEnd = Self.tab(bytes, firstEnd + 1..<line.upperBound) else {
      throw .fields
    }
    let second = firstEnd + 1..<secondEnd
    guard let start = AddressReader.read(bytes, line.lowerBound..<firstEnd) else { throw .address }
    if let length = Self.number(bytes, second) {
      range = try Self.prefix(start, length)
      text = secondEnd + 1..<line.upperBound
      guard try Self.isAnnounced(bytes, text) else { return nil }
    } else {
      guard let end = AddressReader.read(bytes, second) else { throw .address }
      range = try Self.range(start, end)
      text = secondEnd + 1..<line.upperBound
      guard let numberEnd = Self.tab(bytes, text), Self.tab(bytes, numberEnd + 1..<text.upperBound) != nil else {
        throw .fields
      }
      guard let number = Self.number(bytes, text.lowerBound..<numberEnd) else { throw .asNumber }
      if number == 0 { return nil }
    }
  }

  private static func prefix(_ address: AddressReader.Address, _ length: UInt32) throws(LineFault) -> Range {
    switch address {
    case .ipv4(let number):
      guard length <= 32 else { throw .length }
      let hosts = UInt32(truncatingIfNeeded: UInt64(UInt32.max) >> UInt64(length))
      return .ipv4(first: number & ~hosts, last: number | hosts, length: UInt8(length))
    case .ipv6(let number):
      guard length <= 128 else { throw .length }
      // A smart shift by the whole width gives 0.
      let hosts = UInt128.max >> UInt128(length)
      return .ipv6(first: number & ~hosts, last: number | hosts, length: UInt8(length))
    }
  }

  private static func range(_ start: AddressReader.Address, _ end: AddressReader.Address) throws(LineFault) -> Range {
    switch (start, end) {
    case (.ipv4(let first), .ipv4(let last)):
      guard first <= last else { throw .order }
      return .ipv4(first: first, last: last, length: PrefixRange<UInt32>.noLength)
    case (.ipv6(let first), .ipv6(let last)):
      guard first <= last else { throw .order }
      return .ipv6(first: first, last: last, length: PrefixRange<UInt128>.noLength)
    case (.ipv4, .ipv6), (.ipv6, .ipv4): throw .families
    }
  }

  /// Whether a list of AS numbers (`1_2,3`) has one besides 0.
  private static func isAnnounced(_ bytes: Span<UInt8>, _ text: Swift.Range<Int>) throws(LineFault) -> Bool {
    var isAnnounced = false
    var start = text.lowerBound
    for index in text where bytes[index] == UInt8(ascii: "_") || bytes[index] == UInt8(ascii: ",") {
      guard let number = number(bytes, start..<index) else { throw .asNumber }
      if number != 0 { isAnnounced = true }
      start = index + 1
    }
    guard let number = number(bytes, start..<text.upperBound) else { throw .asNumber }
    return isAnnounced || number != 0
  }

  private static func tab(_ bytes: Span<UInt8>, _ range: Swift.Range<Int>) -> Int? {
    for index in range where bytes[index] == UInt8(ascii: "\t") { return index }
    return nil
  }

  /// A number of 32 bits in decimal; nil for anything else.
  static func number(_ bytes: Span<UInt8>, _ range: Swift.Range<Int>) -> UInt32? {
    // Ten digits fit into 64 bits with room to spare.
    guard (1...10).contains(range.count) else { return nil }
    var number: UInt64 = 0
    for index in range {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + UInt64(digit)
    }
    return UInt32(exactly: number)
  }
}

/// Reads addresses out of bytes, as strictly as `IPAddress.init(_:)` does and twenty times faster: a table has a million.
enum AddressReader {
  enum Address: Equatable {
    case ipv4(UInt32)
    case ipv6(UInt128)
  }

  static func read(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Address? {
    for index in range where bytes[index] == UInt8(ascii: ":") { return ipv6(bytes, range).map { .ipv6($0) } }
    return ipv4(bytes, range).map { .ipv4($0) }
  }

  /// Four decimal numbers without leading zeros.
  private static func ipv4(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    var address: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in range {
      let byte = bytes[index]
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        address = address << 8 | octet
        (octet, digits, dots) = (0, 0, dots + 1)
      } else {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10, digits == 0 || octet != 0 else { return nil }
        octet = octet * 10 + UInt32(digit)
        digits += 1
        guard octet < 256 else { return nil }
      }
    }
    guard digits > 0, dots == 3 else { return nil }
    return address << 8 | octet
  }

  /// RFC 4291 section 2.2: groups of at most four digits, one `::`, an IPv4 address in place of the last two groups.
  private static func ipv6(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt128? {
    var address: UInt128 = 0
    var groups = 0
    /// How many groups stand before the `::`.
    var gap: Int?
    var index = range.lowerBound
    if range.count >= 2, bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: ":") {
      gap = 0
      index += 2
    }
    while index < range.upperBound {
      let start = index
      var group: UInt128 = 0
      while index < range.upperBound, let digit = hexDigit(bytes[index]) {
        group = group << 4 | UInt128(digit)
        index += 1
        guard index - start <= 4 else { return nil }
      }
      if index < range.upperBound, bytes[index] == UInt8(ascii: ".") {
        guard groups <= 6, let embedded = ipv4(bytes, start..<range.upperBound) else { return nil }
        address = address << 32 | UInt128(embedded)
        groups += 2
        break
      }
      guard index > start, groups < 8 else { return nil }
      address = address << 16 | group
      groups += 1
      guard index < range.upperBound else { break }
      guard bytes[index] == UInt8(ascii: ":"), index + 1 < range.upperBound else { return nil }
      index += 1
      if bytes[index] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = groups
        index += 1
      }
    }
    guard let gap else { return groups == 8 ? address : nil }
    guard groups < 8 else { return nil }
    // What was read after the `::` stays at the end, what was read before goes to the front.
    let after = UInt128(16 * (groups - gap))
    let low = address & ~(UInt128.max << after)
    return (address >> after) << UInt128(16 * (8 - gap)) | low
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case _: nil
    }
  }
}
