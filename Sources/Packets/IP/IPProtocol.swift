/// A number of the IANA registry "Protocol Numbers": what follows an IPv4 header, or an IPv6 header or extension header.
package struct IPProtocol: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  package static let hopByHopOptions = IPProtocol(rawValue: 0)
  package static let icmp = IPProtocol(rawValue: 1)
  package static let tcp = IPProtocol(rawValue: 6)
  package static let udp = IPProtocol(rawValue: 17)
  package static let routingHeader = IPProtocol(rawValue: 43)
  package static let fragmentHeader = IPProtocol(rawValue: 44)
  package static let authenticationHeader = IPProtocol(rawValue: 51)
  package static let icmpv6 = IPProtocol(rawValue: 58)
  package static let noNextHeader = IPProtocol(rawValue: 59)
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
