import Packets
import Time

/// One probe of a trace and what became of it.
package struct ProbeRecord: Hashable, Sendable {
  package let probe: Probe
  package var departure: Instant
  package var departureStamp: StampSource
  package var outcome: ProbeOutcome = .pending
  /// True when a reply that arrived in time was read only after the probe had been ended.
  package var wasRevised = false
  /// Further replies to the same probe.
  package var duplicates = 0
  /// True when the same TTL was probed again on a socket of its own, because answers to this probe could not be told
  /// from answers to others.
  package var isSuperseded = false

  /// The round-trip time of a reply that counts; nil for a late one too.
  package var rtt: Duration? {
    guard case .replied(_, let rtt) = outcome else { return nil }
    return rtt
  }
}

/// All probes of one TTL.
package struct Hop: Hashable, Sendable {
  package let ttl: TTL
  /// By attempt. A probe that had to be sent again on a socket of its own follows the attempts of the flow.
  package var probes: [ProbeRecord] = []

  package init(ttl: TTL) { self.ttl = ttl }

  /// One who answered at this TTL, in the order of first answers.
  package struct Responder: Hashable, Sendable {
    package let address: IPAddress
    package var replies = 0
    package var times = RoundTripTimes()
  }

  /// Who answered in time, in order of attempts.
  package var responders: [Responder] {
    var found: [Responder] = []
    for record in probes {
      guard case .replied(let reply, let rtt) = record.outcome else { continue }
      let index: Int
      if let known = found.firstIndex(where: { $0.address == reply.responder }) {
        index = known
      } else {
        index = found.count
        found.append(Responder(address: reply.responder))
      }
      found[index].replies += 1
      found[index].times.add(rtt)
    }
    return found
  }

  /// Who answered first by attempt, in time.
  package var firstResponder: IPAddress? {
    for record in probes {
      if case .replied(let reply, _) = record.outcome { return reply.responder }
    }
    return nil
  }

  /// When the probe left if it has no outcome yet.
  ///
  /// By a span, which looks at the record where it lies. This runs several times a reply, and a copy of a record, with the
  /// reply in it, is dearer than all the rest that a tracer does.
  fileprivate func departure(ofPending attempt: Int) -> Instant? {
    let probes = probes.span
    guard attempt < probes.count, probes[attempt].outcome.isPending else { return nil }
    return probes[attempt].departure
  }

  /// Whether something answered in time.
  package var isAnswered: Bool { probes.contains { $0.rtt != nil } }

  /// Whether every probe sent so far has an outcome. True for a hop with no probe.
  package var isSettled: Bool { !probes.contains { $0.outcome.isPending } }
}

