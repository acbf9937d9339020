import Enrichment
import Packets
import Results
import Time
import Tracing

/// What is said below a trace that has ended.
///
///     reached in 12 hops, 46.2 ms; 12 probes, 11 replies, 1 given up
///
/// The time is the target's least RTT. Probes and replies are always counted, everything else only if there was any. What can
/// be done about a failure is not said here: the shell says it on standard error.
struct ClosingText {
  let result: TraceResult

  private var trace: Trace { result.trace }

  /// The closing line, and below it what deserves a word.
  var lines: [StyledLine] { [closingLine] + EndsText(result: result).lines + evidence + remarks }

  private var closingLine: StyledLine {
    var line = StyledLine(ending, style)
    if case .failed? = trace.end { return line }
    line.append("; \(counts)")
    return line
  }

  private var style: TextStyle {
    switch trace.end {
    case .reached: .good
    case .failed: .error
    case .unreachable, .loop, .gapLimit, .exhausted, .cancelled, .overall, nil: .notice
    }
  }

  private var ending: String {
    switch trace.end {
    case .reached: distance ?? "reached"
    case .unreachable(let ttl, let code):
      "\(code.meaning) (\(code.marker)) at hop \(ttl)\(unreachableSource(ttl, code).map { ", from \($0)" } ?? "")"
    case .loop(let ttl): loop(at: ttl)
    case .gapLimit: "not reached: \(silence) (gap limit \(trace.request.gapLimit ?? 0))"
    case .exhausted: "not reached: \(silence)"
    case .cancelled: "stopped by you \(place)\(distance.map { "; \($0)" } ?? "")"
    case .overall:
      "not reached: time was up \(place)\(trace.request.overall.map { " (overall \(Milliseconds($0).exact))" } ?? "")"
    case .failed(let failure): "failed: \(failure)"
    case nil: "not ended"
    }
  }

  /// `reached in 12 hops, 46.2 ms`; nil when the target did not answer.
  private var distance: String? {
    guard let ttl = trace.reachedTTL else { return nil }
    let replies = trace[ttl]?.probes.compactMap { record -> Duration? in
      guard case .replied(let reply, let rtt) = record.outcome, reply.ends(atTarget: trace.request.target) else {
        return nil
      }
      return rtt
    }
    let time = replies?.min().map { ", \(Milliseconds($0).brief)" } ?? ""
    return "reached in \(Self.count(Int(ttl.value), "hop", "hops"))\(time)"
  }

  private var lastAnswered: TTL? { trace.path.last { $0.isAnswered }?.ttl }

  /// From which hop on nobody answered.
  private var silence: String {
    guard let last = lastAnswered else { return "no answer from any hop" }
    guard last < trace.request.lastTTL else {
      return "\(Self.count(Int(last.value), "hop was", "hops were")) not enough"
    }
    return "no answer from hop \(last.advanced(by: 1)) on"
  }

  private var place: String { lastAnswered.map { "after hop \($0)" } ?? "before any answer" }

  private func unreachableSource(_ ttl: TTL, _ code: UnreachableCode) -> String? {
    for record in trace[ttl]?.probes ?? [] {
      if case .replied(let reply, rtt: _) = record.outcome, reply.pathEndCode == code {
        return reply.responder.description
      }
    }
    return nil
  }

  private func loop(at ttl: TTL) -> String {
    let responder = trace[ttl]?.firstResponder
    guard let responder, let first = trace.path.first(where: { $0.firstResponder == responder }) else {
      return "loop at hop \(ttl)"
    }
    return "loop at hop \(ttl): \(responder) answered at hop \(first.ttl) already"
  }

  private var counts: String {
    let counts = result.counts
    var parts = [Self.count(counts.sent, "probe", "probes"), Self.count(counts.replies, "reply", "replies")]
    let others = [
      (counts.silent, "silent", "silent"), (counts.givenUp, "given up", "given up"), (counts.late, "late", "late"),
      (counts.pending, "not waited for", "not waited for"), (counts.superseded, "sent again", "sent again"),
      (counts.revised, "revised", "revised"), (counts.duplicate, "duplicate", "duplicates"),
      (counts.unsendable, "not sent", "not sent"),
      (counts.dropped, "dropped by this host's kernel", "dropped by this host's kernel"),
    ]
    for (count, one, many) in others where count > 0 { parts.append(Self.count(count, one, many)) }
    return parts.joined(separator: ", ")
  }

  /// What speaks for or against the program, below a trace whose timeout was short for enrichment.
  private var evidence: [StyledLine] {
    guard result.hasShortTimeout, result.counts.sent > 0 else { return [] }
    let delays = trace.delaysOfLateReplies
    let late =
      delays.max().map {
        "\(Self.count(delays.count, "reply", "replies")) after the timeout, by \(Milliseconds($0).brief) at most"
      } ?? "no late reply came before the trace ended"
    var line = StyledLine("evidence: \(late)", .dim)
    // In virtual time nothing is read late.
    if trace.evidence.largestLag > .zero {
      line.append("; each was read within \(Milliseconds(trace.evidence.largestLag).brief) of its arrival", .dim)
    }
    let open = result.enrichment.openCount
    if open > 0 {
      line.append("; look-ups for \(Self.count(open, "address", "addresses")) were open at the end", .dim)
    }
    return [line]
  }

  /// Findings that are known only when the whole trace is, and so have no mark in their rows.
  private var remarks: [StyledLine] {
    let findings = result.findings
    let ofHops = trace.path.flatMap { hop in
      findings[hop.ttl].filter(Self.isRemark).map { "note: hop \(hop.ttl): \($0.sentence)" }
    }
    let ofTrace = findings.ofTrace.filter { $0.kind == .perhapsLostHere }.map { "note: \($0.sentence)" }
    return (ofHops + ofTrace).map { StyledLine($0, .dim) }
  }

  private static func isRemark(_ finding: Finding) -> Bool {
    switch finding.kind {
    case .rateLimited: true
    case .zeroTTLForwarding, .loop, .severalResponders, .quotedTTL, .mplsLabels, .flowChanged, .perhapsLostHere,
      .targetTimeExceeded, .notSent, .lateReplies:
      false
    }
  }

  private static func count(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }
}
