import Glibc

/// How many standard deviations round its mean hold a share of a normal distribution.
package enum NormalQuantile {
  /// Halvings of the interval: each adds a bit, and a Double has 53.
  private static let halvings = 60
  /// Beyond it lies less than a Double can tell from nothing.
  private static let most = 10.0

  /// The z with P(−z ≤ Z ≤ z) = `confidence`: 1.96 for 0.95.
  ///
  /// By halving an interval, on the library's erfc: exact enough for any table, and nothing to copy wrongly.
  package static func twoSided(_ confidence: Double) -> Double {
    precondition((0..<1).contains(confidence), "A confidence is a share below 1.")
    var (low, high) = (0.0, most)
    for _ in 0..<halvings {
      let middle = (low + high) / 2
      if erfc(middle / 2.squareRoot()) > 1 - confidence { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
