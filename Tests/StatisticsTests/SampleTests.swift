import Statistics
import Testing

@Suite("A sample")
struct SampleTests {
  // numpy.quantile([3.2, 1.5, 9.9, 4.4, 7.1, 2.0], share), NumPy 2.4
  @Test(
    "its quantiles are NumPy's",
    arguments: [(0, 1.5), (0.05, 1.625), (0.25, 2.3), (0.5, 3.8), (0.9, 8.5), (0.95, 9.2), (1, 9.9)])
  func quantiles(share: Double, expected: Double) throws {
    let quantile = try #require(Sample([3.2, 1.5, 9.9, 4.4, 7.1, 2.0]).quantile(share))
    #expect(abs(quantile - expected) < 1e-12)
  }

  @Test("one value is every quantile, and its own mean and median")
  func single() {
    let sample = Sample([7])
    #expect([sample.quantile(0), sample.median, sample.quantile(0.95), sample.mean] == [7, 7, 7, 7])
  }

  @Test("an empty one has no mean, no median and no quantile")
  func empty() {
    #expect(Sample([]).mean == nil)
    #expect(Sample([]).median == nil)
    #expect(Sample([]).quantile(1) == nil)
  }
}
