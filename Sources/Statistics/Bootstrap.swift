/// Confidence intervals of any statistic, by drawing from the sample again and again.
///
/// The percentile interval of B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3: draw
/// n of the n values with replacement, compute the statistic, repeat, and take the quantiles (1 − c)/2 and (1 + c)/2 of
/// what came out. The draws follow from the seed, so the same samples give the same interval.
///
/// For five values or so it is too narrow: it cannot see beyond what was drawn. Let a test decide, and the interval
/// illustrate.
package struct Bootstrap: Hashable, Sendable {
  /// The quantiles at 2.5 % then rest on 50 draws, so an end moves by a few per cent of the width from seed to seed.
  package static let usualResamples = 2_000
  /// Above this an interval changes by less than is ever printed.
  package static let mostResamples = 100_000

  /// 1…`mostResamples`.
  package let resamples: Int
  /// Between 0 and 1.
  package let confidence: Double
  package let seed: UInt64

  package init(resamples: Int = usualResamples, confidence: Double = 0.95, seed: UInt64 = 1) {
    precondition((1...Self.mostResamples).contains(resamples), "A bootstrap draws at least once, and not for ever.")
    precondition(confidence > 0 && confidence < 1, "A confidence lies between 0 and 1.")
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
  }

  /// The interval of a statistic of one sample; nil when the sample is empty.
  package func interval(of sample: Sample, _ statistic: (Sample) -> Double) -> ConfidenceInterval? {
    guard !sample.isEmpty else { return nil }
    var generator = SeededGenerator(seed: seed)
    return interval { statistic(Self.draw(from: sample, using: &generator)) }
  }

  /// The interval of a statistic of two samples, each drawn from for itself; nil when one is empty.
  package func interval(
    of first: Sample, and second: Sample, _ statistic: (Sample, Sample) -> Double
  ) -> ConfidenceInterval? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    var generator = SeededGenerator(seed: seed)
    return interval {
      let one = Self.draw(from: first, using: &generator)
      return statistic(one, Self.draw(from: second, using: &generator))
    }
  }

  /// The interval of a sample's median; nil when it is empty.
  package func interval(ofMedianOf sample: Sample) -> ConfidenceInterval? {
    guard !sample.isEmpty else { return nil }
    var drawing = MedianDrawing(sample)
    var generator = SeededGenerator(seed: seed)
    return interval { drawing.median(using: &generator) }
  }

  /// The interval of the median of `second` less that of `first`; nil when one is empty.
  package func interval(ofMedianOf second: Sample, minusMedianOf first: Sample) -> ConfidenceInterval? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    var one = MedianDrawing(first)
    var other = MedianDrawing(second)
    var generator = SeededGenerator(seed: seed)
    return interval {
      let median = one.median(using: &generator)
      return other.median(using: &generator) - median
    }
  }

  private func interval(_ draw: () -> Double) -> ConfidenceInterval? {
    var drawn: [Double] = []
    drawn.reserveCapacity(resamples)
    for _ in 0..<resamples { drawn.append(draw()) }
    let sample = Sample(drawn)
    guard let lower = sample.quantile((1 - confidence) / 2), let upper = sample.quantile((1 + confidence) / 2) else {
      return nil
    }
    return ConfidenceInterval(lower: lower, upper: upper)
  }

  private static func draw(from sample: Sample, using generator: inout SeededGenerator) -> Sample {
    Sample((0..<sample.count).map { _ in sample.values[generator.index(below: sample.count)] })
  }
}

/// Medians of draws from one sample, without sorting each draw: it counts how often each value was drawn.
private struct MedianDrawing {
  private let values: [Double]
  private var counts: [Int]

  init(_ sample: Sample) {
    values = sample.values
    counts = Array(repeating: 0, count: sample.count)
  }

  mutating func median(using generator: inout SeededGenerator) -> Double {
    let count = values.count
    for index in 0..<count { counts[index] = 0 }
    for _ in 0..<count { counts[generator.index(below: count)] += 1 }
    let low = (count - 1) / 2
    let high = count / 2
    var seen = 0
    var atLow = values[0]
    for index in 0..<count where counts[index] > 0 {
      if seen <= low { atLow = values[index] }
      seen += counts[index]
      if seen > high { return (atLow + values[index]) / 2 }
    }
    return atLow
  }
}
