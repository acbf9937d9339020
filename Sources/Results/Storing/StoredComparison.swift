import Statistics

/// A `ComparisonResult` in the store form: the values themselves, which every figure is made from again.
struct StoredComparison: Codable {
  var id: ResultID
  var command: String
  var name: String?
  var started: WallTime
  var version: String
  var paths: PathComparison?
  var runs: RunComparison?

  init(_ result: ComparisonResult) {
    id = result.id
    command = result.commandLine
    name = result.name
    started = result.started
    version = result.version
    switch result.content {
    case .paths(let comparison): paths = comparison
    case .runs(let comparison): runs = comparison
    }
  }

  func result() throws(StoreFormError) -> ComparisonResult {
    guard name.map(StoredResult.isName) ?? true else { throw .malformed("name is none") }
    let content: ComparisonResult.Content
    switch (paths, runs) {
    case (let paths?, nil):
      guard paths.isSound else { throw .malformed("paths holds a number that cannot be") }
      content = .paths(paths)
    case (nil, let runs?):
      guard runs.isSound else { throw .malformed("runs holds a number that cannot be") }
      content = .runs(runs)
    case (nil, nil), (_?, _?): throw .malformed("it is to hold either paths or runs")
    }
    return ComparisonResult(
      id: id, commandLine: command, name: name, started: started, version: version, content: content)
  }
}

// Numbers of a file may be anything that a type can hold. These are the bounds within which the figures made from them can be
// computed and shown.

extension RunComparison {
  /// More rows, runs and hops than any command makes.
  private static let mostRows = 1_000
  private static let mostRuns = 100_000
  private static let mostCount = 1_000_000_000
  /// A year.
  private static let longest = Duration.seconds(31_622_400)

  fileprivate var isSound: Bool {
    rows.count <= Self.mostRows && (0...Self.mostCount).contains(runCount) && (0...Self.mostCount).contains(load)
      && [timeout, pause].allSatisfy { $0.isSound } && rows.allSatisfy(Self.isSound)
  }

  private static func isSound(_ row: Row) -> Bool {
    row.runs.count <= mostRuns && isSound(row.known) && row.timeout?.isSound ?? true
      && row.engine?.isSound ?? true && row.runs.allSatisfy(isSound)
  }

  private static func isSound(_ run: Run) -> Bool {
    isSound(run.answered) && run.lateBy.count <= mostRuns && isSound(run.elapsed) && run.slowest.map(isSound) ?? true
      && run.lateBy.allSatisfy(isSound) && run.cost.map(isSound) ?? true
  }

  private static func isSound(_ cost: Cost) -> Bool {
    [cost.threads, cost.descriptors, cost.contextSwitches, cost.repeats].allSatisfy { (0...mostCount).contains($0) }
      && isSound(cost.processor) && cost.bias.map(isSound) ?? true && cost.labLateness.map(isSound) ?? true
  }

  private static func isSound(_ ttls: [Int]) -> Bool { ttls.count <= 255 && ttls.allSatisfy { (1...255).contains($0) } }

  private static func isSound(_ duration: Duration) -> Bool { (Duration.zero - longest...longest).contains(duration) }
}

extension Milliseconds {
  /// Within a year.
  fileprivate var isSound: Bool { (-31_622_400_000_000...31_622_400_000_000).contains(microseconds) }
}

extension PathComparison {
  /// Twice the hops of the longest path.
  private static let mostRows = 510
  private static let mostProbes = 1_000_000

  fileprivate var isSound: Bool {
    rows.count <= Self.mostRows && [first, second].allSatisfy(Self.isSound) && rows.allSatisfy(Self.isSound)
  }

  private static func isSound(_ side: PathSide) -> Bool {
    side.hops.count <= 255 && (0...mostProbes).contains(side.probesPerHop) && side.timeout?.isSound ?? true
      && side.hops.allSatisfy(isSound)
  }

  private static func isSound(_ hop: PathHop) -> Bool {
    (1...255).contains(hop.ttl) && (0...mostProbes).contains(hop.sent) && (0...hop.sent).contains(hop.answered)
      && hop.median?.isSound ?? true
  }

  private static func isSound(_ row: HopComparison) -> Bool {
    [row.first, row.second].allSatisfy { $0.map(isSound) ?? true } && row.shift.map(isSound) ?? true
      && row.loss.map(isSound) ?? true
  }

  private static func isSound(_ shift: RTTShift) -> Bool {
    [shift.difference, shift.lower, shift.upper].allSatisfy { $0.isSound } && isShare(shift.p)
      && shift.adjustedP.map(isShare) ?? true
  }

  private static func isSound(_ loss: LossChange) -> Bool {
    [loss.first, loss.second].allSatisfy { side in
      (0...mostProbes).contains(side.sent) && (0...side.sent).contains(side.lost) && isShare(side.interval.lower)
        && isShare(side.interval.upper)
    } && (-1...1).contains(loss.difference.lower) && (-1...1).contains(loss.difference.upper) && isShare(loss.p)
      && loss.adjustedP.map(isShare) ?? true
  }

  private static func isShare(_ number: Double) -> Bool { (0...1).contains(number) }
}
