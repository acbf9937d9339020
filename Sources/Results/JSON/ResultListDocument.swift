import Packets
import Tracing

/// The JSON form of `results`: what a session has made so far, oldest first, one entry each; with `--all` what every session has
/// stored, newest first.
package struct ResultListDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "results"
  package var version: String
  package var results: [Entry]

  package init(version: String, results: [Entry]) {
    self.version = version
    self.results = results
  }

  /// One result in short; `recall` shows it whole.
  package struct Entry: Codable, Hashable, Sendable {
    /// `recall %NUMBER` shows it; nil for one that is not of this session.
    @ExplicitNull package var number: Int? = nil
    /// nil for what is not stored: a ping always, and any result when `results.keep` is off or the store cannot be used.
    @ExplicitNull package var id: String? = nil
    @ExplicitNull package var name: String? = nil
    /// What made it: `trace`, `ping` or `comparison`.
    package var command: String
    package var target: String
    package var targetIP: String
    package var network: String
    /// nil for a comparison.
    @ExplicitNull package var reached: Bool? = nil
    /// nil for a ping.
    @ExplicitNull package var started: String? = nil
    /// nil for a ping, and for a trace that has not ended.
    @ExplicitNull package var end: TraceDocument.EndReason? = nil
    /// The TTL at which the path ended; nil for a ping.
    @ExplicitNull package var hops: Int? = nil
    /// In percent of the probes sent, 0…100; nil for a trace, and when none was sent.
    @ExplicitNull package var loss: Double? = nil

    enum CodingKeys: String, CodingKey {
      case number, id, name, command, target, network, reached, started, end, hops
      case targetIP = "target_ip"
      case loss = "loss_percent"
    }

    package init(_ number: Int, name: String?, isStored: Bool, _ result: TraceResult) {
      command = TraceDocument.command
      target = result.target
      targetIP = result.address.description
      network = result.network
      reached = result.isReached
      self.number = number
      self.name = name
      id = isStored ? result.id.description : nil
      started = result.started.description
      end = result.trace.end.map { TraceDocument.EndReason($0) }
      hops = result.trace.path.last.map { Int($0.ttl.value) } ?? 0
    }

    /// One of the store; `number` when it is of this session too.
    package init(
      _ number: Int?, id: ResultID?, name: String?, command: String, target: String, targetIP: String, network: String,
      reached: Bool?, started: WallTime, end: TraceDocument.EndReason?, hops: Int?
    ) {
      self.command = command
      self.target = target
      self.targetIP = targetIP
      self.network = network
      self.reached = reached
      self.number = number
      self.id = id?.description
      self.name = name
      self.started = started.description
      self.end = end
      self.hops = hops
    }

    package init(_ number: Int, name: String?, _ result: PingResult) {
      command = PingDocument.command
      target = result.target
      targetIP = result.address.description
      network = result.network
      reached = result.received > 0
      self.number = number
      self.name = name
      loss = result.lossPercent
    }
  }
}
