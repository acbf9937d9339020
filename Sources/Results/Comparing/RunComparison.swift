import Time

/// Many traces of one target under several rules, side by side: what `compare engines`, `compare timeouts` and their like
/// measured. A value: it is stored as it is, and every figure is made from its runs.
package struct RunComparison: Hashable, Sendable, Codable {
  /// What the rows differ in.
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case engines, timeouts, enrichment, protocols, families, sockets
  }

  package var kind: Kind
  /// As it was typed.
  package var target: String
  /// As `Network.name` gives it.
  package var network: String
  /// Whether the lab computed its time instead of waiting for it.
  package var isVirtual: Bool
  /// A probe's, of all rows but those of `timeouts`.
  package var timeout: Milliseconds
  /// Whether addresses were looked up, in all rows but those of `enrichment`.
  package var isEnriched: Bool
  /// Runs a row, as asked for; fewer were made when it was stopped.
  package var runCount: Int
  /// What decided the order of the runs, and the lab's chances.
  package var seed: UInt64
  /// Between two runs.
  package var pause: Milliseconds
  /// Threads that kept processors busy meanwhile.
  package var load: Int
  /// Whether it is known from the lab itself which hops answer; else they are those that any row found.
  package var isTruthOfLab: Bool
  /// How the rows of engines were made: with each of the two causes taken apart, and with the figures of the study beside.
  package var showsCauses = false
  package var showsFindings = false
  /// Whether it was stopped before its runs were made.
  package var isInterrupted = false
  package var rows: [Row]

  /// What fields were called in stored comparisons before they had the names of the JSON form.
  static let oldNames = [
    "isVirtual": "virtual", "isEnriched": "enriched", "runCount": "run_count", "isTruthOfLab": "truth_of_lab",
    "showsCauses": "shows_causes", "showsFindings": "shows_findings", "isInterrupted": "interrupted",
    "failedCount": "failed_count", "lateBy": "late_by", "contextSwitches": "context_switches",
    "labLateness": "lab_lateness",
  ]

  enum CodingKeys: String, CodingKey {
    case kind, target, network, timeout, seed, pause, load, rows
    case isVirtual = "virtual"
    case isEnriched = "enriched"
    case runCount = "run_count"
    case isTruthOfLab = "truth_of_lab"
    case showsCauses = "shows_causes"
    case showsFindings = "shows_findings"
    case isInterrupted = "interrupted"
  }

  package init(
    kind: Kind, target: String, network: String, isVirtual: Bool, timeout: Milliseconds, isEnriched: Bool,
    runCount: Int,
    seed: UInt64, pause: Milliseconds, load: Int = 0, isTruthOfLab: Bool, rows: [Row]
  ) {
    self.kind = kind
    self.target = target
    self.network = network
    self.isVirtual = isVirtual
    self.timeout = timeout
    self.isEnriched = isEnriched
    self.runCount = runCount
    self.seed = seed
    self.pause = pause
    self.load = load
    self.isTruthOfLab = isTruthOfLab
    self.rows = rows
  }
}

extension RunComparison {
  /// One rule, and its runs.
  package struct Row: Hashable, Sendable, Codable {
    /// What tells it from the others: an engine, a timeout, a protocol.
    package var label: String
    /// Of `engines` only.
    package var engine: EngineSettings?
    /// Of its probes.
    package var timeout: Milliseconds?
    /// What was traced.
    package var address: String
    /// How: `icmp raw`, `icmp lab`.
    package var method: String
    /// Why runs of it failed, or why it could not be run at all; nil when none did.
    package var failure: String?
    /// Runs that failed.
    package var failedCount = 0
    /// TTLs whose hop answers somebody, by the lab's truth or by any row of the same address.
    package var known: [Int] = []
    package var runs: [Run] = []

    enum CodingKeys: String, CodingKey {
      case label, engine, timeout, address, method, failure, known, runs
      case failedCount = "failed_count"
    }

    package init(
      label: String, engine: EngineSettings? = nil, timeout: Milliseconds? = nil, address: String, method: String,
      failure: String? = nil
    ) {
      self.label = label
      self.engine = engine
      self.timeout = timeout
      self.address = address
      self.method = method
      self.failure = failure
    }
  }

  /// One trace.
  package struct Run: Hashable, Sendable, Codable {
    /// TTLs whose hop had a reply that counted.
    package var answered: [Int]
    /// From its first probe to its end.
    package var elapsed: Duration
    /// The largest round-trip time of all replies that are known of, late ones too; nil without one.
    package var slowest: Duration?
    /// By how much replies came after their timeout.
    package var lateBy: [Duration]
    /// What the engine took for it; nil where that was not measured.
    package var cost: Cost?

    enum CodingKeys: String, CodingKey {
      case answered, elapsed, slowest, cost
      case lateBy = "late_by"
    }

    package init(
      answered: [Int], elapsed: Duration, slowest: Duration? = nil, lateBy: [Duration] = [], cost: Cost? = nil
    ) {
      self.answered = answered
      self.elapsed = elapsed
      self.slowest = slowest
      self.lateBy = lateBy
      self.cost = cost
    }
  }

  /// What a run of an engine took of the machine. The lab's thread and the busy threads are left out.
  package struct Cost: Hashable, Sendable, Codable {
    /// Of its replies' round-trip times, by how much they were above those of the kernel's stamps: the median; nil without stamps.
    package var bias: Duration?
    /// Threads of the engine, at most at once.
    package var threads: Int
    /// Descriptors of the engine, at most at once.
    package var descriptors: Int
    /// Processor time of the program.
    package var processor: Duration
    /// Voluntary and not.
    package var contextSwitches: Int
    /// How late the lab handed its latest answer out; nil on other networks.
    package var labLateness: Duration?
    /// How often the run was made again, since the lab was late.
    package var repeats: Int

    enum CodingKeys: String, CodingKey {
      case bias, threads, descriptors, processor, repeats
      case contextSwitches = "context_switches"
      case labLateness = "lab_lateness"
    }

    package init(
      bias: Duration?, threads: Int, descriptors: Int, processor: Duration, contextSwitches: Int,
      labLateness: Duration?,
      repeats: Int
    ) {
      self.bias = bias
      self.threads = threads
      self.descriptors = descriptors
      self.processor = processor
      self.contextSwitches = contextSwitches
      self.labLateness = labLateness
      self.repeats = repeats
    }
  }
}

extension RunComparison {
  /// Fills in which hops there are to be found: those of `truth` where it is known, else those that any row of the same address
  /// found.
  ///
  /// - Parameter truth: TTLs by address.
  package mutating func learnHops(from truth: [String: [Int]]) {
    var found: [String: Set<Int>] = [:]
    for row in rows {
      for run in row.runs { found[row.address, default: []].formUnion(run.answered) }
    }
    for index in rows.indices {
      let address = rows[index].address
      rows[index].known = truth[address] ?? found[address, default: []].sorted()
    }
  }
}
