import SystemIO
import Time

/// A timer that its owner can hold before the loop calls back to the owner, and that any thread may arm.
final class WakeTimer: Sendable {
  private let timer = Locked<LoopTimer?>(nil)

  /// - Throws: `SystemError` when descriptors are used up.
  func make(on loop: EventLoop, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let made = try loop.makeTimer(body)
    timer.withLock { $0 = made }
  }

  func arm(at instant: Instant?) { timer.withLock { $0 }?.arm(at: instant) }

  func armNow() { arm(at: .zero) }

  func cancel() {
    let old = timer.withLock { timer in
      defer { timer = nil }
      return timer
    }
    old?.arm(at: nil)
  }
}
