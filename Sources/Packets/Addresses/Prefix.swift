/// A block of addresses that share their first bits, as in `192.0.2.0/24`.
package struct Prefix: Hashable, Sendable, CustomStringConvertible {
  /// The first address of the block: the bits after `length` are zero.
  package let address: IPAddress
  /// How many leading bits are shared: 0…32 for IPv4, 0…128 for IPv6.
  package let length: Int

  /// The block of that length which contains `address`; nil when the length is out of the family's range.
  package init?(_ address: IPAddress, length: Int) {
    guard (0...address.family.addressBitCount).contains(length) else { return nil }
    self.length = length
    self.address = Self.masked(address, length: length)
  }

  /// Reads `ADDRESS/LENGTH`; nil without a length. Bits of the address after the length are ignored.
  package init?(_ text: some StringProtocol) {
    guard let slash = text.firstIndex(of: "/"), let address = IPAddress(text[..<slash]) else { return nil }
    let digits = text[text.index(after: slash)...].utf8
    guard (1...3).contains(digits.count), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    self.init(address, length: digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
  }

  /// `ADDRESS/LENGTH`, with the address in its canonical text.
  package var description: String {
    "\(address)/\(length)"
  }

  /// Whether the address lies in the block; false for an address of the other family.
  package func contains(_ other: IPAddress) -> Bool {
    other.family == address.family && Self.masked(other, length: length) == address
  }

  private static func masked(_ address: IPAddress, length: Int) -> IPAddress {
    // A smart shift by the whole width gives 0, so that length 0 needs no case of its own.
    switch address.family {
    case .ipv4: IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low) & (UInt32.max << UInt32(32 - length)))
    case .ipv6:
      IPAddress(
        high: address.high & (UInt64.max << UInt64(64 - min(length, 64))),
        low: address.low & (UInt64.max << UInt64(128 - max(length, 64))))
    }
  }
}
