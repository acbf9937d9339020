import SystemIO
import Time

/// When the thread that serves a simulated network in real time stops sleeping.
///
/// A timer of the kernel is late by some tens of microseconds, most of it the processor's way out of its sleep; so the
/// thread wakes `earliness` before an answer is due and looks at the clock until then.
enum Punctuality {
  /// How long before an answer is due the thread stops sleeping. Measured with an answer each 6 ms beside a load of 14
  /// on 2 processors, from due to the call of `write`, median and 99 % in µs: with 0 61 and 584, with 60 16 and 74,
  /// with 100 1 and 24, with 150 1 and 36.
  private static let earliness = Duration.microseconds(100)

  /// When to wake for the next event of a network.
  ///
  /// - Parameter isAnswer: whether the event is an answer's arrival, and not something on the way that nobody sees.
  static func wakeTime(before next: Instant, isAnswer: Bool) -> Instant {
    isAnswer ? next - earliness : next
  }

  /// Whether sleeping now would make that event late; nil is no event.
  static func isSoon(_ next: Instant?, isAnswer: Bool) -> Bool {
    guard let next else { return false }
    return wakeTime(before: next, isAnswer: isAnswer) <= MonotonicClock.now
  }
}
