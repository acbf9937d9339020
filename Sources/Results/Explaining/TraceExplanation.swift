import Packets
import Tracing

extension Explanation {
  /// How a trace was made and why it ended, without its hops.
  package init(trace result: TraceResult) {
    var sections = [
      ExplanationSection("How it ended", [Self.end(of: result), Self.counts(of: result)]),
      ExplanationSection("How it was judged", Self.judgment(of: result)),
    ]
    let findings = result.findings
    var sentences = findings.ofTrace.map { $0.sentence + "." }
    for hop in result.trace.path {
      sentences += findings[hop.ttl].map { "Hop \(hop.ttl): \($0.sentence)." }
    }
    if !sentences.isEmpty { sections.append(ExplanationSection("Findings", sentences)) }
    let silent = result.trace.path.filter { !$0.isAnswered }.map { "\($0.ttl)" }
    if !silent.isEmpty {
      let list = silent.prefix(Self.mostListed).joined(separator: ", ") + (silent.count > Self.mostListed ? ", …" : "")
      sections.append(
        ExplanationSection(
          "Silent hops", ["Nobody answered in time at hop \(list): 'explain %N HOP' ranks the causes."]))
    }
    self.init("the trace to \(result.target)", sections)
  }

  /// Silent hops that are named.
  private static let mostListed = 10

  private static func end(of result: TraceResult) -> String {
    let trace = result.trace
    switch trace.end {
    case .reached(let ttl): return "The target answered at hop \(ttl), so nothing behind it was waited for."
    case .unreachable(let ttl, let code):
      return "At hop \(ttl) a router said \(code.meaning) (\(code.marker)), and nothing behind it answered."
    case .loop(let ttl):
      return "At hop \(ttl) a responder came back that had answered before: a loop, which has no end."
    case .gapLimit: return "So many hops in a row were silent that the rest was cut (gap-limit)."
    case .exhausted:
      return
        "Every \(trace.request.method.family == .ipv4 ? "TTL" : "hop limit") was tried, and the target did not answer."
    case .cancelled: return "It was stopped by the user."
    case .overall: return "The time for the whole trace was up."
    case .failed(let failure): return "It failed: \(failure)."
    case nil: return "It has not ended."
    }
  }

  private static func counts(of result: TraceResult) -> String {
    let counts = result.counts
    let extra = [
      counts.late > 0 ? "\(counts.late) late" : nil, counts.revised > 0 ? "\(counts.revised) revised" : nil,
      counts.duplicate > 0 ? "\(counts.duplicate) duplicate" : nil,
      counts.beyond > 0 ? "\(counts.beyond) from behind the target" : nil,
    ]
    let list = extra.compactMap { $0 }
    let others = list.isEmpty ? "" : "; \(list.joined(separator: ", "))"
    return "Of \(counts.sent) probes, \(counts.replies) were answered in time\(others)."
  }

  private static func judgment(of result: TraceResult) -> [String] {
    var sentences = [
      "A reply counts when it arrived within \(Milliseconds(result.trace.request.timeout).exact) of its probe's departure."
    ]
    let evidence = result.trace.evidence
    if evidence.largestLag > .zero {
      sentences.append("Each was read within \(Milliseconds(evidence.largestLag).brief) of its arrival.")
    }
    if result.method.socket != .capture {
      sentences.append(
        evidence.dropped > 0
          ? "This host's kernel dropped \(evidence.dropped) arrivals unread." : "This host's kernel dropped no arrival."
      )
    }
    if evidence.foreign > 0 {
      sentences.append("\(evidence.foreign) arrivals were for no probe of any trace.")
    }
    return sentences
  }
}
