import Packets
import Tracing

/// What a command failed of, in the three parts of every message.
package struct CommandFailure: Error, Codable, Hashable, Sendable {
  /// What happened: "cannot find 'exmaple.test'".
  package var problem: String
  /// Why; names the system call and errno where one refused.
  @ExplicitNull package var reason: String? = nil
  /// What to do.
  @ExplicitNull package var advice: String? = nil

  package init(problem: String, reason: String? = nil, advice: String? = nil) {
    self.problem = problem
    self.reason = reason
    self.advice = advice
  }
}

/// The JSON form of a command that failed, so that exactly one document leaves per command then too.
package struct FailureDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command: String
  package var version: String
  /// The target that the failure is about; nil when it is about the whole command.
  @ExplicitNull package var target: String? = nil
  package var error: CommandFailure

  package init(command: String, version: String, target: String? = nil, error: CommandFailure) {
    self.command = command
    self.version = version
    self.target = target
    self.error = error
  }
}

/// The JSON form of one command that traced several targets: their documents in the order of the arguments.
package struct TraceListDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = TraceDocument.command
  package var version: String
  package var results: [Entry]

  package init(version: String, results: [Entry]) {
    self.version = version
    self.results = results
  }

  /// What came of one target.
  package enum Entry: Codable, Hashable, Sendable {
    case trace(TraceDocument)
    case failure(FailureDocument)

    private enum CodingKeys: String, CodingKey { case error }

    package init(from decoder: any Decoder) throws {
      let hasFailed = try decoder.container(keyedBy: CodingKeys.self).contains(.error)
      self = hasFailed ? .failure(try FailureDocument(from: decoder)) : .trace(try TraceDocument(from: decoder))
    }

    package func encode(to encoder: any Encoder) throws {
      switch self {
      case .trace(let document): try document.encode(to: encoder)
      case .failure(let document): try document.encode(to: encoder)
      }
    }
  }
}

/// The JSON form of a `ping`.
package struct PingDocument: Codable, Hashable, Sendable {
  /// The command that makes these documents.
  package static let command = "ping"

  package var schema = ResultCoding.schema
  package var command = Self.command
  package var version: String
  package var target: String
  package var targetIP: String
  package var network: String
  package var sent: Int
  package var received: Int
  /// In percent of the probes sent, 0…100; nil when none was sent.
  @ExplicitNull package var loss: Double? = nil
  @ExplicitNull package var rtt: TimesDocument? = nil

  enum CodingKeys: String, CodingKey {
    case schema, command, version, target, network, sent, received
    case targetIP = "target_ip"
    case loss = "loss_percent"
    case rtt = "rtt_ms"
  }

  package init(_ result: PingResult, version: String) {
    self.version = version
    target = result.target
    targetIP = result.address.description
    network = result.network
    sent = result.sent
    received = result.times.count
    loss = result.lossPercent
    rtt = result.times.count > 0 ? TimesDocument(result.times) : nil
  }
}