/// A trace as far as its events tell: a fold of them.
///
/// A pure value. Feeding it the same events gives the same trace, on the screen, from a store and in a test.
package struct Trace: Hashable, Sendable {
  package private(set) var request: TraceRequest
  package private(set) var began: Instant
  /// nil while the trace runs.
  package private(set) var end: TraceEnd?
  package private(set) var ended: Instant?
  /// By TTL, from the request's first TTL on; a TTL with no probe yet is there with none.
  package private(set) var hops: [Hop]
  /// Replies from behind the target's TTL, which the result leaves out.
  package private(set) var beyondReplies = 0
  package private(set) var evidence = HostEvidence()
  /// The lowest TTL at which the target itself answered in time, however the trace ended.
  package private(set) var reachedTTL: TTL?

  package init(request: TraceRequest, began: Instant) {
    self.request = request
    self.began = began
    let first = Int(request.firstTTL.value)
    let last = max(first, Int(request.lastTTL.value))
    hops = (first...last).map { Hop(ttl: request.firstTTL.advanced(by: $0 - first)) }
  }

  package mutating func apply(_ event: TraceEvent) {
    switch event {
    case .began(let request, let instant):
      self = Trace(request: request, began: instant)
    case .sent(let probe, let departure, let stamp):
      add(ProbeRecord(probe: probe, departure: departure, departureStamp: stamp))
    case .restamped(let id, let departure):
      update(id) { $0.restamp(departure) }
    case .replied(let id, let reply, let rtt):
      update(id) { $0.outcome = .replied(reply, rtt: rtt) }
      noteReached(id, reply)
    case .timedOut(let id, at: _):
      update(id) { $0.outcome = .timedOut }
    case .givenUp(let id, at: _):
      update(id) { $0.outcome = .givenUp }
    case .late(let id, let reply, let rtt, let by):
      update(id) { $0.outcome = .late(reply, rtt: rtt, by: by) }
    case .duplicate(let id, _):
      update(id) { $0.duplicates += 1 }
    case .unsendable(let id, let failure):
      if self[id] == nil {
        let probe = Probe(id: id, flow: request.flow)
        add(ProbeRecord(probe: probe, departure: began, departureStamp: .program))
      }
      update(id) { $0.outcome = .unsendable(failure) }
    case .revised(let id, let reply, let rtt):
      update(id) {
        $0.outcome = .replied(reply, rtt: rtt)
        $0.wasRevised = true
      }
      noteReached(id, reply)
    case .beyond(_, _):
      beyondReplies += 1
    case .observed(let evidence):
      self.evidence = evidence
    case .finished(let end, let instant):
      self.end = end
      ended = instant
    case .packet: break
    }
  }

  /// Counts further replies to a probe, of which only their number is known any more: those of a stored trace.
  package mutating func addDuplicates(_ count: Int, of id: ProbeID) {
    update(id) { $0.duplicates += count }
  }

  /// Counts further replies from behind the target, of which only their number is known any more.
  package mutating func addBeyondReplies(_ count: Int) {
    beyondReplies += count
  }

  /// The record of one probe, nil before it was sent.
  package subscript(id: ProbeID) -> ProbeRecord? {
    guard let hop = index(of: id.ttl), Int(id.attempt) < hops[hop].probes.count else { return nil }
    return hops[hop].probes[Int(id.attempt)]
  }

  /// When a probe left that has no outcome yet; nil when it has one, or was not sent.
  func departure(ofPending id: ProbeID) -> Instant? {
    guard let hop = index(of: id.ttl) else { return nil }
    return hops[hop].departure(ofPending: Int(id.attempt))
  }

  /// Whether the probe was sent.
  func contains(_ id: ProbeID) -> Bool {
    guard let hop = index(of: id.ttl) else { return false }
    return Int(id.attempt) < hops[hop].probes.count
  }

  package subscript(ttl: TTL) -> Hop? { index(of: ttl).map { hops[$0] } }

  /// How long the trace took; nil while it runs.
  package var elapsed: Duration? { ended.map { $0 - began } }

  /// The hops of the result: up to the end of the path, without TTLs that were never probed.
  package var path: ArraySlice<Hop> {
    var shown = hops.prefix { $0.ttl <= (reachedTTL ?? end?.ttl ?? request.lastTTL) }
    if case .gapLimit = end, let limit = request.gapLimit {
      let last = shown.lastIndex { $0.isAnswered } ?? shown.startIndex - 1
      shown = shown.prefix(last - shown.startIndex + 1 + limit)
    }
    while let last = shown.last, last.probes.isEmpty { shown = shown.dropLast() }
    return shown
  }

  private mutating func noteReached(_ id: ProbeID, _ reply: Reply) {
    guard reply.ends(atTarget: request.target) else { return }
    reachedTTL = reachedTTL.map { min($0, id.ttl) } ?? id.ttl
  }

  private func index(of ttl: TTL) -> Int? {
    let index = Int(ttl.value) - Int(request.firstTTL.value)
    return hops.indices.contains(index) ? index : nil
  }

  private mutating func add(_ record: ProbeRecord) {
    guard let hop = index(of: record.probe.id.ttl) else { return }
    precondition(
      hops[hop].probes.count == Int(record.probe.id.attempt), "attempts at one TTL are sent in order")
    if record.probe.ownSocket, let last = hops[hop].probes.indices.last { hops[hop].probes[last].isSuperseded = true }
    hops[hop].probes.append(record)
  }

  private mutating func update(_ id: ProbeID, _ change: (inout ProbeRecord) -> Void) {
    guard let hop = index(of: id.ttl), Int(id.attempt) < hops[hop].probes.count else { return }
    change(&hops[hop].probes[Int(id.attempt)])
  }
}

extension ProbeRecord {
  /// Makes the RTT again from a better stamp of the departure.
  fileprivate mutating func restamp(_ departure: Instant) {
    let earlier = departure - self.departure
    self.departure = departure
    departureStamp = .kernel
    switch outcome {
    case .replied(let reply, let rtt): outcome = .replied(reply, rtt: rtt - earlier)
    case .late(let reply, let rtt, let by): outcome = .late(reply, rtt: rtt - earlier, by: by - earlier)
    case .pending, .timedOut, .givenUp, .unsendable: break
    }
  }
}
