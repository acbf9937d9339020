import Packets

/// The transport protocol that carries a probe.
package enum ProbeProtocolName: String, Hashable, Sendable, CaseIterable {
  case icmp
  case udp
  /// Other programs' probes in a capture; none are sent here.
  case tcp

  /// Those that probes are sent by, which is what a setting may choose and an engine has to do.
  package static let allCases: [ProbeProtocolName] = [.icmp, .udp]
}

/// The kind of socket that probes leave by.
package enum SocketName: String, Hashable, Sendable, CaseIterable {
  /// A raw ICMP socket; needs CAP_NET_RAW.
  case raw
  /// An ICMP datagram socket; needs the group to be inside `net.ipv4.ping_group_range`.
  case ping
  /// A UDP socket with its error queue; needs no privilege.
  case errqueue
  /// The built-in lab: no socket.
  case lab
  /// A capture of another program's packets: nothing was sent from here.
  case capture
}

/// How probes are sent and told apart on the wire.
package struct ProbeMethod: Hashable, Sendable {
  package let protocolName: ProbeProtocolName
  package let socket: SocketName
  package let family: AddressFamily

  package init(protocolName: ProbeProtocolName, socket: SocketName, family: AddressFamily) {
    self.protocolName = protocolName
    self.socket = socket
    self.family = family
  }
}
