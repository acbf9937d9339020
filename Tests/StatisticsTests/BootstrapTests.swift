import Statistics
import Testing

@Suite("The bootstrap")
struct BootstrapTests {
  private let first = Sample([12.1, 11.8, 12.6, 12.3, 11.9, 12.2, 12.8, 11.7, 12.0, 12.5])
  private let second = Sample([13.0, 12.9, 12.4, 13.6, 13.1, 12.7, 13.3, 12.95, 13.8, 12.85])

  // scipy.stats.bootstrap((second, first), lambda b, a, axis: numpy.median(b, axis=axis) - numpy.median(a, axis=axis),
  // n_resamples=200000, method="percentile") gives 0.45 and 1.30; (first,) with numpy.mean 11.98 and 12.41, with
  // numpy.median 11.90 and 12.50; SciPy 1.17. Another generator draws other samples, so the ends agree to 0.05.
  @Test("its intervals are SciPy's", arguments: [1, 2, 3] as [UInt64])
  func scipy(seed: UInt64) throws {
    let bootstrap = Bootstrap(resamples: 20_000, seed: seed)
    let shift = try #require(bootstrap.interval(ofMedianOf: second, minusMedianOf: first))
    #expect(abs(shift.lower - 0.45) < 0.05 && abs(shift.upper - 1.30) < 0.05)
    let mean = try #require(bootstrap.interval(of: first) { $0.mean ?? .nan })
    #expect(abs(mean.lower - 11.98) < 0.02 && abs(mean.upper - 12.41) < 0.02)
    let median = try #require(bootstrap.interval(ofMedianOf: first))
    #expect(abs(median.lower - 11.9) < 0.05 && abs(median.upper - 12.5) < 0.05)
  }

  @Test("counting the draws of a value gives the median that sorting them gives")
  func countingIsSorting() {
    for count in 1...9 {
      let sample = Sample((0..<count).map { Double($0 * $0 % 7) })
      let bootstrap = Bootstrap(resamples: 200, seed: UInt64(count))
      #expect(bootstrap.interval(ofMedianOf: sample) == bootstrap.interval(of: sample) { $0.median ?? .nan })
      let shift = bootstrap.interval(ofMedianOf: first, minusMedianOf: sample)
      #expect(shift == bootstrap.interval(of: sample, and: first) { ($1.median ?? .nan) - ($0.median ?? .nan) })
    }
  }

  @Test("the same seed gives the same interval, another seed another")
  func seeds() {
    let interval = Bootstrap(resamples: 50, seed: 4).interval(of: first) { $0.mean ?? .nan }
    #expect(Bootstrap(resamples: 50, seed: 4).interval(of: first) { $0.mean ?? .nan } == interval)
    #expect(Bootstrap(resamples: 50, seed: 5).interval(of: first) { $0.mean ?? .nan } != interval)
  }

  @Test("of nothing there is no interval")
  func empty() {
    #expect(Bootstrap().interval(ofMedianOf: Sample([])) == nil)
    #expect(Bootstrap().interval(ofMedianOf: Sample([]), minusMedianOf: first) == nil)
    #expect(Bootstrap().interval(ofMedianOf: first, minusMedianOf: Sample([])) == nil)
  }
}
