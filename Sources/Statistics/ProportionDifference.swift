/// The score interval for the difference of two proportions.
///
/// R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
/// (1998) 873, method 10: from the Wilson intervals (l, u) of both, with d = p₁ − p₂, d − √((p₁ − l₁)² + (u₂ − p₂)²) to
/// d + √((u₁ − p₁)² + (p₂ − l₂)²).
package struct ProportionDifference: Hashable, Sendable, Codable {
  /// First less second; −1…1. 0 when a group has no trial.
  package let difference: Double
  package let interval: ConfidenceInterval

  /// - Parameters:
  ///   - first: successes of trials.
  ///   - second: the same of the other group.
  ///   - z: of the confidence wanted; 1.959964 for 95 %.
  package init(
    _ first: (successes: Int, trials: Int), minus second: (successes: Int, trials: Int), z: Double = 1.959963984540054
  ) {
    guard first.trials > 0, second.trials > 0 else {
      difference = 0
      interval = ConfidenceInterval(lower: -1, upper: 1)
      return
    }
    let one = WilsonInterval(successes: first.successes, of: first.trials, z: z)
    let other = WilsonInterval(successes: second.successes, of: second.trials, z: z)
    let (p, q) = (
      Double(first.successes) / Double(first.trials), Double(second.successes) / Double(second.trials)
    )
    func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    difference = p - q
    interval = ConfidenceInterval(
      lower: max(-1, p - q - length(p - one.lower, other.upper - q)),
      upper: min(1, p - q + length(one.upper - p, q - other.lower)))
  }
}
