import Results
import Tracing

/// Which rows of a running trace may be written where they can never be drawn again.
///
/// A hop may be written when nothing that is still to come in time could change its rows:
/// - all its attempts have outcomes, and none will be made again on a socket of its own;
/// - somebody behind it answered, if it is silent itself: else it may be part of the silence at the end;
/// - some probe could be sent: else the trace has failed, and has no rows;
/// - the path does not seem to end below it (`Trace.possibleEnd`);
/// - what is looked up about its responders is known, or has been waited for.
///
/// What comes out of time changes a written row no more: the closing line counts it, and `news` tells it.
struct SettledRows {
  private var written = 0
  /// What the written rows say of responders.
  private var said: [TTL: [StyledLine]] = [:]

  /// Whether no row has become certain since the last `take`: told without making rows.
  func isWaiting(in result: TraceResult) -> Bool {
    let path = result.trace.path
    guard written < path.count else { return true }
    let hop = path[path.startIndex + written]
    return !Self.isSettled(hop, in: result.trace) || !result.isAnnotated(hop)
  }

  /// The rows that have become certain since the last call.
  mutating func take(from text: TraceText) -> [StyledLine] {
    let trace = text.result.trace
    guard trace.hops.contains(where: Self.wasSent) else { return [] }
    var lines: [StyledLine] = []
    for hop in text.speakingHops.dropFirst(written) {
      guard Self.isSettled(hop, in: trace), text.result.isAnnotated(hop) else { break }
      lines += text.rows(of: hop)
      said[hop.ttl] = text.responders(of: hop)
      written += 1
    }
    return lines
  }

  /// All rows that have not been written, of a trace that has ended.
  mutating func takeRest(from text: TraceText) -> [StyledLine] {
    let rest = text.speakingHops.dropFirst(written)
    written += rest.count
    return rest.flatMap(text.rows) + [text.trailingSilence].compactMap { $0 }
  }

  /// What has become known of the responders in written rows since; for the closing list.
  func news(in text: TraceText) -> [StyledLine] {
    text.speakingHops.prefix(written).flatMap { hop -> [StyledLine] in
      guard let before = said[hop.ttl] else { return [] }
      return text.responders(of: hop).filter { !before.contains($0) }.map {
        StyledLine([.init("later: ", .dim)] + $0.spans)
      }
    }
  }

  private static func wasSent(_ hop: Hop) -> Bool {
    hop.probes.contains { if case .unsendable = $0.outcome { false } else { true } }
  }

  private static func isSettled(_ hop: Hop, in trace: Trace) -> Bool {
    let attempts = hop.probes.filter { !$0.isSuperseded }
    guard attempts.count >= trace.request.queries, hop.isSettled else { return false }
    // Only an error queue gives errors that do not say which probe they are for.
    guard trace.request.method.socket == .errqueue else { return true }
    return attempts.allSatisfy { !$0.outcome.isSilent || $0.probe.ownSocket }
  }
}
