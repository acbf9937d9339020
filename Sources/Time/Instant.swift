/// A moment on the monotonic clock, in nanoseconds.
///
/// The zero is the clock's own (the boot of the machine; the start of a rehearsal in virtual time), so instants of two
/// clocks must not be mixed. Arithmetic saturates at both ends instead of trapping: a deadline too far away is `distantFuture`.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Nanoseconds since the zero of the clock.
  package var nanoseconds: Int64

  /// The moment that many nanoseconds after the zero of the clock.
  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The zero of the clock.
  package static let zero = Instant(nanoseconds: 0)

  /// Later than every moment that will come: the deadline of something without a deadline.
  package static let distantFuture = Instant(nanoseconds: .max)

  /// Seconds with nine decimals and the unit, as in `12.000070000s`.
  package var description: String {
    let (seconds, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    let decimals = String(rest)
    let padding = String(repeating: "0", count: 9 - decimals.count)
    return "\(nanoseconds < 0 ? "-" : "")\(seconds).\(padding)\(decimals)s"
  }

  /// Whether `left` is earlier.
  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The moment `duration` after `instant`, to the nanosecond (rounded toward zero), saturating.
  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds.addingSaturating(duration.nanoseconds))
  }

  /// The moment `duration` before `instant`, to the nanosecond (rounded toward zero), saturating.
  package static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds.subtractingSaturating(duration.nanoseconds))
  }

  /// How long after `earlier` the moment `later` is; negative when it is before, saturating at about 292 years.
  package static func - (later: Instant, earlier: Instant) -> Duration {
    Duration(nanoseconds: later.nanoseconds.subtractingSaturating(earlier.nanoseconds))
  }

  /// Moves the instant later by `duration`, saturating.
  package static func += (instant: inout Instant, duration: Duration) {
    instant = instant + duration
  }

  /// Moves the instant earlier by `duration`, saturating.
  package static func -= (instant: inout Instant, duration: Duration) {
    instant = instant - duration
  }
}

extension Int64 {
  fileprivate func addingSaturating(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
