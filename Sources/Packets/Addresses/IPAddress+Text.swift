extension IPAddress: CustomStringConvertible {
  /// The longest text of an address: six groups of four digits and an embedded IPv4 address (INET6_ADDRSTRLEN less the NUL).
  private static let longestText = 45

  /// Reads an address as text, strictly.
  ///
  /// IPv4 is four decimal numbers without leading zeros; IPv6 is RFC 4291 section 2.2, with at most one `::` and with
  /// an IPv4 address allowed in place of the last two groups. A zone (`%eth0`), brackets, a prefix length or spaces give nil.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8.prefix(Self.longestText + 1))
    guard bytes.count <= Self.longestText else { return nil }
    if bytes.contains(UInt8(ascii: ":")) {
      guard let groups = Self.groups(ofAddress: bytes[...]) else { return nil }
      self.init(high: Self.joined(groups[..<4]), low: Self.joined(groups[4...]))
    } else {
      guard let number = Self.ipv4Number(bytes[...]) else { return nil }
      self.init(ipv4: number)
    }
  }

  /// The canonical text: dotted decimal, or RFC 5952 (an IPv4-mapped address ends in dotted decimal, its section 5).
  package var description: String {
    switch family {
    case .ipv4: Self.dotted(UInt32(truncatingIfNeeded: low))
    case .ipv6: high == 0 && low >> 32 == 0xffff ? "::ffff:\(Self.dotted(UInt32(truncatingIfNeeded: low)))" : colonText
    }
  }
}

// Reading.
extension IPAddress {
  private static func ipv4Number(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var number: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
      var octet: UInt32 = 0
      for byte in part {
        guard let digit = hexDigit(byte), digit < 10 else { return nil }
        octet = octet * 10 + UInt32(digit)
      }
      guard octet <= 255 else { return nil }
      number = number << 8 | octet
    }
    return number
  }

  /// The eight groups of an IPv6 address, with `::` filled in.
  private static func groups(ofAddress bytes: ArraySlice<UInt8>) -> [UInt16]? {
    let colon = UInt8(ascii: ":")
    guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == colon && bytes[$0 + 1] == colon }) else {
      guard let groups = groups(ofPart: bytes, endsAddress: true), groups.count == 8 else { return nil }
      return groups
    }
    // A second `::` leaves an empty group in the part after the first, which is refused there.
    guard let before = groups(ofPart: bytes[..<gap], endsAddress: false),
      let after = groups(ofPart: bytes[(gap + 2)...], endsAddress: true),
      before.count + after.count <= 7
    else { return nil }
    return before + Array(repeating: 0, count: 8 - before.count - after.count) + after
  }

  private static func groups(ofPart bytes: ArraySlice<UInt8>, endsAddress: Bool) -> [UInt16]? {
    if bytes.isEmpty { return [] }
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if endsAddress, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let number = ipv4Number(part) else { return nil }
        groups += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
      } else {
        guard (1...4).contains(part.count) else { return nil }
        var group: UInt16 = 0
        for byte in part {
          guard let digit = hexDigit(byte) else { return nil }
          group = group << 4 | UInt16(digit)
        }
        groups.append(group)
      }
    }
    return groups
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func joined(_ groups: ArraySlice<UInt16>) -> UInt64 {
    groups.reduce(0) { $0 << 16 | UInt64($1) }
  }
}

// Writing.
extension IPAddress {
  private static func dotted(_ number: UInt32) -> String {
    "\(number >> 24).\(number >> 16 & 0xff).\(number >> 8 & 0xff).\(number & 0xff)"
  }

  /// RFC 5952 section 4: lower case, no leading zeros, the first longest run of two or more zero groups as `::`.
  private var colonText: String {
    let groups = (0..<8).map { index in
      UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - index % 4 * 16))
    }
    var longest = 0..<0
    var run = 0..<0
    for (index, group) in groups.enumerated() {
      run = group == 0 ? (run.isEmpty ? index : run.lowerBound)..<(index + 1) : 0..<0
      if run.count > max(longest.count, 1) { longest = run }
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return longest.isEmpty ? text(0..<8) : "\(text(0..<longest.lowerBound))::\(text(longest.upperBound..<8))"
  }
}
