import Time

/// How late answers were: a histogram with one bucket a microsecond, as far as it matters.
package struct LatenessRecord {
  /// Buckets; what is later falls into the last one.
  private static let bucketCount = 10_000

  private var buckets = [Int](repeating: 0, count: bucketCount)
  private var most = Duration.zero
  /// How many were added.
  package private(set) var count = 0

  package init() {}

  /// Counts one answer.
  package mutating func add(_ lateness: Duration) {
    buckets[min(max(0, Int(lateness.nanoseconds / 1_000)), Self.bucketCount - 1)] += 1
    most = max(most, lateness)
    count += 1
  }

  /// How many were late by less than that.
  package func count(below microseconds: Int) -> Int {
    buckets[..<min(microseconds, Self.bucketCount)].reduce(0, +)
  }

  /// The lateness that this share of the answers stays at or below, in whole microseconds, rounded up; 0 without
  /// answers.
  package func quantile(_ share: Double) -> Int {
    let wanted = Int((Double(count) * share).rounded(.up))
    var seen = 0
    for (microseconds, number) in buckets.enumerated() where number > 0 {
      seen += number
      if seen >= wanted { return microseconds + 1 }
    }
    return 0
  }

  /// Quantiles in microseconds, and the counts below some round numbers of them.
  package var json: String {
    let limits = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000]
    let counts = limits.map { "{\"us\":\($0),\"count\":\(count(below: $0))}" }.joined(separator: ",")
    return """
      {"count":\(count),"p50_us":\(quantile(0.5)),"p90_us":\(quantile(0.9)),"p99_us":\(quantile(0.99)),\
      "p999_us":\(quantile(0.999)),"max_us":\(most.nanoseconds / 1_000),"below":[\(counts)]}
      """
  }
}
