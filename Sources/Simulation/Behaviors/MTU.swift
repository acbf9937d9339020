import Lexing

/// The longest datagram that a link carries: `mtu 1400`, `mtu 1400 silent`.
///
/// What is longer ends at the node in front of the link: with fragmentation needed (ICMP type 3 code 4 with the MTU, RFC
/// 1191) or packet too big (ICMPv6 type 2, RFC 4443 section 3.2). `silent` makes it a black hole, as a firewall does that
/// stops all ICMP. An IPv4 datagram that may be fragmented passes, as if its fragments had been put together again at its
/// destination. So do all answers: those of IPv4 may be fragmented, and hosts of IPv6 that answer are taken to know the MTU
/// of the way home.
///
/// The host where traces start refuses what is too long for its own link (EMSGSIZE).
package struct MTU: Behavior {
  package static let word = "mtu"
  package static let usage = "mtu BYTES [silent]"
  package static let summary = "the longest datagram the link carries; 'silent' drops longer ones without an error"
  package static let places = [BehaviorPlace.link]

  private let bytes: Int
  private let isSilent: Bool

  /// From what IPv4 demands (RFC 791 section 3.2) to the longest datagram. IPv6 demands more (`leastOfIPv6`).
  private static let range = 68...65_535

  /// A link that carries IPv6 carries datagrams of this length (RFC 8200 section 5).
  static let leastOfIPv6 = 1_280

  package init(reading words: inout WordReader) throws(Diagnostic) {
    bytes = try words.count(what: "an MTU", in: Self.range)
    isSilent = words.take("silent")
  }

  package func shape(_ link: inout LinkModel) {
    link.mtu = bytes
    link.dropsSilently = isSilent
  }

  package var description: String { "\(Self.word) \(bytes)" + (isSilent ? " silent" : "") }
}
