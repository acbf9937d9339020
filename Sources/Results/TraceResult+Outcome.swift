import Tracing

extension TraceResult {
  /// Why and where the path ended, as lists have it: `reached, 12 hops`, `gap-limit, last answer from hop 4`.
  package var outcome: String {
    let path = trace.path
    let end = trace.end.map { TraceDocument.EndReason($0) } ?? .cancelled
    let reach =
      if isReached, let last = path.last {
        last.ttl == .first ? "1 hop" : "\(last.ttl) hops"
      } else {
        path.last { $0.isAnswered }.map { "last answer from hop \($0.ttl)" } ?? "no answer"
      }
    return "\(end.rawValue.replacing("_", with: "-")), \(reach)"
  }
}
