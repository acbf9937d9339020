import Packets
import Time

/// What falls due, and what may leave.
extension Tracer {
  var isEndKnown: Bool { trace.reachedTTL != nil || tentativeEnd != nil }

  /// How long behind its departure a pending probe is waited for now.
  var wait: Duration {
    guard let patience = request.patience, isEndKnown else { return request.timeout }
    let patient = Duration(nanoseconds: Int64(Double(largestRTT.nanoseconds) * patience))
    return min(request.timeout, max(TraceRequest.leastPatience, patient))
  }

  func dueTime(of id: ProbeID) -> Instant? { trace.departure(ofPending: id).map { $0 + wait } }

  var firstPending: ProbeID? {
    var head = pendingHead
    while head < pending.count {
      let id = pending[head]
      if isWanted(id.ttl), trace.departure(ofPending: id) != nil { return id }
      head += 1
    }
    return nil
  }

  mutating func expire(at now: Instant, into effects: inout [TracerEffect]) {
    while pendingHead < pending.count {
      let id = pending[pendingHead]
      if isWanted(id.ttl), let departure = trace.departure(ofPending: id) {
        guard now >= departure + wait else { break }
        let isDue = now >= departure + request.timeout
        inFlight -= 1
        emit(isDue ? .timedOut(id, at: now) : .givenUp(id, at: now), into: &effects)
        if hasAmbiguousErrors, trace[id]?.probe.ownSocket == false { wantsOwnSocket[slot(of: id.ttl)] = true }
      }
      pendingHead += 1
    }
    if pendingHead == pending.count {
      pending.removeAll(keepingCapacity: true)
      pendingHead = 0
    }
  }

  mutating func giveUpAll(at now: Instant, into effects: inout [TracerEffect]) {
    for id in pending[pendingHead...] where isWanted(id.ttl) && trace.departure(ofPending: id) != nil {
      emit(.givenUp(id, at: now), into: &effects)
    }
    inFlight = 0
  }

  mutating func launch(at now: Instant, into effects: inout [TracerEffect]) {
    while inFlight < request.window, now >= nextLaunchTime, let ttl = nextReadyTTL(at: now) {
      let slot = slot(of: ttl)
      let id = ProbeID(ttl: ttl, attempt: UInt16(trace.hops[slot].probes.count))
      isQueued[slot] = true
      inFlight += 1
      if request.interval > .zero { nextLaunchTime = now + request.interval }
      effects.append(.launch(Probe(id: id, flow: request.flow, ownSocket: wantsOwnSocket[slot])))
    }
  }

  /// The TTL to probe now, taken off the plan: own-socket repeats first, then first attempts, then further ones.
  mutating func nextReadyTTL(at now: Instant) -> TTL? {
    guard !isBehindGap else { return nil }
    if hasAmbiguousErrors, let slot = nextOwnSocketSlot {
      return trace.hops[slot].ttl
    }
    if nextTTL <= Int(ceiling.value) {
      let ttl = request.firstTTL.advanced(by: nextTTL - Int(request.firstTTL.value))
      nextTTL += 1
      return ttl
    }
    guard againCount > 0 else { return nil }
    for slot in again.indices where trace.hops[slot].ttl <= ceiling {
      guard let ready = again[slot], ready <= now, !isQueued[slot] else { continue }
      setAgain(nil, at: slot)
      return trace.hops[slot].ttl
    }
    return nil
  }

  /// When the next launch may be, window and interval aside; nil when nothing is left to launch.
  var readyTime: Instant? {
    if nextTTL <= Int(ceiling.value) { return .zero }
    if hasAmbiguousErrors, nextOwnSocketSlot != nil { return .zero }
    guard againCount > 0 else { return nil }
    var least: Instant?
    for slot in again.indices where trace.hops[slot].ttl <= ceiling {
      guard let ready = again[slot] else { continue }
      least = least.map { min($0, ready) } ?? ready
    }
    return least
  }

  private var nextOwnSocketSlot: Int? {
    wantsOwnSocket.indices.first { wantsOwnSocket[$0] && !isQueued[$0] }
  }

  mutating func planNextAttempt(at ttl: TTL, after departure: Instant) {
    let slot = slot(of: ttl)
    let sent = attempts[slot]
    guard sent < request.queries, isWanted(ttl), again[slot] == nil else { return }
    setAgain(departure + ProbeSchedule.pause(before: sent, in: request), at: slot)
  }

  mutating func setAgain(_ instant: Instant?, at slot: Int) {
    if (again[slot] == nil) != (instant == nil) { againCount += instant == nil ? -1 : 1 }
    again[slot] = instant
  }

  func slot(of ttl: TTL) -> Int { Int(ttl.value) - Int(request.firstTTL.value) }

  /// Whether an answer at this TTL can still be part of the result.
  func isWanted(_ ttl: TTL) -> Bool { trace.reachedTTL.map { ttl <= $0 } ?? true }
}
