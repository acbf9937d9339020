import Packets
import Time
import Tracing

/// A `Trace` in the store form, without loss: read back, it is a fold of the same events.
struct StoredTrace: Codable {
  var request: StoredRequest
  /// On the clock of the machine that made it; every other moment counts from here.
  var began: Int64
  /// By TTL, then by attempt.
  var probes: [StoredProbe]
  /// Replies from behind the target.
  var beyond: Int
  var foreign: Int
  var dropped: Int
  var lag: StoredDuration
  var end: StoredEnd?
  var ended: StoredOffset?

  /// More replies than any counter of a trace can come to: 10,000 a second for a day.
  static let mostCounted = 864_000_000

  init(_ trace: Trace) {
    request = StoredRequest(trace.request)
    began = trace.began.nanoseconds
    probes = trace.hops.flatMap(\.probes).map { StoredProbe($0, from: trace.began) }
    beyond = trace.beyondReplies
    foreign = trace.evidence.foreign
    dropped = trace.evidence.dropped
    lag = StoredDuration(trace.evidence.largestLag)
    end = trace.end.map { StoredEnd($0) }
    ended = trace.ended.map { StoredOffset($0, from: trace.began) }
  }

  /// - Throws: `StoreFormError` that says what is wrong where.
  func trace() throws(StoreFormError) -> Trace {
    // Far enough from both ends of the clock that no sum saturates.
    guard (-(1 << 61)...(1 << 61)).contains(began) else { throw .malformed("began is out of range") }
    let beginning = Instant(nanoseconds: began)
    var trace = Trace(request: try request.value, began: beginning)
    for (index, probe) in probes.enumerated() {
      do throws(StoreFormError) {
        try probe.play(into: &trace)
      } catch {
        throw error.inside("probes.\(index)")
      }
    }
    for (count, name) in [(beyond, "beyond"), (foreign, "foreign"), (dropped, "dropped")] {
      guard (0...Self.mostCounted).contains(count) else { throw .malformed("\(name) is out of range") }
    }
    trace.addBeyondReplies(beyond)
    trace.apply(.observed(HostEvidence(foreign: foreign, dropped: dropped, largestLag: lag.duration)))
    switch (end, ended) {
    case (nil, nil): break
    case (let end?, let ended?):
      trace.apply(.finished(try end.value(within: trace.request), at: ended.instant(from: beginning)))
    case (nil, _?): throw .malformed("end is missing")
    case (_?, nil): throw .malformed("ended is missing")
    }
    return trace
  }
}

/// A `TraceEnd` in the store form.
struct StoredEnd: Codable {
  var reason: TraceDocument.EndReason
  var ttl: TTL?
  var code: StoredCode?
  var failure: StoredFailure?

  init(_ end: TraceEnd) {
    reason = TraceDocument.EndReason(end)
    ttl = end.ttl
    switch end {
    case .unreachable(_, let code): self.code = StoredCode(code)
    case .failed(let failure): self.failure = StoredFailure(failure)
    case .reached, .loop, .gapLimit, .exhausted, .cancelled, .overall: break
    }
  }

  func value(within request: TraceRequest) throws(StoreFormError) -> TraceEnd {
    switch reason {
    case .reached: return .reached(try place(within: request))
    case .unreachable:
      guard let code else { throw .malformed("end.code is missing") }
      return .unreachable(try place(within: request), code.value)
    case .loop: return .loop(try place(within: request))
    case .gapLimit: return .gapLimit
    case .exhausted: return .exhausted
    case .cancelled: return .cancelled
    case .overall: return .overall
    case .failed:
      guard let failure else { throw .malformed("end.failure is missing") }
      return .failed(failure.value)
    }
  }

  private func place(within request: TraceRequest) throws(StoreFormError) -> TTL {
    guard let ttl else { throw .malformed("end.ttl is missing") }
    guard (request.firstTTL...request.lastTTL).contains(ttl) else {
      throw .malformed("end.ttl: \(ttl) was not asked for")
    }
    return ttl
  }
}
