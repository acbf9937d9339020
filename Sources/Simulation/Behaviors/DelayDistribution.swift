import Statistics
import Time

/// How long something takes, drawn anew each time.
package enum DelayDistribution: Hashable, Sendable {
  /// Always the same.
  case constant(Duration)
  /// Anything between the two, each as likely.
  case uniform(Duration, Duration)
  /// About the mean, mostly within one deviation of it, and never below 0.
  case normal(mean: Duration, deviation: Duration)
  /// Never less than the least, mostly little more, and now and then very much: a Lomax distribution of shape 2 with that
  /// mean excess, so that one in a hundred is nine times the mean above the least, and one in ten thousand 99 times.
  case longTail(least: Duration, excess: Duration)

  /// Where the tail is cut, in mean excesses: beyond one draw in a million.
  private static let longestTail = 1_000.0

  /// A draw, in nanoseconds. A constant draws nothing.
  func nanoseconds(using generator: inout SeededGenerator) -> Int64 {
    switch self {
    case .constant(let duration): return duration.nanoseconds
    case .uniform(let low, let high):
      return low.nanoseconds + Int64(Double((high - low).nanoseconds) * generator.unit())
    case .normal(let mean, let deviation):
      // The sum of twelve uniform shares has the variance 1 (Irwin and Hall), and needs no function of a library.
      var sum = -6.0
      for _ in 0..<12 { sum += generator.unit() }
      return max(0, mean.nanoseconds + Int64(Double(deviation.nanoseconds) * sum))
    case .longTail(let least, let excess):
      let tail = 1 / (1 - generator.unit()).squareRoot() - 1
      return least.nanoseconds + Int64(Double(excess.nanoseconds) * min(tail, Self.longestTail))
    }
  }
}
