import Statistics
import Time

/// The figures of one row of a `RunComparison`.
package struct RunFigures: Hashable, Sendable {
  /// Runs made.
  package let runs: Int
  /// Runs that found every hop that is known.
  package let complete: Int
  /// The score interval of their share, at 95 %.
  package let completeInterval: WilsonInterval
  /// Hops found, of all that there were to be found in all runs: 0…1.
  package let foundShare: Double
  /// nil without a run.
  package let elapsed: Times?
  package let late: Int
  /// By how much replies were late at most.
  package let largestLate: Duration?
  /// The largest round-trip time of all runs, that of late replies too.
  package let slowest: Duration?
  /// nil where costs were not measured.
  package let cost: Cost?

  /// How long the runs took.
  package struct Times: Hashable, Sendable {
    package let median: Duration
    /// The bootstrap interval of the median, at 95 %.
    package let medianRange: ClosedRange<Duration>
    package let mean: Duration
    /// The 95th percentile.
    package let p95: Duration
  }

  /// What a run took: medians of the runs, and the largest where that is the word.
  package struct Cost: Hashable, Sendable {
    package let bias: Duration?
    package let peakThreads: Int
    package let peakDescriptors: Int
    package let processor: Duration
    package let contextSwitches: Double
    package let labLateness: Duration?
    package let repeats: Int
  }

  package init(_ row: RunComparison.Row) {
    let known = Set(row.known)
    let found = row.runs.map { Set($0.answered).intersection(known).count }
    runs = row.runs.count
    complete = found.count { $0 == known.count }
    completeInterval = WilsonInterval(successes: complete, of: runs)
    let wanted = known.count * runs
    foundShare = wanted == 0 ? 0 : Double(found.reduce(0, +)) / Double(wanted)
    elapsed = Times(row.runs.map(\.elapsed))
    let delays = row.runs.flatMap(\.lateBy)
    late = delays.count
    largestLate = delays.max()
    slowest = row.runs.compactMap(\.slowest).max()
    cost = Cost(row.runs.compactMap(\.cost))
  }

  /// 0…1; 0 without a run.
  package var completeShare: Double { runs == 0 ? 0 : Double(complete) / Double(runs) }
}

extension RunFigures.Times {
  fileprivate init?(_ elapsed: [Duration]) {
    let sample = Sample(elapsed.map(\.milliseconds))
    guard let median = sample.median, let mean = sample.mean, let p95 = sample.quantile(0.95),
      let range = Bootstrap(seed: Self.seed).interval(ofMedianOf: sample)
    else { return nil }
    self.median = .milliseconds(median)
    medianRange = Duration.milliseconds(range.lower)...Duration.milliseconds(range.upper)
    self.mean = .milliseconds(mean)
    self.p95 = .milliseconds(p95)
  }

  /// Always the same, so that the same runs always give the same figures.
  static let seed: UInt64 = 95
}

extension RunFigures.Cost {
  fileprivate init?(_ costs: [RunComparison.Cost]) {
    guard let switches = Sample(costs.map { Double($0.contextSwitches) }).median else { return nil }
    bias = Self.median(costs.compactMap(\.bias))
    peakThreads = costs.map(\.threads).max() ?? 0
    peakDescriptors = costs.map(\.descriptors).max() ?? 0
    processor = Self.median(costs.map(\.processor)) ?? .zero
    contextSwitches = switches
    labLateness = Self.median(costs.compactMap(\.labLateness))
    repeats = costs.reduce(0) { $0 + $1.repeats }
  }

  private static func median(_ durations: [Duration]) -> Duration? {
    Sample(durations.map(\.milliseconds)).median.map { .milliseconds($0) }
  }
}
