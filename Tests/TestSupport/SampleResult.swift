import Enrichment
import Results
import Tracing

extension TraceResult {
  /// A result of the lab with a fixed id and start, for tests.
  ///
  /// - Parameters:
  ///   - kinds: what was to be looked up; documentation addresses are ordinary ones.
  ///   - knowledge: what came of it, as `KnowledgeLines` reads it.
  package static func sample(
    _ trace: Trace, target: String = "demo.test", kinds: Set<EnrichmentKind> = [], knowledge: String = ""
  ) -> TraceResult {
    guard let id = ResultID("@k7f3") else { preconditionFailure("The id of a sample is well formed.") }
    var result = TraceResult(
      id: id, commandLine: "trace \(target)", target: target, network: "lab demo",
      started: WallTime(milliseconds: 1_795_479_443_042), version: "1.0", trace: trace)
    result.enrichment = EnrichmentRecord(EnrichmentRequest(kinds: kinds, specialAddresses: .lookup))
    for event in KnowledgeLines.events(knowledge) { result.enrichment.apply(event) }
    return result
  }
}
