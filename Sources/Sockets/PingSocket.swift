import CSystemIO
import Packets
import Probing
import SystemIO
import Tracing

/// An ICMP datagram socket (`net.ipv4.ping_group_range`): the kernel fixes its identifier, delivers only what belongs to it, and
/// puts ICMP errors into its error queue.
enum PingSocket {
  /// Makes one with an identifier of the kernel's choice.
  ///
  /// - Parameter launch: the probe that it is for; nil for a shared one.
  /// - Throws: `SystemError` of `socket` (EACCES when the group is not in the range), `bind` or `setsockopt`.
  static func make(
    family: AddressFamily, _ options: SocketOptions, launch: LaunchID?
  ) throws(SystemError) -> LiveSocket {
    let descriptor = FileDescriptor(owning: try checked(csio_ping_socket(family.isIPv6), "socket"))
    try options.apply(to: descriptor.raw, family: family, queuesErrors: true)
    let identifier = try LocalEnd.bind(descriptor.raw, family: family)
    let method = ProbeMethod(protocolName: .icmp, socket: .ping, family: family)
    return LiveSocket(descriptor, method: method, identity: identifier, launch: launch)
  }
}

/// This host's end of a datagram socket.
enum LocalEnd {
  /// Binds the socket to any address and returns the port, or the identifier, that the kernel chose.
  ///
  /// - Throws: `SystemError` of `bind` or `getsockname`.
  static func bind(_ descriptor: Int32, family: AddressFamily) throws(SystemError) -> UInt16 {
    try checked(csio_bind_any(descriptor, family.isIPv6), "bind")
    var address = csio_address()
    try checked(csio_local_address(descriptor, &address), "getsockname")
    return address.port
  }
}
