import Packets

/// A name under which something about an address or an AS is looked up.
package enum ReverseName: Hashable, Sendable {
  /// Where the name of an address stands: `9.2.0.192.in-addr.arpa`, or 32 digits below `ip6.arpa`
  /// (RFC 1035 section 3.5, RFC 3596 section 2.5).
  case pointer(IPAddress)
  /// Where Team Cymru keeps the origin of an address: below `origin.asn.cymru.com` or `origin6.asn.cymru.com`.
  case origin(IPAddress)
  /// Where Team Cymru keeps the name of an AS: `AS64500.asn.cymru.com`.
  case asName(UInt32)

  /// The name to ask for.
  package var domainName: DomainName {
    switch self {
    case .pointer(let address):
      Self.name(Self.reversed(address) + [address.family == .ipv4 ? "in-addr" : "ip6", "arpa"])
    case .origin(let address):
      Self.name(Self.reversed(address) + [address.family == .ipv4 ? "origin" : "origin6"] + Self.cymru)
    case .asName(let number):
      Self.name(["AS\(number)"] + Self.cymru)
    }
  }

  /// Reads what somebody asks for; nil for any other name, and for the name of a whole block.
  package init?(_ name: DomainName) {
    // Digits are few and plain, so a text does for comparing; the labels of other names may be anything.
    let labels = name.labels.map { String(decoding: $0.map(DomainName.lowered), as: UTF8.self) }
    if let address = Self.address(labels, below: ["in-addr", "arpa"], .ipv4)
      ?? Self.address(labels, below: ["ip6", "arpa"], .ipv6)
    {
      self = .pointer(address)
    } else if let address = Self.address(labels, below: ["origin"] + Self.cymru, .ipv4)
      ?? Self.address(labels, below: ["origin6"] + Self.cymru, .ipv6)
    {
      self = .origin(address)
    } else if labels.count == 1 + Self.cymru.count, labels[1...].elementsEqual(Self.cymru), labels[0].hasPrefix("as"),
      let number = UInt32(labels[0].dropFirst(2))
    {
      self = .asName(number)
    } else {
      return nil
    }
    // What only reads like a number, as in "AS+7" or "AS07", is another name.
    guard domainName == name else { return nil }
  }

  private static let cymru = ["asn", "cymru", "com"]

  /// The octets of an IPv4 address, or the hexadecimal digits of an IPv6 one, last first.
  private static func reversed(_ address: IPAddress) -> [String] {
    switch address.family {
    case .ipv4: (0..<4).map { String(address.low >> ($0 * 8) & 0xff) }
    case .ipv6:
      [address.low, address.high].flatMap { half in (0..<16).map { String(half >> ($0 * 4) & 0xf, radix: 16) } }
    }
  }

  private static func address(
    _ labels: [String], below suffix: [String], _ family: AddressFamily
  ) -> IPAddress? {
    let count = family == .ipv4 ? 4 : 32
    guard labels.count == count + suffix.count, labels[count...].elementsEqual(suffix) else { return nil }
    let digits = labels[..<count].reversed()
    switch family {
    case .ipv4: return IPAddress(digits.joined(separator: "."))
    case .ipv6:
      guard digits.allSatisfy({ $0.utf8.count == 1 }), let high = UInt64(digits.prefix(16).joined(), radix: 16),
        let low = UInt64(digits.suffix(16).joined(), radix: 16)
      else { return nil }
      return IPAddress(high: high, low: low)
    }
  }

  private static func name(_ labels: [String]) -> DomainName {
    DomainName(wire: labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0])
  }
}
