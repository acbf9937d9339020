/// The score interval for a proportion.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927): the
/// proportions that a normal test with their own variance would not reject. It is sane where the textbook interval is
/// not, at 0 and 1 and for few trials.
package struct WilsonInterval: Hashable, Sendable, Codable {
  /// 0…1.
  package let lower: Double
  /// 0…1, at least `lower`.
  package let upper: Double

  /// - Parameters:
  ///   - successes: 0…`trials`.
  ///   - trials: none gives 0…1: nothing is known.
  ///   - z: of the confidence wanted; 1.959964 for 95 %.
  package init(successes: Int, of trials: Int, z: Double = 1.959963984540054) {
    precondition((0...max(trials, 0)).contains(successes), "There are no more successes than trials.")
    guard trials > 0 else {
      lower = 0
      upper = 1
      return
    }
    let n = Double(trials)
    let share = Double(successes) / n
    let square = z * z
    let centre = (share + square / (2 * n)) / (1 + square / n)
    let half = z / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)).squareRoot()
    // At the ends the interval ends there too; the arithmetic would miss it by a rounding.
    lower = successes == 0 ? 0 : max(0, centre - half)
    upper = successes == trials ? 1 : min(1, centre + half)
  }
}
