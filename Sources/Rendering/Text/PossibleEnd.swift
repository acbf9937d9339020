import Packets
import Results
import Tracing

extension Trace {
  /// Where the path ends if nothing else comes, short of the target: a router refuses all further probes, or a responder
  /// has come back. nil when the replies suggest no such end, or when the target answered.
  ///
  /// The tracer decides in the end, by the same rules; until then nothing behind is shown that might have to be taken back.
  func possibleEnd(_ findings: Findings) -> TTL? {
    guard reachedTTL == nil else { return nil }
    return refusedFrom ?? hops.first { hop in findings[hop.ttl].contains { $0.kind == .loop } }?.ttl
  }

  /// The lowest TTL of the unbroken run of one router's unreachables that the answers end with.
  private var refusedFrom: TTL? {
    var lowest: TTL?
    var refuser: IPAddress?
    for hop in hops.reversed() where hop.isAnswered {
      guard let responder = Self.refuser(at: hop), refuser == nil || refuser == responder else { break }
      lowest = hop.ttl
      refuser = responder
    }
    return lowest
  }

  private static func refuser(at hop: Hop) -> IPAddress? {
    for record in hop.probes {
      if case .replied(let reply, rtt: _) = record.outcome, reply.pathEndCode != nil { return reply.responder }
    }
    return nil
  }
}
