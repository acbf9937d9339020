// Theory of operation
//
// The kernel stamps packets with CLOCK_REALTIME; everything else here counts on CLOCK_MONOTONIC. Both clocks are slewed
// alike, so their difference, the offset, is constant until somebody sets the wall clock (or a leap second does).
//
// At every wake-up of the event loop the converter is given both clocks, read one right after the other. An offset that
// differs by more than `tolerance` from the last is a step: the one before is kept, with the moment at which the
// step was first seen. A packet read at a wake-up was stamped between the wake-up before and this one. So:
//
//   interval after the step was seen       only the current offset can be right
//   interval that may contain the step     the offset that puts the stamp into the interval; if both do, to different
//                                          moments, nobody can say which: not placed
//   no offset puts it there                not placed (several steps in one interval, or a stamp that is not ours)
//
// A stamp that is not placed is the caller's to replace by the program's own clock, and to mark as such.

/// Turns the kernel's wall-clock stamps into instants of the monotonic clock, across steps of the wall clock.
package struct StampConverter: Sendable {
  /// By how much a stamp may miss its interval, and two offsets differ without being a step.
  ///
  /// Two reads of the clocks are 50 ns apart unless the thread is preempted between them; a millisecond covers the common
  /// preemptions and is below every step worth telling from noise (ntpd and chrony step from 128 ms and 1 s on).
  package static let tolerance = Duration.milliseconds(1)

  /// REALTIME minus MONOTONIC in nanoseconds, at the last sample; nil before the first.
  private var offset: Int64?
  /// The offset before the last step, and the first sample after that step.
  private var step: (offsetBefore: Int64, seenAt: Instant)?
  /// The wall clock was set and no sample was taken since.
  private var isStale = false

  /// A converter that places nothing until its first sample.
  package init() {}

  /// Takes note of both clocks, read one right after the other; to be called at every wake-up, before stamps are converted.
  ///
  /// - Parameter realtime: CLOCK_REALTIME, in nanoseconds since 1970.
  package mutating func sample(realtime: Int64, monotonic: Instant) {
    let (new, overflow) = realtime.subtractingReportingOverflow(monotonic.nanoseconds)
    guard !overflow else { return }
    if let old = offset, Self.distance(old, new) > Self.toleranceNanoseconds {
      step = (offsetBefore: old, seenAt: monotonic)
    }
    offset = new
    isStale = false
  }

  /// Takes note that the wall clock was set (`TFD_TIMER_CANCEL_ON_SET`): nothing is placed until the next sample.
  ///
  /// The caller samples again at once; the sample finds the size of the step itself.
  package mutating func clockWasSet() {
    isStale = true
  }

  /// The instant at which a stamp was taken.
  ///
  /// - Parameters:
  ///   - stamp: CLOCK_REALTIME in nanoseconds, as the kernel gave it.
  ///   - notBefore: the wake-up before the one at which the stamp was read (or the moment of the send, for a transmit stamp).
  ///   - notAfter: when it was read.
  /// - Returns: an instant within the interval, moved into it by at most `tolerance`; nil when the stamp cannot be placed.
  package func instant(ofRealtime stamp: Int64, notBefore: Instant, notAfter: Instant) -> Instant? {
    guard let offset, !isStale else { return nil }
    let now = place(stamp, offset: offset, notBefore: notBefore, notAfter: notAfter)
    guard let step, notBefore < step.seenAt else { return now }
    let before = place(stamp, offset: step.offsetBefore, notBefore: notBefore, notAfter: notAfter)
    guard let now, let before else { return now ?? before }
    return Self.distance(now.nanoseconds, before.nanoseconds) <= Self.toleranceNanoseconds ? now : nil
  }

  private func place(_ stamp: Int64, offset: Int64, notBefore: Instant, notAfter: Instant) -> Instant? {
    let (nanoseconds, overflow) = stamp.subtractingReportingOverflow(offset)
    guard !overflow, notBefore <= notAfter else { return nil }
    let instant = Instant(nanoseconds: nanoseconds)
    guard instant >= notBefore - Self.tolerance, instant <= notAfter + Self.tolerance else { return nil }
    return min(max(instant, notBefore), notAfter)
  }

  private static let toleranceNanoseconds = UInt64(tolerance.nanoseconds)

  private static func distance(_ left: Int64, _ right: Int64) -> UInt64 {
    left > right ? UInt64(bitPattern: left &- right) : UInt64(bitPattern: right &- left)
  }
}
