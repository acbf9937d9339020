import Packets
import Probing
import Results
import Tracing

/// One row of a comparison before it is run: the rules that its traces go by.
struct StudyRule {
  /// What tells it from the others.
  var label: String
  /// The session's, with the command's options and the row's own value over them.
  var settings: Settings
  /// The engine, where engines are compared.
  var engine: EngineSettings?
  /// What is traced, and how; nil when it cannot be.
  var request: TraceRequest?
  /// The network that it is traced in; nil when it cannot be.
  var network: SessionNetwork?
  /// Why not.
  var failure: NetworkFailure?

  /// The row without runs.
  var row: RunComparison.Row {
    RunComparison.Row(
      label: label, engine: engine, timeout: Milliseconds(settings.timeout),
      address: request?.target.description ?? "", method: request?.method.phrase ?? "",
      failure: failure.map { "\($0.problem): \($0.reason)" })
  }
}

extension ProbeMethod {
  /// `icmp raw`; in the lab, which has no sockets, `icmp`.
  fileprivate var phrase: String { socket == .lab ? "\(protocolName)" : "\(protocolName) \(socket)" }
}
