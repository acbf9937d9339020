import Packets

// Theory of operation
//
// The registries of special-purpose addresses (RFC 6890, RFC 8190; IANA's lists for IPv4 and IPv6) say which addresses mean
// something else than one interface in the Internet. Nobody can say which AS announces such an address, so nobody is asked: it is
// labelled by what it is. The longest range wins, as in routing.
//
// Left out on purpose are the ranges that are announced and looked up like any other: the AS112 sinks (192.31.196.0/24,
// 192.175.48.0/24, 2001:4:112::/48, 2620:4f:8000::/48), AMT (192.52.193.0/24, 2001:3::/32) and the anycast addresses of protocols
// (192.0.0.9, 192.0.0.10, 2001:1::1 to ::3). IPv6 space that nobody has assigned yet is ordinary too, but for ::/8: RFC 4291
// section 2.4 asks for that, since it may be assigned tomorrow.
//
// Two forms carry an IPv4 address inside an IPv6 one, and behind both stands an IPv4 interface: IPv4-mapped (::ffff:0:0/96, RFC
// 4291 section 2.5.5.2), which a socket may show, and the well-known NAT64 prefix (64:ff9b::/96, RFC 6052), by which a host in a
// network of IPv6 only sees every router beyond the translator. They are what the address inside is: 64:ff9b::10.0.0.1 is
// private, 64:ff9b::192.0.2.1 is documentation, and any other is looked up as IPv4 (`known(as:)`). In the local-use NAT64 prefix
// (64:ff9b:1::/48, RFC 8215), in 6to4 and in Teredo the address inside is that of a translator or relay, or stands where
// only its network knows: they are labelled.

/// The addresses that mean something else than one interface in the Internet.
package enum SpecialAddresses {
  /// The special-purpose range that holds the address; nil when the address is an ordinary one.
  package static func range(of address: IPAddress, policy: SpecialPolicy) -> SpecialRange? {
    let address = known(as: address)
    let rows =
      switch address.family {
      case .ipv4: ipv4
      case .ipv6: ipv6
      }
    guard let row = rows.first(where: { $0.prefix.contains(address) }), let kind = row.kind,
      !kind.isOrdinary(under: policy)
    else { return nil }
    return SpecialRange(kind: kind, prefix: row.prefix)
  }

  /// The address by which others know it: the IPv4 address inside an IPv4-mapped or NAT64 one, else itself.
  ///
  /// Names and origins are asked for this one.
  package static func known(as address: IPAddress) -> IPAddress {
    carriers.contains { $0.contains(address) } ? IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low)) : address
  }

  /// A block, and what it means; nil for an ordinary one inside a special one.
  private struct Row {
    let prefix: Prefix
    let kind: SpecialKind?

    init(_ text: String, _ kind: SpecialKind?) {
      guard let prefix = Prefix(text) else { preconditionFailure("'\(text)' in the table is no prefix.") }
      self.prefix = prefix
      self.kind = kind
    }
  }

  // In the tables a block stands before those that hold it.

  private static let ipv4 = [
    Row("0.0.0.0/32", .unspecified),
    Row("0.0.0.0/8", .thisNetwork),
    Row("10.0.0.0/8", .privateNetwork),
    Row("100.64.0.0/10", .carrierGradeNAT),
    Row("127.0.0.0/8", .loopback),
    Row("169.254.0.0/16", .linkLocal),
    Row("172.16.0.0/12", .privateNetwork),
    Row("192.0.0.0/29", .serviceContinuity),
    Row("192.0.0.9/32", nil),  // PCP anycast, RFC 7723
    Row("192.0.0.10/32", nil),  // TURN anycast, RFC 8155
    Row("192.0.0.0/24", .protocolAssignment),
    Row("192.0.2.0/24", .documentation),
    Row("192.88.99.0/24", .sixToFour),
    Row("192.168.0.0/16", .privateNetwork),
    Row("198.18.0.0/15", .benchmark),
    Row("198.51.100.0/24", .documentation),
    Row("203.0.113.0/24", .documentation),
    Row("224.0.0.0/4", .multicast),
    Row("255.255.255.255/32", .broadcast),
    Row("240.0.0.0/4", .reserved),
  ]

  private static let ipv6 = [
    Row("::/128", .unspecified),
    Row("::1/128", .loopback),
    Row("64:ff9b:1::/48", .localNAT64),
    Row("::/8", .reserved),
    Row("100::/64", .discard),
    Row("100:0:0:1::/64", .discard),
    Row("2001::/32", .teredo),
    Row("2001:1::1/128", nil),  // PCP anycast, RFC 7723
    Row("2001:1::2/128", nil),  // TURN anycast, RFC 8155
    Row("2001:1::3/128", nil),  // DNS-SD service registration anycast, RFC 9665
    Row("2001:2::/48", .benchmark),
    Row("2001:3::/32", nil),  // AMT, RFC 7450
    Row("2001:4:112::/48", nil),  // AS112, RFC 7535
    Row("2001:10::/28", .identifier),
    Row("2001:20::/28", .identifier),
    Row("2001:30::/28", .identifier),
    Row("2001::/23", .protocolAssignment),
    Row("2001:db8::/32", .documentation),
    Row("2002::/16", .sixToFour),
    Row("3fff::/20", .documentation),
    Row("5f00::/16", .segmentRouting),
    Row("fc00::/7", .privateNetwork),
    Row("fe80::/10", .linkLocal),
    Row("fec0::/10", .privateNetwork),
    Row("ff00::/8", .multicast),
  ]

  /// Blocks whose addresses end in the IPv4 address that they stand for.
  private static let carriers = [Row("::ffff:0:0/96", nil).prefix, Row("64:ff9b::/96", nil).prefix]
}
