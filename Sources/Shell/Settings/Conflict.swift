import Lexing
import Results

/// Values of settings that are each legal but do not go together.
///
/// One that arises is told once, and again only after it was broken; so its kind decides whether it is new, not its words.
package struct Conflict: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Nothing would be probed.
    case ttlRange
    /// A trace may be cut before its probes have ended.
    case shortOverall
    /// The pair that the study of the original warns of (FINDINGS: timeouts below 100 ms with look-ups).
    case shortTimeoutWithEnrichment
  }

  package let kind: Kind
  package let diagnostic: Diagnostic
}

extension Settings {
  /// What does not go together now; none when warnings are off.
  package var conflicts: [Conflict] {
    guard warnings == .on else { return [] }
    return [ttlRangeConflict, overallConflict, timeoutConflict].compactMap { $0 }
  }

  /// What did not conflict in `before` and does now.
  package func newConflicts(since before: Settings) -> [Conflict] {
    let known = Set(before.conflicts.map(\.kind))
    return conflicts.filter { !known.contains($0.kind) }
  }

  /// Whether enrichment and a timeout below `warn.timeout` come together.
  package var hasShortTimeoutWithEnrichment: Bool { enrichment == .on && timeout < warnTimeout }

  private var ttlRangeConflict: Conflict? {
    guard firstTTL > maxTTL else { return nil }
    return Conflict(
      kind: .ttlRange,
      diagnostic: Diagnostic(
        "first-ttl \(firstTTL) is beyond max-ttl \(maxTTL): nothing would be probed",
        try: "'set max-ttl \(firstTTL)' or more", severity: .warning))
  }

  private var overallConflict: Conflict? {
    guard let overall, overall < longest else { return nil }
    return Conflict(
      kind: .shortOverall,
      diagnostic: Diagnostic(
        "overall \(Literal.text(for: overall)) may end a trace before its probes have",
        why: "the other settings need up to \(Literal.text(for: longest)) when nothing answers",
        try: "'set overall auto', or a smaller timeout", severity: .warning))
  }

  private var timeoutConflict: Conflict? {
    guard hasShortTimeoutWithEnrichment else { return nil }
    let short = EngineName.reactor.shortTimeout(Milliseconds(timeout).exact)
    return Conflict(
      kind: .shortTimeoutWithEnrichment,
      diagnostic: Diagnostic(
        "timeout \(Milliseconds(timeout).exact) with enrichment on: \(short.meaning)", why: short.reason,
        try: "'set timeout \(Literal.text(for: warnTimeout))' or more, or 'enrich off'", severity: .warning))
  }
}

extension EngineName {
  /// What a short timeout together with enrichment means for this way of waiting, and why.
  fileprivate func shortTimeout(_ timeout: String) -> (meaning: String, reason: String) {
    switch self {
    case .reactor:
      (
        "replies slower than \(timeout) will be late",
        "engine 'reactor' judges a reply by its arrival, so look-ups cannot cost one; only the network can"
      )
    case .blocking:
      (
        "hops may be missed",
        "engine 'blocking' counts a reply when a thread gets round to it, and look-ups hold those threads"
      )
    case .tuned:
      (
        "hops may be missed",
        "engine 'tuned' counts a reply when a worker gets round to it, and look-ups hold the threads it waits for"
      )
    case .multiwait:
      (
        "hops may be missed",
        "engine 'multiwait' counts a reply when its one thread has read it, and sockets beyond 62 wait their turn"
      )
    case .dedicated:
      (
        "hops may be missed",
        "engine 'dedicated' counts a reply when it has crossed from its thread by a channel, and not when it came"
      )
    case .completion:
      (
        "hops may be missed",
        "engine 'completion' counts a reply when its completion has been taken from the queue, and not when it came"
      )
    }
  }
}
