import CSystemIO
import Time

/// A timer of an `EventLoop`; it is cancelled when it is let go.
package final class LoopTimer: Sendable {
  private let descriptor: SharedDescriptor
  private let registration: EventLoop.Registration

  init(loop: EventLoop, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let descriptor = SharedDescriptor(owning: try checked(csio_timer(), "timerfd_create"))
    self.descriptor = descriptor
    registration = try loop.register(descriptor.raw) { _ in
      if readCounter(descriptor.raw) { body() }
    }
  }

  deinit {
    registration.cancel()
  }

  /// Sets the moment of the next call, in place of an earlier one; a moment in the past calls at once, nil never.
  package func arm(at instant: Instant?) {
    // 0 disarms, so the smallest moment is 1 ns; the kernel takes any other positive time.
    let result = csio_timer_arm(descriptor.raw, instant.map { max($0.nanoseconds, 1) } ?? 0)
    precondition(result == 0, "timerfd_settime fails only for a descriptor that is no timer.")
  }
}

/// The notice that the wall clock was set, from an `EventLoop`; it ends when it is let go.
package final class WallClockWatch: Sendable {
  private let registration: EventLoop.Registration

  init(loop: EventLoop, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let descriptor = SharedDescriptor(owning: try checked(csio_wall_clock_watch(), "timerfd_create"))
    try checked(csio_wall_clock_watch_arm(descriptor.raw), "timerfd_settime")
    registration = try loop.register(descriptor.raw) { _ in
      // The read fails with ECANCELED, which is the notice itself.
      readCounter(descriptor.raw)
      _ = csio_wall_clock_watch_arm(descriptor.raw)
      body()
    }
  }

  deinit {
    registration.cancel()
  }
}
