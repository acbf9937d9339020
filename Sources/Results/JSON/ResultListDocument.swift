import Packets
import Tracing

/// The JSON form of `results`: what a session has made so far, oldest first, one entry each.
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
    /// `recall %NUMBER` shows it.
    package var number: Int
    /// nil for a ping, which is not stored.
    @ExplicitNull package var id: String? = nil
    @ExplicitNull package var name: String? = nil
    /// What made it: `trace` or `ping`.
    package var command: String
    package var target: String
    package var targetIP: String
    package var network: String
    package var reached: Bool
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

    package init(_ number: Int, name: String?, _ result: TraceResult) {
      self.number = number
      command = TraceDocument.command
      target = result.target
      targetIP = result.address.description
      network = result.network
      reached = result.isReached
      self.name = name
      id = result.id.description
      started = result.started.description
      end = result.trace.end.map { TraceDocument.EndReason($0) }
      hops = result.trace.path.last.map { Int($0.ttl.value) } ?? 0
    }

    package init(_ number: Int, name: String?, _ result: PingResult) {
      self.number = number
      command = PingDocument.command
      target = result.target
      targetIP = result.address.description
      network = result.network
      reached = result.received > 0
      self.name = name
      loss = result.lossPercent
    }
  }
}
