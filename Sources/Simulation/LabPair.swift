import CSystemIO
import Probing
import Synchronization
import SystemIO

/// Two connected datagram sockets: an engine sends and waits at one end, the lab serves the other.
final class LabPair: Sendable {
  /// A descriptor that is closed when nobody uses it any more, so that its number is nobody else's while somebody does.
  final class End: Sendable {
    let descriptor: FileDescriptor
    init(owning raw: Int32) { descriptor = FileDescriptor(owning: raw) }
  }

  private struct Ends: Sendable {
    var engine: End?
    var lab: End?
  }

  private let ends: Locked<Ends>
  /// The number of the engine's end, for waiting; stale when the pair is closed.
  let descriptor: Int32
  private let dropped = Atomic(0)

  /// How much may wait unread at each end of a pair that many probes share, as at a live socket: the answers to the
  /// largest window.
  private static let sharedBufferBytes: Int32 = 8 << 20

  /// - Parameter isShared: whether many probes leave by it; a pair for one keeps the buffers that every socket has.
  /// - Throws: `SystemError` of `socketpair`, EMFILE when the process has too many descriptors.
  init(isShared: Bool) throws(SystemError) {
    var raw: (engine: Int32, lab: Int32) = (-1, -1)
    try checked(csio_datagram_pair(&raw.engine, &raw.lab), "socketpair")
    if isShared {
      // Less room is no reason to refuse: what does not fit is held, or counted as dropped.
      _ = csio_send_buffer(raw.engine, Self.sharedBufferBytes)
      _ = csio_send_buffer(raw.lab, Self.sharedBufferBytes)
    }
    ends = Locked(Ends(engine: End(owning: raw.engine), lab: End(owning: raw.lab)))
    descriptor = raw.engine
  }

  /// nil when the pair is closed.
  var engineEnd: End? { ends.withLock { $0.engine } }
  var labEnd: End? { ends.withLock { $0.lab } }

  /// Answers that found no room at the engine's end.
  var dropCount: Int { dropped.load(ordering: .relaxed) }

  func countDrop() { dropped.add(1, ordering: .relaxed) }

  /// Closes both ends, each as soon as no call is under way on it.
  func close() {
    // Released outside the lock: closing is a system call.
    let closed = ends.withLock { ends in
      let closed = ends
      ends = Ends()
      return closed
    }
    withExtendedLifetime(closed) {}
  }
}
