import Results
import Statistics
import Time

extension RunComparisonText {
  /// A column of the table, in the order in which they stand.
  enum Column: CaseIterable {
    case label, sharedPool, awaitsNames, complete, found, median, mean, p95, late, largestLate, bias, threads,
      descriptors
    case processor, switches, labLateness, windowsComplete, windowsTime

    static let all = allCases

    /// Whether it says anything in this table.
    func isShown(_ comparison: RunComparison) -> Bool {
      let isOfEngines = comparison.kind == .engines
      return switch self {
      case .label, .complete, .found, .median, .mean, .p95: true
      case .sharedPool, .awaitsNames: comparison.showsCauses
      case .late, .largestLate: !isOfEngines
      case .bias, .threads, .descriptors, .processor, .switches: isOfEngines
      case .labLateness: comparison.rows.contains { RunFigures($0).cost?.labLateness != nil }
      case .windowsComplete, .windowsTime: comparison.showsFindings
      }
    }

    func title(_ comparison: RunComparison) -> String {
      switch self {
      case .label:
        switch comparison.kind {
        case .engines: "engine"
        case .timeouts: "timeout"
        case .enrichment: "enrichment"
        case .protocols: "protocol"
        case .families: "family"
        case .sockets: "socket"
        }
      case .sharedPool: "pool"
      case .awaitsNames: "names"
      case .complete: "complete"
      case .found: "hops"
      case .median: "median"
      case .mean: "mean"
      case .p95: "p95"
      case .late: "late"
      case .largestLate: "by at most"
      case .bias: "RTT bias"
      case .threads: "threads"
      case .descriptors: "fds"
      case .processor: "CPU"
      case .switches: "switches"
      case .labLateness: "lab late"
      case .windowsComplete: "on Windows"
      case .windowsTime: "mean there"
      }
    }

    var alignment: TextTable.Alignment {
      switch self {
      case .label, .sharedPool, .awaitsNames, .windowsComplete, .windowsTime: .left
      case .complete, .found, .median, .mean, .p95, .late, .largestLate, .bias, .threads, .descriptors, .processor,
        .switches, .labLateness:
        .right
      }
    }

    func style(_ figures: RunFigures) -> TextStyle {
      switch self {
      case .label: .name
      case .complete: figures.complete == figures.runs ? .good : .notice
      case .windowsComplete, .windowsTime: .dim
      case .sharedPool, .awaitsNames, .found, .median, .mean, .p95, .late, .largestLate, .bias, .threads, .descriptors,
        .processor, .switches, .labLateness:
        .plain
      }
    }

    /// The word of one row; `-` where nothing was measured.
    func text(_ row: RunComparison.Row, _ figures: RunFigures) -> String {
      switch self {
      case .label: row.label
      case .sharedPool: row.engine.map { $0.sharesPool ? "shared" : "own" } ?? "-"
      case .awaitsNames: row.engine.map { $0.awaitsNames ? "awaited" : "later" } ?? "-"
      case .complete: figures.runs == 0 ? "-" : Self.share(figures)
      case .found: figures.runs == 0 ? "-" : "\(RunComparisonText.fixed(figures.foundShare * 100, 1)) %"
      case .median: Self.text(figures.elapsed?.median)
      case .mean: Self.text(figures.elapsed?.mean)
      case .p95: Self.text(figures.elapsed?.p95)
      case .late: "\(figures.late)"
      case .largestLate: Self.text(figures.largestLate)
      case .bias: Self.text(figures.cost?.bias, 3)
      case .threads: figures.cost.map { "\($0.peakThreads)" } ?? "-"
      case .descriptors: figures.cost.map { "\($0.peakDescriptors)" } ?? "-"
      case .processor: Self.text(figures.cost?.processor)
      case .switches: figures.cost.map { RunComparisonText.fixed($0.contextSwitches, 0) } ?? "-"
      case .labLateness: Self.text(figures.cost?.labLateness, 2)
      case .windowsComplete: row.engine.flatMap { WindowsFinding.of($0.name)?.complete } ?? "–"
      case .windowsTime: row.engine.flatMap { WindowsFinding.of($0.name)?.time } ?? "–"
      }
    }

    /// In milliseconds: the unit stands in the heading.
    private static func text(_ duration: Duration?, _ digits: Int = 1) -> String {
      duration.map { RunComparisonText.fixed($0.milliseconds, digits) } ?? "-"
    }

    /// `95 % (76–99)`.
    private static func share(_ figures: RunFigures) -> String {
      let percent = RunComparisonText.fixed(figures.completeShare * 100, 0)
      let lower = RunComparisonText.fixed(figures.completeInterval.lower * 100, 0)
      let upper = RunComparisonText.fixed(figures.completeInterval.upper * 100, 0)
      return "\(percent) % (\(lower)–\(upper))"
    }
  }
}
