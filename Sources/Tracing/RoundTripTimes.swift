import Time

/// Running statistics of round-trip times, in constant space.
///
/// Mean and deviation by Welford's recurrence (Technometrics 4 (1962) 419); the deviation is that of a sample, with
/// n − 1 below, as mtr and trippy print it.
package struct RoundTripTimes: Hashable, Sendable {
  package private(set) var count = 0
  package private(set) var last: Duration = .zero
  package private(set) var least: Duration = .zero
  package private(set) var largest: Duration = .zero
  private var meanNanoseconds = 0.0
  private var squares = 0.0

  package init() {}

  package init(_ times: some Sequence<Duration>) {
    for time in times { add(time) }
  }

  package mutating func add(_ time: Duration) {
    count += 1
    last = time
    least = count == 1 ? time : min(least, time)
    largest = count == 1 ? time : max(largest, time)
    let value = Double(time.nanoseconds)
    let distance = value - meanNanoseconds
    meanNanoseconds += distance / Double(count)
    squares += distance * (value - meanNanoseconds)
  }

  /// Zero when empty.
  package var mean: Duration { Duration(nanoseconds: Int64(meanNanoseconds.rounded())) }

  /// Standard deviation of the sample; nil below two values, where it is undefined.
  package var deviation: Duration? {
    guard count > 1 else { return nil }
    return Duration(nanoseconds: Int64((squares / Double(count - 1)).squareRoot().rounded()))
  }
}
