import CSystemIO
import Packets
import Probing
import SystemIO
import Tracing

/// A UDP socket with its error queue (no privilege needed): ICMP errors about what it sent, with the quoted payload and the
/// extension objects, but without the quoted headers.
enum UDPSocket {
  /// Makes one with a source port of the kernel's choice.
  ///
  /// - Parameters:
  ///   - flow: the flow that the port stands for.
  ///   - launch: the probe that it is for; nil for a shared one.
  /// - Throws: `SystemError` of `socket`, `bind` or `setsockopt`.
  static func make(
    family: AddressFamily, flow: FlowID, _ options: SocketOptions, launch: LaunchID?
  ) throws(SystemError) -> LiveSocket {
    let descriptor = FileDescriptor(owning: try checked(csio_udp_socket(family.isIPv6), "socket"))
    try options.apply(to: descriptor.raw, family: family, queuesErrors: true)
    let port = try LocalEnd.bind(descriptor.raw, family: family)
    let method = ProbeMethod(protocolName: .udp, socket: .errqueue, family: family)
    return LiveSocket(descriptor, method: method, identity: port, flow: flow, launch: launch)
  }
}
