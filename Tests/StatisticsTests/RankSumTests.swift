import Statistics
import Testing

@Suite("The test of Mann and Whitney")
struct RankSumTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let first: [Double]
    let second: [Double]
    let u: Double
    let p: Double
    let isExact: Bool
  }

  // scipy.stats.mannwhitneyu(second, first, method=…), SciPy 1.17; method as the case says. PermutationMethod tries
  // every way to deal the values out, so its p is exact with ties as well.
  private static let cases = [
    Case(
      testDescription: "method='exact'", first: [12.1, 11.8, 12.6, 12.3, 11.9], second: [13.0, 12.9, 12.4, 13.6, 13.1],
      u: 24, p: 0.015873015873015872, isExact: true),
    Case(
      testDescription: "method='exact', apart", first: [1, 2, 3, 4, 5], second: [6, 7, 8, 9, 10], u: 25,
      p: 0.007936507936507936, isExact: true),
    Case(
      testDescription: "method='exact', 3 against 7", first: [1, 4, 2.5], second: [3, 5, 6, 7, 2, 8, 9], u: 18,
      p: 0.11666666666666667, isExact: true),
    Case(
      testDescription: "method='exact', 20 against 20", first: (0..<20).map { Double($0 * 7919 % 1009) / 10 },
      second: (0..<20).map { Double($0 * 104_729 % 997) / 10 + 20.05 }, u: 260, p: 0.1080770739135105, isExact: true),
    Case(
      testDescription: "method=PermutationMethod(10**6), ties", first: [1, 1, 2, 3], second: [2, 3, 3, 4, 5], u: 17.5,
      p: 0.1111111111111111, isExact: true),
    Case(
      testDescription: "method=PermutationMethod(10**6), ties, first larger", first: [4, 4, 7],
      second: [1, 4, 4, 9, 3, 3], u: 5, p: 0.42857142857142855, isExact: true),
    Case(
      testDescription: "method=PermutationMethod(10**6), two values", first: [40, 40, 40, 40, 40],
      second: [50, 50, 50, 50, 50], u: 25, p: 0.007936507936507936, isExact: true),
    Case(
      testDescription: "method='asymptotic'", first: (0..<30).map { Double($0 * 37 % 101) / 10 },
      second: (0..<30).map { Double($0 * 53 % 97) / 10 + 1.5 }, u: 545.5, p: 0.16011167741042898, isExact: false),
    Case(
      testDescription: "method='asymptotic', ties", first: (0..<40).map { Double($0 * 37 % 11) },
      second: (0..<35).map { Double($0 * 53 % 13) }, u: 764.5, p: 0.49518022629913905, isExact: false),
  ]

  @Test("its p is SciPy's", arguments: cases)
  func scipy(sample: Case) throws {
    let test = try #require(RankSumTest(Sample(sample.first), Sample(sample.second)))
    #expect(test.u == sample.u)
    #expect(abs(test.p - sample.p) < 1e-12)
    #expect(test.isExact == sample.isExact)
  }

  @Test("exchanging the samples leaves p as it is, and turns U round", arguments: cases)
  func symmetry(sample: Case) throws {
    let one = try #require(RankSumTest(Sample(sample.first), Sample(sample.second)))
    let other = try #require(RankSumTest(Sample(sample.second), Sample(sample.first)))
    #expect(abs(one.p - other.p) < 1e-12)
    #expect(one.u + other.u == Double(sample.first.count * sample.second.count))
  }

  @Test("equal values on both sides differ by nothing, however many")
  func allEqual() throws {
    for count in [1, 5, 50] {
      let sample = Sample(Array(repeating: 3.0, count: count))
      #expect(try #require(RankSumTest(sample, sample)).p == 1)
    }
  }

  @Test("it knows the smallest p that so few values can give, and how many it takes")
  func smallest() throws {
    #expect(RankSumTest.smallestP(1, 1) == 1)
    #expect(RankSumTest.smallestP(3, 3) == 0.1)
    #expect(abs(RankSumTest.smallestP(5, 5) - 2.0 / 252) < 1e-15)
    #expect(RankSumTest.smallestP(5, 0) == 1)
    #expect(RankSumTest.leastSize(for: 0.05) == 4)
    #expect(RankSumTest.leastSize(for: 0.05 / 12) == 6)
    let apart = try #require(RankSumTest(Sample([1, 2, 3]), Sample([4, 5, 6])))
    #expect(apart.p == apart.smallestP)
    // With one value twice on both sides, no order of them tells three from three as clearly.
    #expect(try #require(RankSumTest(Sample([1, 2, 2]), Sample([2, 3, 4]))).smallestP > 0.1)
  }

  @Test("without a value on one side there is no test")
  func empty() {
    #expect(RankSumTest(Sample([]), Sample([1])) == nil)
    #expect(RankSumTest(Sample([1]), Sample([])) == nil)
  }
}
