import Results
import Tracing

extension TraceResult {
  /// A result of the lab with a fixed id and start, for tests.
  package static func sample(_ trace: Trace, target: String = "demo.test") -> TraceResult {
    guard let id = ResultID("@k7f3") else { preconditionFailure("The id of a sample is well formed.") }
    return TraceResult(
      id: id, commandLine: "trace \(target)", target: target, network: "lab demo",
      started: WallTime(milliseconds: 1_795_479_443_042), version: "1.0", trace: trace)
  }
}
