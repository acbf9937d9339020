import CSystemIO
import Glibc
import Probing
import Synchronization
import SystemIO
import Tracing

/// A descriptor that becomes readable once and stays so: threads that wait on a socket wait on it too, and so can be
/// called off.
final class StopSignal: Sendable {
  private let event: FileDescriptor
  private let gauge: EngineGauge

  init(_ gauge: EngineGauge) throws(SystemError) {
    event = FileDescriptor(owning: try checked(csio_eventfd(), "eventfd"))
    self.gauge = gauge
    gauge.descriptorsOpened(1)
  }

  deinit { gauge.descriptorsOpened(-1) }

  /// To wait on; never read from.
  var descriptor: Int32 { event.raw }

  func set() {
    var one: UInt64 = 1
    // The counter can only fail to grow when it is full, and then it is set anyway.
    _ = Glibc.write(event.raw, &one, MemoryLayout<UInt64>.size)
  }

  /// Makes it unreadable again, for a thread that it only wakes.
  func clear() {
    var count: UInt64 = 0
    // Nothing to read: another thread's wake-up has been taken already.
    _ = Glibc.read(event.raw, &count, MemoryLayout<UInt64>.size)
  }
}

/// What the engine must know of a trace while it carries its probes.
final class TraceLife: Sendable {
  let id: TraceID
  /// Set when the trace is cancelled; nil where the engine's threads do not wait by the probe.
  let stop: StopSignal?
  private let cancelled = Atomic(false)
  private let over = Atomic(false)

  init(_ id: TraceID, stop: StopSignal?) {
    self.id = id
    self.stop = stop
  }

  /// Whether nobody wants to hear of its probes any more.
  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  /// Whether it has ended, by itself or cancelled: a probe that has not left does not leave any more.
  var isOver: Bool { over.load(ordering: .acquiring) }

  /// It has ended by itself; its probes may still be waited for.
  func end() { over.store(true, ordering: .releasing) }

  func cancel() {
    end()
    cancelled.store(true, ordering: .releasing)
    stop?.set()
  }
}
