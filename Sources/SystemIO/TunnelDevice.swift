import CSystemIO
import Glibc
import Time

/// A TUN device, and what its one thread waits for: datagrams, a moment, and the end.
///
/// The device belongs to the network namespace of the thread that opened it, and goes when this value does.
package struct TunnelDevice: ~Copyable, Sendable {
  private let device: FileDescriptor
  private let timer: FileDescriptor
  private let signals: FileDescriptor

  /// How many datagrams the kernel keeps for us: 0.25 s of 20,000 a second. The default, 500, is over in a tick of a
  /// busy scheduler.
  private static let queueLength: Int32 = 5_000

  /// The longest name of a device, in bytes.
  package static let longestName = Int(csio_interface_name_max) - 1

  /// Opens a device, makes it unless it is there, and sets it up.
  ///
  /// - Parameter name: of the interface, at most `longestName` bytes.
  /// - Throws: `SystemError`, EPERM without CAP_NET_ADMIN, EBUSY when somebody else holds the device.
  package init(named name: String) throws(SystemError) {
    var call: UnsafePointer<CChar>?
    let raw = csio_tunnel_open(name, Self.queueLength, &call)
    let device = FileDescriptor(owning: try checked(raw, call.map { String(cString: $0) } ?? "open", name))
    let timer = FileDescriptor(owning: try checked(csio_timer(), "timerfd_create"))
    var set = sigset_t()
    sigemptyset(&set)
    for signal in Self.endingSignals { sigaddset(&set, signal.rawValue) }
    signals = FileDescriptor(owning: try checked(csio_signalfd(&set), "signalfd"))
    self.device = consume device
    self.timer = consume timer
  }

  /// The signals that end the waiting. They must be blocked in every thread.
  package static let endingSignals: Set<Signal> = [.interrupt, .terminate, .hangUp]

  /// Reads the next datagram that the kernel sends.
  ///
  /// - Parameter buffer: as long as the longest datagram; its beginning is overwritten.
  /// - Returns: the datagram's length; nil when none is waiting.
  package func read(into buffer: inout [UInt8]) -> Int? {
    let count = Glibc.read(device.raw, &buffer, buffer.count)
    return count > 0 ? count : nil
  }

  /// Hands a datagram to the kernel as if it had just arrived.
  ///
  /// - Returns: false when the kernel does not take it, for instance because the device was set down.
  package func write(_ datagram: [UInt8]) -> Bool {
    Glibc.write(device.raw, datagram, datagram.count) == datagram.count
  }

  /// Why a wait is over.
  package enum Wake: Sendable {
    /// A datagram may be waiting, or the moment has come.
    case work
    /// Somebody has written this to standard input.
    case told([UInt8])
    /// A signal of `endingSignals` came, standard input has ended, or somebody removed the device.
    case end
  }

  /// Waits for a datagram, for a moment (nil: never), or for the end. A moment in the past only looks for the end.
  package func wait(until moment: Instant?) -> Wake {
    // 0 disarms, so the smallest moment is 1 ns.
    _ = csio_timer_arm(timer.raw, moment.map { max($0.nanoseconds, 1) } ?? 0)
    while true {
      var entries = [signals.raw, STDIN_FILENO, device.raw, timer.raw].map { descriptor in
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
      if entries[0].revents != 0 { return .end }
      if entries[1].revents != 0 {
        switch readInput() {
        case .some(let bytes) where bytes.isEmpty: return .end
        case .some(let bytes): return .told(bytes)
        case nil: break
        }
      }
      // The kernel reports an error for a device that is gone only (drivers/net/tun.c, tun_chr_poll).
      if entries[2].revents & Int16(POLLERR) != 0 { return .end }
      if entries[2].revents != 0 || entries[3].revents != 0 { return .work }
    }
  }

  /// Reads what somebody has written to standard input: nothing at its end, nil when there is nothing yet.
  private func readInput() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return nil }
    return Array(buffer[..<max(0, count)])
  }

  /// Asks the kernel to run the calling thread before every ordinary one, so that a simulated network stays as quick as
  /// a real one on a machine that is busy.
  ///
  /// - Returns: false when it may not (CAP_SYS_NICE).
  package static func runBeforeOthers() -> Bool {
    var priority = sched_param()
    priority.sched_priority = sched_get_priority_min(SCHED_FIFO)
    return sched_setscheduler(0, SCHED_FIFO, &priority) == 0
  }
}
