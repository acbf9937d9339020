import CSystemIO
import Packets
import Probing
import SystemIO
import Tracing

/// A raw ICMP or ICMPv6 socket (CAP_NET_RAW): it hears every ICMP message that this host is sent, with its headers, so a filter
/// keeps what is not ours out of its buffer.
enum RawSocket {
  /// Makes one that hears about echo requests with this identifier.
  ///
  /// - Parameter launch: the probe that it is for, of which it hears nothing before `hearOnly`; nil for a shared one.
  /// - Throws: `SystemError` of `socket` (EPERM without the capability) or `setsockopt`.
  static func make(
    family: AddressFamily, identifier: UInt16, _ options: SocketOptions, launch: LaunchID? = nil
  ) throws(SystemError) -> LiveSocket {
    let result = Capability.withRawSockets { csio_raw_icmp_socket(family.isIPv6) }
    let descriptor = FileDescriptor(owning: try checked(result, "socket"))
    if options.isFiltered {
      if family == .ipv6 {
        let types: [UInt8] = [
          ICMPv6Type.destinationUnreachable, ICMPv6Type.packetTooBig, ICMPv6Type.timeExceeded,
          ICMPv6Type.parameterProblem, ICMPv6Type.echoReply,
        ]
        try checked(csio_pass_icmpv6_types(descriptor.raw, types, Int32(types.count)), "setsockopt ICMP6_FILTER")
      }
      let filter = launch == nil ? PacketFilter.echo(identifier: identifier, family: family) : .nothing
      try filter.attach(to: descriptor.raw)
    }
    // What came between `socket` and the filter stays in the buffer. With a shared socket the parser refuses it; a socket for one
    // probe would take it for its reply: the answer to another probe of the same trace, which has just come.
    if launch != nil { empty(descriptor.raw) }
    try options.apply(to: descriptor.raw, family: family, queuesErrors: false)
    let method = ProbeMethod(protocolName: .icmp, socket: .raw, family: family)
    return LiveSocket(descriptor, method: method, identity: identifier, launch: launch)
  }

  /// Reads a socket that hears nothing any more until it is empty.
  private static func empty(_ descriptor: Int32) {
    var scratch = ArrivalScratch(capacity: 4)
    for _ in 0..<mostReads where !scratch.receive(from: descriptor, errorQueue: false, most: 4) { return }
  }

  /// Far more than a receive buffer of any size holds of what came in some microseconds.
  private static let mostReads = 1_000

  /// Lets a socket hear about one request, and about no other, from now on.
  ///
  /// - Throws: `SystemError` of `setsockopt`.
  static func hearOnly(identifier: UInt16, sequence: UInt16, _ socket: LiveSocket) throws(SystemError) {
    try PacketFilter.echo(identifier: identifier, sequence: sequence, family: socket.method.family)
      .attach(to: socket.descriptor.raw)
  }
}
