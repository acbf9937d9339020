import Glibc
import Probing
import SystemIO
import Tracing

extension LiveSocket {
  /// Makes a socket that probes of a kind leave by.
  ///
  /// - Parameters:
  ///   - identifier: of raw echo requests; the kernel chooses that of the other kinds.
  ///   - launch: the probe that it is for; nil for a shared one.
  /// - Throws: `SystemError` of whatever the machine refuses.
  static func make(
    _ method: ProbeMethod, flow: FlowID, identifier: UInt16, _ options: SocketOptions, launch: LaunchID?
  ) throws(SystemError) -> LiveSocket {
    switch (method.protocolName, method.socket) {
    case (.icmp, .raw): try RawSocket.make(family: method.family, identifier: identifier, options, launch: launch)
    case (.icmp, .ping): try PingSocket.make(family: method.family, options, launch: launch)
    case (.udp, .errqueue): try UDPSocket.make(family: method.family, flow: flow, options, launch: launch)
    case (.icmp, .errqueue), (.udp, .raw), (.udp, .ping), (.icmp, .lab), (.udp, .lab), (.icmp, .capture),
      (.udp, .capture), (.tcp, _):
      throw SystemError(call: "socket", errno: EPROTONOSUPPORT, object: "\(method.protocolName) \(method.socket)")
    }
  }
}
