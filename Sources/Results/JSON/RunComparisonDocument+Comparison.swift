import Statistics
import Tracing

extension RunComparisonDocument {
  /// - Parameter id: of the result.
  package init(_ comparison: RunComparison, id: ResultID, version: String) {
    schema = ResultCoding.schema
    command = "compare"
    self.version = version
    kind = comparison.kind
    target = comparison.target
    network = comparison.network
    isVirtual = comparison.isVirtual
    timeout = comparison.timeout
    isEnriched = comparison.isEnriched
    runCount = comparison.runCount
    seed = comparison.seed
    pause = comparison.pause
    load = comparison.load
    truth = comparison.isTruthOfLab ? .lab : .seen
    isInterrupted = comparison.isInterrupted
    rows = []
    self.id = id.description
    let reference = comparison.reference
    self.reference = reference?.label
    smallestTimeout = comparison.kind == .timeouts ? comparison.smallestSufficientTimeout.map { Milliseconds($0) } : nil
    rows = zip(comparison.rows, comparison.verdicts).map { row, verdict in
      Row(row, verdict, withFindings: comparison.showsFindings)
    }
  }
}

extension RunComparisonDocument.Row {
  fileprivate init(_ row: RunComparison.Row, _ verdict: RunVerdict?, withFindings: Bool) {
    let figures = RunFigures(row)
    label = row.label
    address = row.address
    method = row.method
    known = row.known
    failedCount = row.failedCount
    runCount = figures.runs
    complete = figures.complete
    completePercent = .init(
      value: figures.completeShare * 100, low: figures.completeInterval.lower * 100,
      high: figures.completeInterval.upper * 100)
    foundPercent = figures.foundShare * 100
    late = figures.late
    samples = row.runs.map { run in
      var sample = RunComparisonDocument.Sample(
        answered: run.answered, elapsed: Milliseconds(run.elapsed), lateBy: run.lateBy.map { Milliseconds($0) })
      sample.slowest = run.slowest.map { Milliseconds($0) }
      return sample
    }
    engine = row.engine.map { .init($0) }
    failure = row.failure
    time = figures.elapsed.map { .init($0) }
    largestLate = figures.largestLate.map { Milliseconds($0) }
    slowest = figures.slowest.map { Milliseconds($0) }
    cost = figures.cost.map { .init($0) }
    self.verdict = verdict.map { .init($0) }
    if withFindings, let found = row.engine.flatMap({ WindowsFinding.of($0.name) }) {
      windows = .init(complete: found.complete, time: found.time, resources: found.resources)
    }
  }
}

extension RunComparisonDocument.Times {
  fileprivate init(_ times: RunFigures.Times) {
    self.init(
      median: Milliseconds(times.median), low: Milliseconds(times.medianRange.lowerBound),
      high: Milliseconds(times.medianRange.upperBound), mean: Milliseconds(times.mean), p95: Milliseconds(times.p95))
  }
}

extension RunComparisonDocument.EngineDocument {
  fileprivate init(_ engine: EngineSettings) {
    self.init(
      name: engine.name, threads: engine.threads, stamps: engine.stamps.rawValue, sharesPool: engine.sharesPool,
      awaitsNames: engine.awaitsNames)
    limit = engine.limit
  }
}

extension RunComparisonDocument.CostDocument {
  fileprivate init(_ cost: RunFigures.Cost) {
    self.init(
      threads: cost.peakThreads, descriptors: cost.peakDescriptors, processor: Milliseconds(cost.processor),
      contextSwitches: cost.contextSwitches, repeats: cost.repeats)
    bias = cost.bias.map { Milliseconds($0) }
    labLateness = cost.labLateness.map { Milliseconds($0) }
  }
}

extension RunComparisonDocument.VerdictDocument {
  fileprivate init(_ verdict: RunVerdict) {
    self.init(
      isDistinguishable: !verdict.isIndistinguishable, complete: .init(verdict.complete),
      elapsed: .init(verdict.elapsed))
  }
}

extension RunComparisonDocument.VerdictDocument.Difference {
  fileprivate init(_ difference: RunVerdict.Difference) {
    self.init(value: difference.value, low: difference.lower, high: difference.upper, clear: difference.isClear)
    adjustedP = difference.adjustedP
  }
}
