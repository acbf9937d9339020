import Time

/// Where the path ends, as far as the replies tell.
extension Tracer {
  /// The highest TTL worth launching now.
  var ceiling: TTL { min(hintCeiling, trace.reachedTTL ?? tentativeEnd?.ttl ?? hintCeiling) }

  /// The target answered: what was in flight behind it no longer matters.
  mutating func forget(behind ttl: TTL) {
    inFlight = 0
    for hop in trace.hops where hop.ttl <= ttl {
      if isQueued[slot(of: hop.ttl)] { inFlight += 1 }
      for record in hop.probes where record.outcome == .pending { inFlight += 1 }
    }
    for hop in trace.hops where hop.ttl > ttl {
      setAgain(nil, at: slot(of: hop.ttl))
      wantsOwnSocket[slot(of: hop.ttl)] = false
    }
  }

  /// Goes on behind the remembered distance once everything up to there has settled without the target.
  mutating func raiseHintCeiling() {
    guard hintCeiling < request.lastTTL, trace.reachedTTL == nil, tentativeEnd == nil else { return }
    guard nextTTL > Int(hintCeiling.value), inFlight == 0 else { return }
    hintCeiling = request.lastTTL
  }

  /// Whether the result is cut by `gapLimit`: that many TTLs behind the last responder have settled silent.
  var isBehindGap: Bool {
    guard let limit = request.gapLimit, trace.reachedTTL == nil else { return false }
    let behind = trace.hops.filter { hop in highestAnswered.map { hop.ttl > $0 } ?? true }
    let counted = behind.prefix(limit)
    return counted.count == limit && counted.allSatisfy { isComplete($0) && !$0.isAnswered }
  }

  func isComplete(_ hop: Hop) -> Bool {
    let slot = slot(of: hop.ttl)
    return !hop.probes.isEmpty && hop.isSettled && again[slot] == nil && !isQueued[slot] && !wantsOwnSocket[slot]
  }

  func conclude() -> TraceEnd {
    if let ttl = trace.reachedTTL { return .reached(ttl) }
    if let tentativeEnd { return tentativeEnd }
    let probes = trace.hops.flatMap(\.probes)
    if !probes.isEmpty, case .unsendable(let failure) = probes[0].outcome,
      probes.allSatisfy({ if case .unsendable = $0.outcome { true } else { false } })
    {
      return .failed(failure)
    }
    return isBehindGap ? .gapLimit : .exhausted
  }

  mutating func finishWhenSettled(at now: Instant, into effects: inout [TracerEffect]) {
    if now >= deadlineOfTrace {
      giveUpAll(at: now, into: &effects)
      let end = conclude()
      finish(end == .exhausted ? .overall : end, at: now, into: &effects)
      return
    }
    guard inFlight == 0, readyTime == nil || isBehindGap else { return }
    finish(conclude(), at: now, into: &effects)
  }

  mutating func finish(_ end: TraceEnd, at now: Instant, into effects: inout [TracerEffect]) {
    emit(.finished(end, at: now), into: &effects)
    inFlight = 0
  }

  /// A reply read behind the end may show that the path ended elsewhere.
  mutating func reviseEnd(into effects: inout [TracerEffect]) {
    guard let old = trace.end, let ended = trace.ended else { return }
    switch old {
    case .cancelled, .overall:
      guard let reached = trace.reachedTTL, old == .overall else { return }
      emit(.finished(.reached(reached), at: ended), into: &effects)
    case .reached, .unreachable, .loop, .gapLimit, .exhausted, .failed:
      let new = conclude()
      if new != old { emit(.finished(new, at: ended), into: &effects) }
    }
  }
}
