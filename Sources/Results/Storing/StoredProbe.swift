import Time
import Tracing

/// A `ProbeRecord` in the store form: what makes the events that made it.
struct StoredProbe: Codable {
  /// The cases of `ProbeOutcome`.
  enum State: String, Codable {
    case pending, replied, timeout, late, unsendable
    case givenUp = "given_up"
  }

  var ttl: TTL
  /// Counted from 0 at each TTL.
  var attempt: Int
  var flow: UInt16
  var ownSocket: Bool?
  var sent: StoredOffset
  var stamp: StampSource
  var state: State
  var rtt: StoredDuration?
  var by: StoredDuration?
  var reply: StoredReply?
  var failure: StoredFailure?
  var revised: Bool?
  var duplicates: Int?

  enum CodingKeys: String, CodingKey {
    case ttl, attempt, flow, sent, stamp, state, rtt, by, reply, failure, revised, duplicates
    case ownSocket = "own_socket"
  }

  init(_ record: ProbeRecord, from beginning: Instant) {
    ttl = record.probe.id.ttl
    attempt = Int(record.probe.id.attempt)
    flow = record.probe.flow.value
    ownSocket = record.probe.ownSocket ? true : nil
    sent = StoredOffset(record.departure, from: beginning)
    stamp = record.departureStamp
    revised = record.wasRevised ? true : nil
    duplicates = record.duplicates > 0 ? record.duplicates : nil
    switch record.outcome {
    case .pending: state = .pending
    case .timedOut: state = .timeout
    case .givenUp: state = .givenUp
    case .replied(let reply, let rtt):
      state = .replied
      self.reply = StoredReply(reply, from: beginning)
      self.rtt = StoredDuration(rtt)
    case .late(let reply, let rtt, let by):
      state = .late
      self.reply = StoredReply(reply, from: beginning)
      self.rtt = StoredDuration(rtt)
      self.by = StoredDuration(by)
    case .unsendable(let failure):
      state = .unsendable
      self.failure = StoredFailure(failure)
    }
  }

  /// Plays what became of the probe into a trace that lacks it.
  ///
  /// - Throws: `StoreFormError`; the place is within this probe.
  func play(into trace: inout Trace) throws(StoreFormError) {
    guard let hop = trace[ttl] else { throw .malformed("ttl: \(ttl) was not asked for") }
    // A TTL is probed once more on a socket of its own for each probe whose answer could not be told apart.
    guard attempt == hop.probes.count, attempt < 2 * TraceRequest.mostQueries else {
      throw .malformed("attempt: \(attempt) where \(hop.probes.count) was to be next")
    }
    let id = ProbeID(ttl: ttl, attempt: UInt16(attempt))
    let beginning = trace.began
    let probe = Probe(id: id, flow: FlowID(flow), ownSocket: ownSocket ?? false)
    trace.apply(.sent(probe, departure: sent.instant(from: beginning), stamp: stamp))
    switch state {
    case .pending: break
    case .timeout: trace.apply(.timedOut(id, at: beginning))
    case .givenUp: trace.apply(.givenUp(id, at: beginning))
    case .replied:
      let (reply, rtt) = try answer(from: beginning)
      trace.apply(revised ?? false ? .revised(id, reply, rtt: rtt) : .replied(id, reply, rtt: rtt))
    case .late:
      let (reply, rtt) = try answer(from: beginning)
      guard let by else { throw .malformed("by is missing") }
      trace.apply(.late(id, reply, rtt: rtt, by: by.duration))
    case .unsendable:
      guard let failure else { throw .malformed("failure is missing") }
      trace.apply(.unsendable(id, failure.value))
    }
    guard let duplicates else { return }
    guard (0...StoredTrace.mostCounted).contains(duplicates) else { throw .malformed("duplicates is out of range") }
    trace.addDuplicates(duplicates, of: id)
  }

  private func answer(from beginning: Instant) throws(StoreFormError) -> (Reply, Duration) {
    guard let reply else { throw .malformed("reply is missing") }
    guard let rtt else { throw .malformed("rtt is missing") }
    return (try reply.reply(from: beginning), rtt.duration)
  }
}

/// A `SendFailure` in the store form.
struct StoredFailure: Codable {
  var call: String
  var errno: Int32
  var reason: String
  var advice: String?

  init(_ failure: SendFailure) {
    call = failure.call
    errno = failure.errno
    reason = failure.reason
    advice = failure.advice
  }

  var value: SendFailure { SendFailure(call: call, errno: errno, reason: reason, advice: advice) }
}
