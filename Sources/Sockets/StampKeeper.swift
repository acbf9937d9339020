import CSystemIO
import Glibc
import Packets
import SystemIO
import Time

/// Keeps the kernel stamping what arrives.
///
/// The kernel stamps packets on their way in only while some socket of the machine wants it, and switches that on by a task that it
/// puts off (net/core/dev.c, net_enable_timestamp): usually for 0.2 ms, under load for longer. A reply that arrives before is
/// stamped by nobody, and when it is read late it looks late. So one socket is kept open for the purpose, made as early as a
/// network is, and the first probe waits until a datagram that this socket sends to itself comes back with a stamp.
final class StampKeeper: Sendable {
  private let socket: FileDescriptor

  /// How long the first probe waits at most; then replies without stamps get the program's.
  private static let patience = Duration.milliseconds(20)
  /// How long one datagram over the loopback interface may take; it takes 10 µs.
  private static let roundTripMilliseconds: Int32 = 2

  /// - Throws: `SystemError` where there is no loopback interface, or no socket.
  init() throws(SystemError) {
    socket = FileDescriptor(owning: try checked(csio_udp_socket(0), "socket"))
    var address = csio_address(IPAddress(127, 0, 0, 1))
    try checked(csio_bind(socket.raw, &address), "bind")
    try checked(csio_local_address(socket.raw, &address), "getsockname")
    try checked(csio_connect(socket.raw, &address), "connect")
    try checked(csio_want_receipt_stamps(socket.raw), "setsockopt SO_TIMESTAMPING")
  }

  /// Waits until the kernel stamps; returns at once when it does already.
  ///
  /// - Returns: whether it does.
  func waitForStamps() -> Bool {
    let end = MonotonicClock.now + Self.patience
    var scratch = ArrivalScratch()
    repeat {
      guard send(socket.raw, [0], 1, 0) == 1 else { return false }
      var entry = pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, Self.roundTripMilliseconds) == 1 else { continue }
      _ = scratch.receive(from: socket.raw, errorQueue: false, most: 1)
      if let index = scratch.next(), scratch.arrivals[index].stamp != 0 { return true }
    } while MonotonicClock.now < end
    return false
  }
}
