import Statistics
import Time

/// What one row of a `RunComparison` is against the row that it is measured by, as far as its runs can tell.
///
/// Two questions a row: whether it is complete as often (Fisher's exact test), and whether it takes as long (rank sum test). All of a
/// table are corrected together (Holm), so one table in twenty of rows without a difference at most names one. Questions that
/// so few runs could not have answered are left out of the correction first, as in `PathComparison`. The intervals, each
/// at 95 %, say how large a difference may be; the tests say whether there is one.
package struct RunVerdict: Hashable, Sendable {
  /// A difference, row less reference.
  package struct Difference: Hashable, Sendable {
    package let value: Double
    /// Ends of its interval.
    package let lower: Double
    package let upper: Double
    /// After Holm's correction over the table; nil when so few runs could not have told.
    package fileprivate(set) var adjustedP: Double?

    /// Whether it can be claimed.
    package var isClear: Bool { adjustedP.map { $0 <= RunVerdict.level } ?? false }
  }

  /// Of the shares of complete traces, in percentage points.
  package fileprivate(set) var complete: Difference
  /// Of the medians of elapsed times, in milliseconds.
  package fileprivate(set) var elapsed: Difference
  /// How many runs each row would need for the table's questions to have an answer.
  package let runsNeeded: Int

  /// The chance that a table names a difference where there is none.
  package static let level = 0.05

  /// Nothing can be claimed.
  package var isIndistinguishable: Bool { !complete.isClear && !elapsed.isClear }

  /// Nothing could have been claimed, however the runs had gone.
  package var isUntold: Bool { complete.adjustedP == nil && elapsed.adjustedP == nil }
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

  /// What each row is against the reference, in the order of the rows; nil for the reference itself and for rows without runs.
  package var verdicts: [RunVerdict?] {
    guard let reference, !reference.runs.isEmpty else { return rows.map { _ in nil } }
    let compared = rows.map { $0 != reference && !$0.runs.isEmpty }
    let needed = RankSumTest.leastSize(for: RunVerdict.level / Double(max(1, 2 * compared.count { $0 })))
    var verdicts: [RunVerdict?] = []
    var tests: [(row: Int, isOfTime: Bool, p: Double)] = []
    for (index, row) in rows.enumerated() {
      guard compared[index], let judged = row.judged(against: reference, runsNeeded: needed) else {
        verdicts.append(nil)
        continue
      }
      verdicts.append(judged.verdict)
      if let p = judged.complete { tests.append((index, false, p)) }
      if let p = judged.elapsed { tests.append((index, true, p)) }
    }
    for (test, p) in zip(tests, HolmCorrection.adjust(tests.map(\.p))) {
      if test.isOfTime { verdicts[test.row]?.elapsed.adjustedP = p } else { verdicts[test.row]?.complete.adjustedP = p }
    }
    return verdicts
  }

  /// Of `timeouts`: the largest round-trip time that any run saw, and so the smallest timeout, in whole milliseconds, that would
  /// have lost none of the replies; nil without replies.
  package var smallestSufficientTimeout: Duration? {
    guard let slowest = rows.compactMap({ RunFigures($0).slowest }).max() else { return nil }
    let (whole, rest) = slowest.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return .milliseconds(whole + (rest > 0 ? 1 : 0))
  }
}

extension RunComparison.Row {
  /// The differences, and the p of each question that the runs could have answered.
  fileprivate func judged(
    against reference: Self, runsNeeded: Int
  ) -> (verdict: RunVerdict, complete: Double?, elapsed: Double?)? {
    let (mine, other) = (RunFigures(self), RunFigures(reference))
    let shares = (successes: mine.complete, trials: mine.runs)
    let otherShares = (successes: other.complete, trials: other.runs)
    let share = ProportionDifference(shares, minus: otherShares)
    let times = Sample(runs.map { $0.elapsed.milliseconds })
    let otherTimes = Sample(reference.runs.map { $0.elapsed.milliseconds })
    guard let median = times.median, let otherMedian = otherTimes.median,
      let interval = Bootstrap(seed: RunFigures.Times.seed).interval(ofMedianOf: times, minusMedianOf: otherTimes),
      let ranks = RankSumTest(otherTimes, times)
    else { return nil }
    let fisher = FisherExactTest(shares, otherShares)
    let verdict = RunVerdict(
      complete: .init(
        value: share.difference * 100, lower: share.interval.lower * 100, upper: share.interval.upper * 100),
      elapsed: .init(value: median - otherMedian, lower: interval.lower, upper: interval.upper), runsNeeded: runsNeeded)
    return (
      verdict, fisher.smallestP <= RunVerdict.level ? fisher.p : nil,
      ranks.smallestP <= RunVerdict.level ? ranks.p : nil
    )
  }
}
