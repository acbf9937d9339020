import Packets
import Tracing

/// Something about a hop or a trace that deserves a look.
package struct Finding: Hashable, Sendable {
  /// What it is; the raw value is its stable name in JSON.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Adjacent hops with one responder, which quotes a TTL of 0 for the first: a router forwarded a probe whose TTL was spent.
    case zeroTTLForwarding = "zero_ttl_forwarding"
    /// A responder that was seen at a lower TTL, with another between.
    case loop
    /// More than one responder at one TTL.
    case severalResponders = "several_responders"
    /// A time exceeded that quotes a TTL other than 1.
    case quotedTTL = "quoted_ttl"
    /// The responder told the labels that the probe arrived with (RFC 4950).
    case mplsLabels = "mpls_labels"
    /// The answer is to a probe on a socket of its own, and so perhaps from another path.
    case flowChanged = "flow_changed"
    /// The first attempts were answered and later ones not, while hops behind went on answering.
    case rateLimited = "rate_limited"
    /// A silent hop in a trace during which this host's kernel dropped arrivals.
    case perhapsLostHere = "perhaps_lost_here"
    /// A time exceeded from the target's own address.
    case targetTimeExceeded = "target_time_exceeded"
    /// A probe, or all of them, could not be sent.
    case notSent = "not_sent"
    /// A reply behind the timeout.
    case lateReplies = "late_replies"
  }

  package let kind: Kind
  /// One sentence without a full stop.
  package let sentence: String

  package init(_ kind: Kind, _ sentence: String) {
    self.kind = kind
    self.sentence = sentence
  }
}

/// What a trace shows beyond addresses and times. Derived from the trace alone, so that a stored one shows the same.
package struct Findings: Hashable, Sendable {
  /// About the trace as a whole.
  package private(set) var ofTrace: [Finding] = []
  private var byTTL: [TTL: [Finding]] = [:]

  /// Findings about one hop, in the order of `Finding.Kind`.
  package subscript(ttl: TTL) -> [Finding] { byTTL[ttl] ?? [] }

  /// The findings of a trace as far as it has come.
  package init(_ trace: Trace) {
    let path = trace.path
    for (offset, hop) in path.enumerated() {
      let before = path.prefix(offset)
      let behind = path.dropFirst(offset + 1)
      let found = [
        Self.zeroTTLForwarding(hop, after: before.last), Self.loop(hop, after: before), Self.severalResponders(hop),
        Self.quotedTTL(hop), Self.mplsLabels(hop), Self.flowChanged(hop), Self.rateLimited(hop, before: behind),
        Self.perhapsLostHere(hop, trace.evidence), Self.targetTimeExceeded(hop, trace.request.target),
        Self.notSent(hop), Self.lateReplies(hop),
      ]
      byTTL[hop.ttl] = found.compactMap { $0 }
    }
    if case .failed(let failure)? = trace.end { ofTrace.append(Finding(.notSent, failure.description)) }
    if trace.evidence.dropped > 0 {
      ofTrace.append(
        Finding(
          .perhapsLostHere,
          "This host's kernel dropped \(trace.evidence.dropped) arrivals unread; silent hops are perhaps lost here"))
    }
  }
}

// One rule each.
extension Findings {
  /// Only the quoted TTL of 0 tells it from ways of different lengths, on which one router is at two distances too (Augustin
  /// et al., "Avoiding traceroute anomalies with Paris traceroute", IMC 2006).
  private static func zeroTTLForwarding(_ hop: Hop, after previous: Hop?) -> Finding? {
    guard let previous, let responder = routerAnswering(hop),
      replies(of: previous).contains(where: {
        $0.kind == .timeExceeded && $0.responder == responder && $0.quotedTTL == 0
      })
    else { return nil }
    return Finding(
      .zeroTTLForwarding,
      "\(responder) answers for hop \(previous.ttl) too: the router before it forwards probes whose TTL is spent")
  }

