import Packets

extension Trace {
  /// Where the path ends if nothing else comes, short of the target: a router refuses all further probes, or a responder
  /// has come back. nil when the replies suggest no such end, or when the target answered.
  ///
  /// Takes time proportional to the square of the hops, so it is asked for only where a path has shown something.
  package var possibleEnd: TraceEnd? {
    guard reachedTTL == nil else { return nil }
    return refusal ?? loop.map { .loop($0) }
  }

  /// A router that refuses the target refuses every probe that gets to it, whatever TTL is left: the path ends at the
  /// lowest TTL of the unbroken run of one router's refusals that the answers end with.
  private var refusal: TraceEnd? {
    var end: TraceEnd?
    var refuser: IPAddress?
    for hop in hops.reversed() where hop.isAnswered {
      guard let (code, responder) = Self.refusal(at: hop), refuser == nil || refuser == responder else { break }
      end = .unreachable(hop.ttl, code)
      refuser = responder
    }
    return end
  }

  /// The first unreachable of a router among the replies at a TTL, and who sent it.
  private static func refusal(at hop: Hop) -> (UnreachableCode, IPAddress)? {
    for record in hop.probes {
      guard case .replied(let reply, _) = record.outcome, let code = reply.pathEndCode else { continue }
      return (code, reply.responder)
    }
    return nil
  }

  /// The lowest TTL whose responder was seen at a lower one already, with another responder between.
  private var loop: TTL? {
    let responders = hops.map(\.firstResponder)
    for (index, responder) in responders.enumerated() {
      guard let responder, let before = responders[..<index].firstIndex(of: responder) else { continue }
      let between = responders[(before + 1)..<index]
      if between.contains(where: { $0 != nil && $0 != responder }) { return hops[index].ttl }
    }
    return nil
  }
}
