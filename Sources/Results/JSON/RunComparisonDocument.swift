/// A `RunComparison` in its JSON form: the figures of the table, and the runs that they were made from.
package struct RunComparisonDocument: Codable, Hashable, Sendable {
  package var schema: Int
  package var command: String
  package var version: String
  package var id: String
  package var kind: RunComparison.Kind
  package var target: String
  package var network: String
  package var isVirtual: Bool
  package var timeout: Milliseconds
  package var isEnriched: Bool
  package var runCount: Int
  package var seed: UInt64
  package var pause: Milliseconds
  package var load: Int
  package var truth: Truth
  package var isInterrupted: Bool
  @ExplicitNull package var reference: String? = nil
  @ExplicitNull package var smallestTimeout: Milliseconds? = nil
  package var rows: [Row]

  enum CodingKeys: String, CodingKey {
    case schema, command, version, id, kind, target, network, seed, load, truth, reference, rows
    case isVirtual = "virtual"
    case timeout = "timeout_ms"
    case isEnriched = "enrichment"
    case runCount = "runs"
    case pause = "pause_ms"
    case isInterrupted = "interrupted"
    case smallestTimeout = "smallest_timeout_ms"
  }

  /// Who says which hops there are to be found.
  package enum Truth: String, Codable, Hashable, Sendable, CaseIterable {
    /// The lab itself.
    case lab
    /// Any run that found them.
    case seen
  }

  /// One rule.
  package struct Row: Codable, Hashable, Sendable {
    package var label: String
    @ExplicitNull package var engine: EngineDocument? = nil
    package var address: String
    package var method: String
    @ExplicitNull package var failure: String? = nil
    package var failedCount: Int
    package var known: [Int]
    package var runCount: Int
    package var complete: Int
    package var completePercent: Percent
    package var foundPercent: Double
    @ExplicitNull package var time: Times? = nil
    package var late: Int
    @ExplicitNull package var largestLate: Milliseconds? = nil
    @ExplicitNull package var slowest: Milliseconds? = nil
    @ExplicitNull package var cost: CostDocument? = nil
    @ExplicitNull package var verdict: VerdictDocument? = nil
    @ExplicitNull package var windows: WindowsDocument? = nil
    package var samples: [Sample]

    enum CodingKeys: String, CodingKey {
      case label, engine, method, failure, complete, late, cost, verdict, windows, samples
      case address = "target_ip"
      case known = "hops"
      case runCount = "runs"
      case failedCount = "failed"
      case completePercent = "complete_percent"
      case foundPercent = "hops_found_percent"
      case time = "time_ms"
      case largestLate = "late_max_ms"
      case slowest = "slowest_rtt_ms"
    }
  }

  /// A share with its interval at 95 %.
  package struct Percent: Codable, Hashable, Sendable {
    package var value: Double
    package var low: Double
    package var high: Double
  }

  /// How long the runs took, in milliseconds; the interval is that of the median.
  package struct Times: Codable, Hashable, Sendable {
    package var median: Milliseconds
    package var low: Milliseconds
    package var high: Milliseconds
    package var mean: Milliseconds
    package var p95: Milliseconds
  }

  /// An engine as it was set.
  package struct EngineDocument: Codable, Hashable, Sendable {
    package var name: EngineName
    package var threads: Int
    @ExplicitNull package var limit: Int? = nil
    package var stamps: String
    package var sharesPool: Bool
    package var awaitsNames: Bool

    enum CodingKeys: String, CodingKey {
      case name, threads, limit, stamps
      case sharesPool = "shared_pool"
      case awaitsNames = "await_names"
    }
  }

  /// What a run of an engine took, medians or the most.
  package struct CostDocument: Codable, Hashable, Sendable {
    @ExplicitNull package var bias: Milliseconds? = nil
    package var threads: Int
    package var descriptors: Int
    package var processor: Milliseconds
    package var contextSwitches: Double
    @ExplicitNull package var labLateness: Milliseconds? = nil
    package var repeats: Int

    enum CodingKeys: String, CodingKey {
      case repeats
      case bias = "rtt_bias_ms"
      case threads = "threads_peak"
      case descriptors = "descriptors_peak"
      case processor = "cpu_ms"
      case contextSwitches = "context_switches"
      case labLateness = "lab_late_ms"
    }
  }

  /// What the row is against `reference`.
  package struct VerdictDocument: Codable, Hashable, Sendable {
    package var isDistinguishable: Bool
    package var complete: Difference
    package var elapsed: Difference

    enum CodingKeys: String, CodingKey {
      case isDistinguishable = "distinguishable"
      case complete = "complete_points"
      case elapsed = "time_ms"
    }

    /// Row less reference, with its interval.
    package struct Difference: Codable, Hashable, Sendable {
      package var value: Double
      package var low: Double
      package var high: Double
      @ExplicitNull package var adjustedP: Double? = nil
      package var clear: Bool

      enum CodingKeys: String, CodingKey {
        case value, low, high, clear
        case adjustedP = "p_adjusted"
      }
    }
  }

  /// What the study measured on Windows, in its own words.
  package struct WindowsDocument: Codable, Hashable, Sendable {
    package var complete: String
    package var time: String
    package var resources: String
  }

  /// One run.
  package struct Sample: Codable, Hashable, Sendable {
    package var answered: [Int]
    package var elapsed: Milliseconds
    @ExplicitNull package var slowest: Milliseconds? = nil
    package var lateBy: [Milliseconds]

    enum CodingKeys: String, CodingKey {
      case answered
      case elapsed = "elapsed_ms"
      case slowest = "slowest_rtt_ms"
      case lateBy = "late_ms"
    }
  }
}
