import Statistics
import Time

/// What one row of a `RunComparison` is against the row that it is measured by, as far as its runs can tell.
///
/// A difference is claimed only when an interval of 95 % leaves zero out. Two things are looked at, so the intervals are Bonferroni's:
/// 97.5 % each.
package struct RunVerdict: Hashable, Sendable {
  /// A difference and its interval.
  package struct Difference: Hashable, Sendable {
    package let value: Double
    package let lower: Double
    package let upper: Double

    fileprivate init(value: Double, interval: ConfidenceInterval, scale: Double) {
      self.value = value
      lower = interval.lower * scale
      upper = interval.upper * scale
    }

    /// Whether the interval leaves zero out.
    package var isClear: Bool { lower > 0 || upper < 0 }
  }

  /// Of the shares of complete traces, row less reference, in percentage points.
  package let complete: Difference
  /// Of the medians of elapsed times, row less reference, in milliseconds.
  package let elapsed: Difference

  /// Nothing can be claimed.
  package var isIndistinguishable: Bool { !complete.isClear && !elapsed.isClear }

  /// - Returns: nil when a row has too few runs to be told anything of.
  package init?(_ row: RunComparison.Row, against reference: RunComparison.Row) {
    guard row.runs.count >= Self.leastRuns, reference.runs.count >= Self.leastRuns else { return nil }
    let figures = RunFigures(row)
    let other = RunFigures(reference)
    let shares = ProportionDifference(
      (successes: figures.complete, trials: figures.runs), minus: (successes: other.complete, trials: other.runs),
      z: Self.quantile)
    complete = Difference(value: shares.difference * 100, interval: shares.interval, scale: 100)
    let mine = Sample(row.runs.map { $0.elapsed.milliseconds })
    let theirs = Sample(reference.runs.map { $0.elapsed.milliseconds })
    let bootstrap = Bootstrap(confidence: Self.confidence, seed: RunFigures.Times.seed)
    guard let median = mine.median, let other = theirs.median,
      let interval = bootstrap.interval(ofMedianOf: mine, minusMedianOf: theirs)
    else { return nil }
    elapsed = Difference(value: median - other, interval: interval, scale: 1)
  }

  /// With fewer no interval says anything.
  package static let leastRuns = 3
  private static let confidence = 0.975
  /// The normal quantile of that confidence, two-sided.
  private static let quantile = 2.241402727604947
}

extension RunComparison {
  /// The row that others are measured by: `reactor` as it is, the longest timeout, no enrichment, or else the first.
  package var reference: Row? {
    switch kind {
    case .engines: rows.first { $0.engine?.isUsualReactor == true } ?? rows.first
    case .timeouts: rows.max { ($0.timeout?.microseconds ?? 0) < ($1.timeout?.microseconds ?? 0) }
    case .enrichment: rows.last
    case .protocols, .families, .sockets: rows.first
    }
  }

  /// Of `timeouts`: the largest round-trip time that any run saw, and so the smallest timeout, in whole milliseconds, that would
  /// have lost none of the replies; nil without replies.
  package var smallestSufficientTimeout: Duration? {
    guard let slowest = rows.compactMap({ RunFigures($0).slowest }).max() else { return nil }
    let (whole, rest) = slowest.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return .milliseconds(whole + (rest > 0 ? 1 : 0))
  }
}
