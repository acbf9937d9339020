/// What is wrong with the bytes of a packet: which field, where, and in what way.
///
/// A flat value, so that refusing a hostile packet costs no more than accepting a good one.
package struct PacketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The ways in which bytes can be wrong.
  package enum Reason: Hashable, Sendable {
    /// The bytes end before the field does.
    case truncated
    /// The version is another one than the place calls for.
    case badVersion
    /// A length contradicts the format or the bytes round it.
    case badLength
    /// The checksum does not hold.
    case badChecksum
    /// More of these than the bound that keeps a hostile packet cheap.
    case tooMany
  }

  /// The field, or the header when its fixed part is not there whole.
  package var field: PacketField
  /// Where the field starts, in bytes from the start of the parsed span.
  package var offset: Int
  /// What is wrong with it.
  package var reason: Reason

  /// An error in the field that starts at `offset`.
  package init(_ field: PacketField, at offset: Int, _ reason: Reason) {
    self.field = field
    self.offset = offset
    self.reason = reason
  }

  /// As in `IPv4 header length at offset 20: impossible length`.
  package var description: String {
    "\(field) at offset \(offset): \(reason)"
  }
}

extension PacketError.Reason: CustomStringConvertible {
  /// What is wrong, in two words.
  package var description: String {
    switch self {
    case .truncated: "truncated"
    case .badVersion: "wrong version"
    case .badLength: "impossible length"
    case .badChecksum: "wrong checksum"
    case .tooMany: "too many"
    }
  }
}

/// A field that a `PacketError` can name.
package enum PacketField: Hashable, Sendable, CaseIterable {
  case address
  case ipv4Header, ipv4Version, ipv4HeaderLength, ipv4TotalLength, ipv4Options
  case ipv6Header, ipv6Version, ipv6ExtensionHeader
  case udpHeader, udpLength
  case tcpHeader, tcpDataOffset, tcpOptions
  case icmpHeader, icmpChecksum, icmpQuoteLength
  case extensionHeader, extensionVersion, extensionChecksum
  case extensionObject, extensionObjectLength
  case mplsLabels
  case interfaceIndex, interfaceAddress, interfaceAddressFamily, interfaceName, interfaceMTU
}

extension PacketField: CustomStringConvertible {
  /// The field's name in its standard, as in `IPv4 total length`.
  package var description: String {
    switch self {
    case .address: "address"
    case .ipv4Header: "IPv4 header"
    case .ipv4Version: "IPv4 version"
    case .ipv4HeaderLength: "IPv4 header length"
    case .ipv4TotalLength: "IPv4 total length"
    case .ipv4Options: "IPv4 options"
    case .ipv6Header: "IPv6 header"
    case .ipv6Version: "IPv6 version"
    case .ipv6ExtensionHeader: "IPv6 extension header"
    case .udpHeader: "UDP header"
    case .udpLength: "UDP length"
    case .tcpHeader: "TCP header"
    case .tcpDataOffset: "TCP data offset"
    case .tcpOptions: "TCP options"
    case .icmpHeader: "ICMP header"
    case .icmpChecksum: "ICMP checksum"
    case .icmpQuoteLength: "ICMP length of the quoted datagram"
    case .extensionHeader: "ICMP extension header"
    case .extensionVersion: "ICMP extension version"
    case .extensionChecksum: "ICMP extension checksum"
    case .extensionObject: "ICMP extension object"
    case .extensionObjectLength: "ICMP extension object length"
    case .mplsLabels: "MPLS label stack"
    case .interfaceIndex: "interface index"
    case .interfaceAddress: "interface address"
    case .interfaceAddressFamily: "interface address family"
    case .interfaceName: "interface name"
    case .interfaceMTU: "interface MTU"
    }
  }
}
