import Glibc
import Time

/// The machine's monotonic clock, and the wall clock beside it.
package enum MonotonicClock {
  /// The moment of the call. About 25 ns.
  package static var now: Instant {
    Instant(nanoseconds: read(CLOCK_MONOTONIC))
  }

  /// Both clocks, read one right after the other, for `StampConverter`.
  ///
  /// The thread may be preempted between two reads, so the closest of up to three tries is returned.
  /// - Returns: nanoseconds since 1970, and the instant in the middle of the two reads round it.
  package static func sample() -> (realtime: Int64, monotonic: Instant) {
    var best: (realtime: Int64, monotonic: Int64) = (0, 0)
    var bestWidth = Int64.max
    for _ in 0..<3 {
      let before = read(CLOCK_MONOTONIC)
      let realtime = read(CLOCK_REALTIME)
      let width = read(CLOCK_MONOTONIC) - before
      if width < bestWidth {
        bestWidth = width
        best = (realtime, before + width / 2)
      }
      if width < closeEnoughNanoseconds { break }
    }
    return (best.realtime, Instant(nanoseconds: best.monotonic))
  }

  /// Three undisturbed reads take 50 to 150 ns; anything below a microsecond is far better than a stamp needs.
  private static let closeEnoughNanoseconds: Int64 = 1_000

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    let result = clock_gettime(clock, &time)
    precondition(result == 0, "clock_gettime fails only for a clock that the kernel does not know.")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
