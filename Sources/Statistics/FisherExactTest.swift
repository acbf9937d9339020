/// Whether two proportions differ: Fisher's exact test of a two-by-two table.
///
/// R. A. Fisher, "Statistical Methods for Research Workers", section 21.02. With the margins given, the number of
/// successes in the first group has the hypergeometric distribution; p is the probability of every table that is no
/// likelier than the one seen.
package struct FisherExactTest: Hashable, Sendable, Codable {
  /// Two-sided, 0…1.
  package let p: Double
  /// The smallest p that a table with these margins could have had: few losses in all can never differ.
  package let smallestP: Double

  /// Tables that are as likely as the one seen but for a rounding count as equally likely, as in R and SciPy.
  private static let rounding = 1 + 1e-7

  /// - Parameters:
  ///   - first: successes of trials; 0…trials.
  ///   - second: the same of the other group.
  package init(_ first: (successes: Int, trials: Int), _ second: (successes: Int, trials: Int)) {
    precondition(
      (0...max(0, first.trials)).contains(first.successes) && (0...max(0, second.trials)).contains(second.successes),
      "There are no more successes than trials.")
    let successes = first.successes + second.successes
    let least = max(0, successes - second.trials)
    let most = min(successes, first.trials)
    // Weights relative to the likeliest table, by the ratio of neighbours, so that nothing overflows and no factorial
    // is needed.
    let mode = (first.trials + 1) * (successes + 1) / (first.trials + second.trials + 2)
    let start = min(max(mode, least), most)
    var weights = [Double](repeating: 0, count: most - least + 1)
    weights[start - least] = 1
    func ratio(above k: Int) -> Double {
      Double(successes - k) * Double(first.trials - k)
        / (Double(k + 1) * Double(second.trials - successes + k + 1))
    }
    for k in start..<most { weights[k + 1 - least] = weights[k - least] * ratio(above: k) }
    for k in (least..<start).reversed() { weights[k - least] = weights[k + 1 - least] / ratio(above: k) }
    let total = weights.reduce(0, +)
    func share(noLikelierThan weight: Double) -> Double {
      min(1, weights.reduce(0) { $1 <= weight * Self.rounding ? $0 + $1 : $0 } / total)
    }
    p = share(noLikelierThan: weights[first.successes - least])
    smallestP = share(noLikelierThan: min(weights[0], weights[most - least]))
  }
}
