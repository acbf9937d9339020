import CSystemIO
import Packets
import SystemIO

/// How every socket of a transport is set up.
package struct SocketOptions: Sendable {
  /// Room for the replies to, and the stamps of, the largest window: 4,096 of each, at the 768 to 1,280 bytes that the kernel
  /// charges for a small packet. Only a limit: nothing is taken before it is needed.
  package static let usualReceiveBufferBytes = 8 << 20

  let receiveBufferBytes: Int32
  /// Whether raw sockets get their packet filter.
  let isFiltered: Bool

  /// Sets what probes, replies and errors need.
  ///
  /// - Throws: `SystemError` of `setsockopt`, where a probe could not be told apart without the option.
  func apply(to descriptor: Int32, family: AddressFamily, queuesErrors: Bool) throws(SystemError) {
    let isIPv6 = family.isIPv6
    try checked(csio_want_hop_limits(descriptor, isIPv6), "setsockopt IP_RECVTTL")
    if queuesErrors {
      try checked(csio_want_errors(descriptor, isIPv6), "setsockopt IP_RECVERR")
      // A kernel before 5.9 gives the errors without extension objects.
      _ = csio_want_extensions(descriptor, isIPv6)
    }
    // Without these a probe is sent all the same: fragmented, with a flow label, in a smaller buffer.
    _ = csio_dont_fragment(descriptor, isIPv6, 1)
    if family == .ipv6 { _ = csio_no_flow_label(descriptor) }
    if csio_force_receive_buffer(descriptor, receiveBufferBytes) < 0 {
      _ = csio_ask_receive_buffer(descriptor, receiveBufferBytes)
    }
  }
}
