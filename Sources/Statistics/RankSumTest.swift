import Glibc

/// Whether two samples come from the same distribution, by the order of their values alone: the test of Mann and
/// Whitney.
///
/// H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the
/// other", Annals of Mathematical Statistics 18 (1947) 50. U counts the pairs in which the second sample has the larger
/// value, equal ones as half. Nothing is assumed of the distribution's form, and one wild round-trip time weighs no
/// more than any other.
///
/// Small samples get the exact distribution of U over all ways to deal the values out, equal values included; large
/// ones its normal approximation, with the variance corrected for ties, nm/12·((N + 1) − Σ(t³ − t)/(N(N − 1))), and
/// continuity ½ (E. L. Lehmann, "Nonparametrics" (1975), chapter 1).
package struct RankSumTest: Hashable, Sendable, Codable {
  /// 0…nm: pairs in which the second sample has the larger value.
  package let u: Double
  /// Two-sided: twice the smaller tail, at most 1.
  package let p: Double
  /// Whether `p` comes from the exact distribution.
  package let isExact: Bool
  /// The smallest `p` that samples of these sizes, with these ties, could have had.
  package let smallestP: Double

  /// Products of the sizes for which the exact distribution is counted out: 20 against 20 costs half a million
  /// additions, and beyond it the approximation is within 2 % of a p that matters.
  package static let largestExactProduct = 400

  /// nil when a sample is empty.
  package init?(_ first: Sample, _ second: Sample) {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let ranks = PooledRanks(first, second)
    u = Double(ranks.doubledU) / 2
    let distribution: (lower: Double, upper: Double, least: Double)
    isExact = first.count <= Self.largestExactProduct / second.count
    distribution = isExact ? ranks.exactTails() : ranks.normalTails()
    p = min(1, 2 * min(distribution.lower, distribution.upper))
    smallestP = min(1, 2 * distribution.least)
  }

  /// The smallest two-sided p that two samples without equal values can give: 2 / C(n + m, n).
  package static func smallestP(_ n: Int, _ m: Int) -> Double {
    guard n > 0, m > 0 else { return 1 }
    var ways = 1.0
    for k in 1...min(n, m) { ways *= Double(max(n, m) + k) / Double(k) }
    return min(1, 2 / ways)
  }

  /// The smallest size of two equal samples that can give a p of at most `level` at all.
  package static func leastSize(for level: Double) -> Int {
    precondition(level > 0, "No sample gives a p of 0.")
    // 2 / C(2n, n) falls below the smallest positive double before n = 600.
    return (1...600).first { smallestP($0, $0) <= level } ?? 600
  }
}

/// The ranks of two samples put together, doubled so that the rank of equal values is whole.
private struct PooledRanks {
  /// Ascending, of all values.
  private var doubled: [Int] = []
  /// Sum of t³ − t over groups of t equal values.
  private var tieTerm = 0.0
  private let sizes: (first: Int, second: Int)
  private var doubledSumOfSecond = 0

  init(_ first: Sample, _ second: Sample) {
    sizes = (first.count, second.count)
    let total = first.count + second.count
    doubled.reserveCapacity(total)
    var (a, b) = (0, 0)
    while a + b < total {
      let value = Swift.min(
        a < sizes.first ? first.values[a] : .infinity, b < sizes.second ? second.values[b] : .infinity)
      let before = (a, b)
      while a < sizes.first, first.values[a] == value { a += 1 }
      while b < sizes.second, second.values[b] == value { b += 1 }
      let equal = a + b - before.0 - before.1
      // Ranks r + 1 … r + t have the mean r + (t + 1)/2.
      let rank = 2 * (before.0 + before.1) + equal + 1
      doubled.append(contentsOf: repeatElement(rank, count: equal))
      doubledSumOfSecond += rank * (b - before.1)
      tieTerm += Double(equal) * (Double(equal) * Double(equal) - 1)
    }
  }

  /// Twice U of the second sample.
  var doubledU: Int { doubledSumOfSecond - sizes.second * (sizes.second + 1) }

  /// P(U ≤ u), P(U ≥ u) and the probability of the likelier of the two outermost values, over all ways to choose who is
  /// in the smaller sample.
  ///
  /// `ways[k][s]` counts the choices of k values with the sum s of ranks. Without ties ranks are halved again, which
  /// halves the work.
  func exactTails() -> (lower: Double, upper: Double, least: Double) {
    let isSecondSmaller = sizes.second <= sizes.first
    let chosen = Swift.min(sizes.first, sizes.second)
    let unit = tieTerm == 0 ? 2 : 1
    let ranks = doubled.map { $0 / unit }
    let observed = (isSecondSmaller ? doubledSumOfSecond : doubled.reduce(0, +) - doubledSumOfSecond) / unit
    let largest = ranks.suffix(chosen).reduce(0, +)
    let width = largest + 1
    var ways = [Double](repeating: 0, count: (chosen + 1) * width)
    ways[0] = 1
    for (index, rank) in ranks.enumerated() {
      for k in stride(from: Swift.min(index + 1, chosen), through: 1, by: -1) {
        let (row, below) = (k * width, (k - 1) * width)
        for sum in stride(from: largest, through: rank, by: -1) { ways[row + sum] += ways[below + sum - rank] }
      }
    }
    let row = ways[(chosen * width)...]
    let total = row.reduce(0, +)
    let atMost = row.prefix(observed + 1).reduce(0, +) / total
    let atLeast = row.dropFirst(observed).reduce(0, +) / total
    let smallest = ranks.prefix(chosen).reduce(0, +)
    let least = Swift.min(row[row.startIndex + smallest], row[row.startIndex + largest]) / total
    return isSecondSmaller ? (atMost, atLeast, least) : (atLeast, atMost, least)
  }

  func normalTails() -> (lower: Double, upper: Double, least: Double) {
    let (n, m) = (Double(sizes.first), Double(sizes.second))
    let total = n + m
    let variance = n * m / 12 * (total + 1 - tieTerm / (total * (total - 1)))
    guard variance > 0 else { return (1, 1, 1) }
    let distance = Double(doubledU) / 2 - n * m / 2
    let deviation = variance.squareRoot()
    return (
      Self.upperTail((-distance - 0.5) / deviation), Self.upperTail((distance - 0.5) / deviation),
      Self.upperTail((n * m / 2 - 0.5) / deviation)
    )
  }

  /// P(Z ≥ z) of the standard normal distribution.
  private static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.squareRoot()) }
}
