import Lexing
import Results
import Tracing

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
    /// The same with an engine that can miss a reply by it: another thing to be told, so another kind.
    case shortTimeoutMayMissHops
    /// Settings of an engine that is not in use.
    case unusedLimit
    case unusedThreads
  }

  package let kind: Kind
  package let diagnostic: Diagnostic
}

extension Settings {
  /// What does not go together now; none when warnings are off.
  package var conflicts: [Conflict] {
    guard warnings == .on else { return [] }
    return [ttlRangeConflict, overallConflict, timeoutConflict, limitConflict, threadsConflict].compactMap { $0 }
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
    let engine = engineSettings
    let short = engine.shortTimeout(Milliseconds(timeout).exact)
    return Conflict(
      kind: engine.mayMissHops ? .shortTimeoutMayMissHops : .shortTimeoutWithEnrichment,
      diagnostic: Diagnostic(
        "timeout \(Milliseconds(timeout).exact) with enrichment on: \(short.meaning)", why: short.reason,
        try: "'set timeout \(Literal.text(for: warnTimeout))' or more, or 'enrich off'"
          + (engine.mayMissHops ? ", or \(engine.wayOut)" : ""),
        severity: .warning))
  }

  private var limitConflict: Conflict? {
    guard engineLimit != nil, engine != .blocking else { return nil }
    return Conflict(
      kind: .unusedLimit,
      diagnostic: Diagnostic(
        "engine.limit has no effect with engine '\(engine)'", why: "only 'blocking' has a wait to put a limit round",
        try: "'set engine blocking', or 'set engine.limit off'", severity: .warning))
  }

  private var threadsConflict: Conflict? {
    guard engineThreads != nil, engine != .blocking, engine != .tuned else { return nil }
    return Conflict(
      kind: .unusedThreads,
      diagnostic: Diagnostic(
        "engine.threads has no effect with engine '\(engine)'", why: "it has no pool of threads",
        try: "'set engine blocking' or 'set engine tuned', or 'set engine.threads auto'", severity: .warning))
  }
}

extension EngineSettings {
  /// Whether look-ups, or the program itself, can cost a reply that came in time.
  fileprivate var mayMissHops: Bool { stamps == .program || awaitsNames }

  /// What makes the engine one that cannot.
  fileprivate var wayOut: String {
    name == .reactor ? "'unset \(stamps == .program ? "engine.stamps" : "engine.await-names")'" : "'set engine reactor'"
  }

  /// What a short timeout together with enrichment means for this way of waiting, and why.
  fileprivate func shortTimeout(_ timeout: String) -> (meaning: String, reason: String) {
    guard mayMissHops else {
      return (
        "replies slower than \(timeout) will be late",
        "engine '\(name)' judges a reply by its arrival, so look-ups cannot cost one; only the network can"
      )
    }
    return ("hops may be missed", "engine '\(name)' \(counting)\(holding)")
  }

  /// When it counts a reply.
  private var counting: String {
    if awaitsNames && !sharesPool { return "counts a reply when its names are in, and not when it came" }
    return switch name {
    case .reactor:
      awaitsNames
        ? "counts a reply when its names are in, and not when it came"
        : "with engine.stamps program counts a reply when it is read, and not when it came"
    case .blocking: "counts a reply when a thread gets round to it"
    case .tuned: "counts a reply when a worker gets round to it"
    case .multiwait: "counts a reply when its one thread has read it, and sockets beyond 62 wait for their turn"
    case .dedicated: "counts a reply when it has come from its thread by a channel, and not when it came to this host"
    case .completion: "counts a reply when it is taken from the completion queue, and not when it came"
    }
  }

  private var holding: String {
    guard sharesPool else { return "" }
    return switch name {
    case .blocking, .tuned: ", and look-ups hold those threads"
    case .reactor, .multiwait, .dedicated, .completion: ", and look-ups hold that thread"
    }
  }
}