  private static func loop(_ hop: Hop, after path: ArraySlice<Hop>) -> Finding? {
    guard let responder = hop.firstResponder,
      let first = path.lastIndex(where: { $0.firstResponder == responder }),
      path[(first + 1)...].contains(where: { $0.firstResponder != nil })
    else { return nil }
    return Finding(.loop, "\(responder) answered at hop \(path[first].ttl) already, with others between: a loop")
  }

  private static func severalResponders(_ hop: Hop) -> Finding? {
    let count = hop.responders.count
    guard count > 1 else { return nil }
    return Finding(.severalResponders, "\(count) responders: the path is balanced or changed while it was probed")
  }

  private static func quotedTTL(_ hop: Hop) -> Finding? {
    let unusual = replies(of: hop).first { $0.kind == .timeExceeded && ($0.quotedTTL ?? 1) != 1 }
    guard let quoted = unusual?.quotedTTL else { return nil }
    return Finding(
      .quotedTTL,
      "The probe arrived with TTL \(quoted) instead of 1: a tunnel hides routers, or a router counts unusually")
  }

  private static func mplsLabels(_ hop: Hop) -> Finding? {
    for reply in replies(of: hop) {
      for case .mpls(let labels) in reply.extensions where !labels.isEmpty {
        let list = labels.map { String($0.label) }.joined(separator: ", ")
        return Finding(.mplsLabels, "The probe arrived with MPLS label\(labels.count == 1 ? "" : "s") \(list)")
      }
    }
    return nil
  }

  private static func flowChanged(_ hop: Hop) -> Finding? {
    guard hop.probes.contains(where: { $0.probe.ownSocket && $0.rtt != nil }) else { return nil }
    return Finding(
      .flowChanged, "Probed again from another port to tell the answers apart: it may lie on another path")
  }

  /// The first attempts answered, the others not, while a later hop still answered attempts as late as those.
  private static func rateLimited(_ hop: Hop, before behind: ArraySlice<Hop>) -> Finding? {
    let attempts = hop.probes.filter { !$0.isSuperseded }
    let answered = attempts.prefix { $0.rtt != nil }.count
    guard answered > 0, answered < attempts.count,
      attempts[answered...].allSatisfy({ $0.outcome.isSilent }),
      behind.contains(where: { hop in
        hop.probes.contains { Int($0.probe.id.attempt) >= answered && $0.rtt != nil }
      })
    else { return nil }
    return Finding(
      .rateLimited,
      "Answered the first \(answered) of \(attempts.count) attempts while hops behind it answered later ones: "
        + "it seems to limit how often it answers")
  }

  private static func perhapsLostHere(_ hop: Hop, _ evidence: HostEvidence) -> Finding? {
    guard evidence.dropped > 0, !hop.isAnswered, hop.probes.contains(where: { $0.outcome.isSilent }) else { return nil }
    return Finding(.perhapsLostHere, "Its answer is perhaps among those that this host's kernel dropped unread")
  }

  private static func targetTimeExceeded(_ hop: Hop, _ target: IPAddress) -> Finding? {
    guard replies(of: hop).contains(where: { $0.kind == .timeExceeded && $0.responder == target }) else { return nil }
    return Finding(.targetTimeExceeded, "The target's own address sent time exceeded: it is a router on this path")
  }

  private static func notSent(_ hop: Hop) -> Finding? {
    for record in hop.probes {
      if case .unsendable(let failure) = record.outcome {
        return Finding(.notSent, "Could not be sent: \(failure)")
      }
    }
    return nil
  }

  private static func lateReplies(_ hop: Hop) -> Finding? {
    for record in hop.probes {
      guard case .late(let reply, rtt: _, let by) = record.outcome else { continue }
      return Finding(.lateReplies, "\(reply.responder) answered \(Milliseconds(by).brief) after the timeout")
    }
    return nil
  }

  private static func replies(of hop: Hop) -> [Reply] {
    hop.probes.compactMap {
      guard case .replied(let reply, rtt: _) = $0.outcome else { return nil }
      return reply
    }
  }

  /// Who first sent time exceeded.
  private static func routerAnswering(_ hop: Hop) -> IPAddress? {
    replies(of: hop).first { $0.kind == .timeExceeded }?.responder
  }
}
