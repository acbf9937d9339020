import Statistics
import Testing

@Suite("Two proportions")
struct ProportionTests {
  struct Table {
    let first: (successes: Int, trials: Int)
    let second: (successes: Int, trials: Int)
    init(_ k: Int, _ n: Int, _ l: Int, _ m: Int) {
      first = (k, n)
      second = (l, m)
    }
  }

  // scipy.stats.fisher_exact([[k, n - k], [l, m - l]]), SciPy 1.17
  @Test(
    "Fisher's p is SciPy's",
    arguments: [
      (Table(0, 5, 5, 5), 0.007936507936507938), (Table(1, 10, 6, 10), 0.057275541795665644),
      (Table(3, 30, 14, 30), 0.00342116497224037), (Table(2, 100, 1, 3), 0.08567098857230099),
      (Table(0, 5, 0, 5), 1.0), (Table(12, 40, 9, 17), 0.13627165756747858),
    ])
  func fisher(table: Table, p: Double) {
    #expect(abs(FisherExactTest(table.first, table.second).p - p) < 1e-12)
    #expect(abs(FisherExactTest(table.second, table.first).p - p) < 1e-12)
  }

  @Test("few losses in all cannot differ, and Fisher's test says so")
  func smallest() {
    #expect(FisherExactTest((1, 5), (0, 5)).smallestP == 1)
    #expect(abs(FisherExactTest((2, 5), (3, 5)).smallestP - 2.0 / 252) < 1e-12)
    #expect(FisherExactTest((0, 0), (3, 5)).p == 1)
  }

  @Test("thousands of trials overflow nothing")
  func large() {
    #expect(FisherExactTest((5000, 100_000), (5000, 100_000)).p == 1)
    #expect(FisherExactTest((5000, 100_000), (6000, 100_000)).p < 1e-6)
  }

  // From scipy.stats.binomtest(k, n).proportion_ci(method="wilson") of both, SciPy 1.17; rows of table II of Newcombe's
  // paper.
  @Test(
    "the interval of the difference is Newcombe's",
    arguments: [
      (Table(56, 70, 48, 80), 0.052431472402364815, 0.3338726540369059),
      (Table(9, 10, 3, 10), 0.17052272393450302, 0.8090179735354881),
      (Table(10, 10, 0, 10), 0.6075093504305242, 1.0),
      (Table(5, 56, 0, 29), -0.03813714790353688, 0.1925600138551116),
      (Table(0, 10, 0, 10), -0.27753279986288926, 0.27753279986288926),
    ])
  func newcombe(table: Table, lower: Double, upper: Double) {
    let difference = ProportionDifference(table.first, minus: table.second)
    #expect(abs(difference.interval.lower - lower) < 1e-9)
    #expect(abs(difference.interval.upper - upper) < 1e-9)
  }

  @Test("without a trial anything may be")
  func nothing() {
    let difference = ProportionDifference((0, 0), minus: (3, 5))
    #expect(difference.interval == ConfidenceInterval(lower: -1, upper: 1))
  }
}

@Suite("Holm's correction")
struct HolmTests {
  // By the formula: 4·0.005, 3·0.01, then 2·0.03 and max(0.06, 1·0.04).
  @Test("the smallest p counts for all, the next for those left, and the order stays")
  func adjusts() {
    let adjusted = HolmCorrection.adjust([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(value - expected) < 1e-15) }
  }

  // By the formula: p/w is 0.01, 0.02, 0.005; the third becomes 6/4·0.02, then the first 2/1·0.01, which stays at 0.03.
  @Test("a question with more weight is adjusted less, and the others more")
  func weights() {
    let adjusted = HolmCorrection.adjust([0.01, 0.02, 0.02], weights: [1, 1, 4])
    for (value, expected) in zip(adjusted, [0.03, 0.03, 0.03]) { #expect(abs(value - expected) < 1e-15) }
    let heavy = HolmCorrection.adjust([0.02, 0.008], weights: [3, 1])
    for (value, expected) in zip(heavy, [4.0 / 3 * 0.02, 4.0 / 3 * 0.02]) { #expect(abs(value - expected) < 1e-15) }
  }

  @Test("one value stays as it is, none is above 1, and of none come none")
  func ends() {
    #expect(HolmCorrection.adjust([0.04]) == [0.04])
    #expect(HolmCorrection.adjust([0.9, 0.8]) == [1, 1])
    #expect(HolmCorrection.adjust([]) == [])
  }
}
