import Statistics
import Testing

@Suite("Wilson's interval")
struct WilsonIntervalTests {
  // scipy.stats.binomtest(k, n).proportion_ci(method="wilson"), SciPy 1.17
  @Test(
    "it is SciPy's",
    arguments: [
      (0, 10, 0.0, 0.27753279986288926), (10, 10, 0.7224672001371109, 1.0),
      (3, 10, 0.10779126740630102, 0.6032218525388546),
    ])
  func scipy(successes: Int, trials: Int, lower: Double, upper: Double) {
    let interval = WilsonInterval(successes: successes, of: trials)
    #expect(abs(interval.lower - lower) < 1e-9)
    #expect(abs(interval.upper - upper) < 1e-9)
  }

  @Test("without a trial nothing is known")
  func nothing() {
    #expect(WilsonInterval(successes: 0, of: 0).lower == 0)
    #expect(WilsonInterval(successes: 0, of: 0).upper == 1)
  }
}
