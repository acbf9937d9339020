/// A number of the IANA registry "Protocol Numbers": what follows an IPv4 header, or an IPv6 header or extension header.
package struct IPProtocol: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  package var rawValue: UInt8

  /// The protocol with that number, assigned or not.
  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// IPv6 hop-by-hop options, RFC 8200 section 4.3; in an IPv4 header the number is reserved.
  package static let hopByHopOptions = IPProtocol(rawValue: 0)
  /// ICMP, RFC 792.
  package static let icmp = IPProtocol(rawValue: 1)
  /// TCP, RFC 9293.
  package static let tcp = IPProtocol(rawValue: 6)
  /// UDP, RFC 768.
  package static let udp = IPProtocol(rawValue: 17)
  /// IPv6 routing header, RFC 8200 section 4.4.
  package static let routingHeader = IPProtocol(rawValue: 43)
  /// IPv6 fragment header, RFC 8200 section 4.5.
  package static let fragmentHeader = IPProtocol(rawValue: 44)
  /// Authentication header, RFC 4302.
  package static let authenticationHeader = IPProtocol(rawValue: 51)
  /// ICMPv6, RFC 4443.
  package static let icmpv6 = IPProtocol(rawValue: 58)
  /// Nothing follows, RFC 8200 section 4.7.
  package static let noNextHeader = IPProtocol(rawValue: 59)
  /// IPv6 destination options, RFC 8200 section 4.6.
  package static let destinationOptions = IPProtocol(rawValue: 60)
}

extension IPProtocol: CustomStringConvertible {
  /// The registry's keyword for those that matter here, otherwise the number.
  package var description: String {
    switch self {
    case .hopByHopOptions: "IPv6 hop-by-hop options"
    case .icmp: "ICMP"
    case .tcp: "TCP"
    case .udp: "UDP"
    case .routingHeader: "IPv6 routing header"
    case .fragmentHeader: "IPv6 fragment header"
    case .authenticationHeader: "AH"
    case .icmpv6: "ICMPv6"
    case .noNextHeader: "no next header"
    case .destinationOptions: "IPv6 destination options"
    default: "protocol \(rawValue)"
    }
  }
}
