/// A trace in its JSON form, field for field. `Rendering/Schema/ftrsh.schema.json` says what each field means.
package struct TraceDocument: Codable, Hashable, Sendable {
  package var schema: Int
  package var command: String
  package var version: String
  package var id: String
  @ExplicitNull package var name: String? = nil
  package var target: String
  package var targetIP: String
  package var family: String
  package var network: String
  package var protocolName: String
  package var socket: String
  package var engine: String
  package var started: String
  @ExplicitNull package var elapsed: Milliseconds? = nil
  package var options: Options
  @ExplicitNull package var publicIP: String? = nil
  @ExplicitNull package var isp: ProviderDocument? = nil
  @ExplicitNull package var destinationASN: OriginDocument? = nil
  package var reached: Bool
  @ExplicitNull package var end: End? = nil
  package var warnings: [String]
  package var evidence: Evidence
  package var counts: Counts
  package var hops: [HopDocument]

  enum CodingKeys: String, CodingKey {
    case schema, command, version, id, name, target, family, network, socket, engine, started, options, isp, reached
    case end, warnings, evidence, counts, hops
    case targetIP = "target_ip"
    case protocolName = "protocol"
    case elapsed = "elapsed_ms"
    case publicIP = "public_ip"
    case destinationASN = "destination_asn"
  }
}

extension TraceDocument {
  /// What the trace was asked to do.
  package struct Options: Codable, Hashable, Sendable {
    package var firstTTL: Int
    package var maxTTL: Int
    package var queries: Int
    package var timeout: Milliseconds
    @ExplicitNull package var overall: Milliseconds? = nil
    package var window: Int
    package var interval: Milliseconds
    package var attemptInterval: Milliseconds
    @ExplicitNull package var gapLimit: Int? = nil
    @ExplicitNull package var patience: Double? = nil
    package var flow: Int
    package var variesFlow: Bool
    @ExplicitNull package var size: Int? = nil
    package var dontFragment: Bool
    @ExplicitNull package var port: Int? = nil
    @ExplicitNull package var source: String? = nil
    @ExplicitNull package var interfaceIndex: Int? = nil
    @ExplicitNull package var distanceHint: Int? = nil

    enum CodingKeys: String, CodingKey {
      case queries, window, patience, flow, size, port, source
      case variesFlow = "vary_flow"
      case dontFragment = "dont_fragment"
      case firstTTL = "first_ttl"
      case maxTTL = "max_ttl"
      case timeout = "timeout_ms"
      case overall = "overall_ms"
      case interval = "interval_ms"
      case attemptInterval = "attempt_interval_ms"
      case gapLimit = "gap_limit"
      case interfaceIndex = "interface_index"
      case distanceHint = "distance_hint"
    }
  }

  /// Where and why the path ended.
  package struct End: Codable, Hashable, Sendable {
    package var reason: EndReason
    @ExplicitNull package var ttl: Int? = nil
    @ExplicitNull package var code: Int? = nil
    @ExplicitNull package var marker: String? = nil
  }

  /// The name of each `TraceEnd`.
  package enum EndReason: String, Codable, Hashable, Sendable, CaseIterable {
    case reached, unreachable, loop, exhausted, cancelled, overall, failed
    case gapLimit = "gap_limit"
  }

  /// What speaks for or against the program and its host: how late replies came, and how late they were read.
  package struct Evidence: Codable, Hashable, Sendable {
    /// Replies behind their timeout.
    package var late: Int
    @ExplicitNull package var largestLate: Milliseconds? = nil
    package var largestLag: Milliseconds
    /// Subjects whose look-ups were still open when this was written.
    package var lookupsOpen: Int
    package var dropped: Int

    enum CodingKeys: String, CodingKey {
      case late, dropped
      case largestLate = "late_max_ms"
      case largestLag = "lag_max_ms"
      case lookupsOpen = "lookups_open"
    }
  }

  /// Of the path only; see `ProbeCounts`.
  package struct Counts: Codable, Hashable, Sendable {
    package var sent: Int
    package var replies: Int
    package var silent: Int
    package var givenUp: Int
    package var late: Int
    package var revised: Int
    package var duplicate: Int
    package var unsendable: Int
    package var foreign: Int
    package var dropped: Int
    package var beyond: Int

    enum CodingKeys: String, CodingKey {
      case sent, replies, silent, late, revised, duplicate, unsendable, foreign, dropped, beyond
      case givenUp = "given_up"
    }
  }
}
