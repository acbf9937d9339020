import Packets
import Time

/// What happens to a tracer.
package enum TracerInput {
  case begin
  /// A launched probe left the host.
  case departed(ProbeID, departure: Instant, stamp: StampSource)
  /// The kernel's stamp of a departure, later than `departed`.
  case restamped(ProbeID, departure: Instant)
  indirect case unsendable(ProbeID, SendFailure)
  /// A reply that matches the probe, with its arrival stamp.
  case reply(ProbeID, Reply)
  /// An error came back that fits several outstanding probes of this trace and does not say which.
  case ambiguous
  /// Time has passed.
  case tick
  case cancel
}

/// What a tracer wants done.
package enum TracerEffect {
  /// Send this probe as soon as pacing allows.
  case launch(Probe)
  case event(TraceEvent)
}

/// One trace as a value: inputs in, effects out.
///
/// # Theory of operation
///
/// Every TTL is probed at once as far as the window allows, in rounds: the first attempt at each TTL, then the further
/// ones, each a pause behind the departure of the one before. `ceiling` is the highest TTL worth launching. It falls
/// when the end of the path becomes known, and rises when a remembered distance turns out to be too short.
///
/// The end is known for certain when the target answers (`trace.reachedTTL`): what lies behind is no longer launched,
/// waited for or shown. It is known tentatively when a router says unreachable, or a responder comes back (a loop):
/// nothing more is launched behind, but what is in flight may still prove it wrong by an answer from farther away.
///
/// A probe is *pending* from its departure until it has an outcome. Since all probes of a trace have the same timeout,
/// the pending ones fall due in order of departure, and a queue holds them. Once an end is known, `patience` shortens
/// the wait.
///
/// A reply is judged by its arrival stamp alone: inside the timeout it counts, even if the probe had been timed out or
/// given up (then the event is `revised`), and even after the trace had finished. So the tracer goes on taking replies
/// behind `finished`, until its owner forgets the identities of its probes.
package struct Tracer: Sendable {
  /// The fold of all events so far.
  package private(set) var trace: Trace

  let request: TraceRequest
  var deadlineOfTrace: Instant
  /// The TTL that the first attempt goes to next; above `ceiling` when all have been launched.
  var nextTTL: Int
  /// The highest TTL worth launching while the end of the path is unknown.
  var hintCeiling: TTL
  /// By TTL, counted from the first: when the next attempt may be launched; nil when none is due.
  var again: [Instant?]
  var againCount = 0
  /// By TTL: attempts on the flow's own socket that left or could not leave.
  var attempts: [Int]
  /// By TTL: a probe is launched and has not departed.
  var isQueued: [Bool]
  /// By TTL: further probes wanted on a socket of their own.
  var wantsOwnSocket: [Bool]
  /// Pending probes in order of departure; settled ones are skipped when they come to the head.
  var pending: [ProbeID] = []
  var pendingHead = 0
  /// Probes queued or pending whose answer still matters.
  var inFlight = 0
  var largestRTT: Duration = .zero
  var nextLaunchTime: Instant
  /// By TTL: who answered first, for the detection of loops.
  var responders: [IPAddress?]
  var highestAnswered: TTL?
  /// A router said unreachable, or a responder came back: `tentativeEnd` has to be looked for.
  var mayEndEarly = false
  /// The `trace.reachedTTL` that conclusions have been drawn from.
  var knownReached: TTL?
  var tentativeEnd: TraceEnd?
  /// An error came back that could have been for any of several probes: a silent one may not be silent.
  var hasAmbiguousErrors = false

  package init(_ request: TraceRequest, at instant: Instant) {
    self.request = request
    trace = Trace(request: request, began: instant)
    let count = trace.hops.count
    again = Array(repeating: nil, count: count)
    attempts = Array(repeating: 0, count: count)
    isQueued = Array(repeating: false, count: count)
    wantsOwnSocket = Array(repeating: false, count: count)
    responders = Array(repeating: nil, count: count)
    nextTTL = Int(request.firstTTL.value)
    nextLaunchTime = instant
    deadlineOfTrace = instant + (request.overall ?? ProbeSchedule.longest(request) + Self.slack)
    hintCeiling = request.lastTTL
    if let hint = request.distanceHint, hint >= request.firstTTL {
      hintCeiling = min(request.lastTTL, hint.advanced(by: TraceRequest.hintMargin))
    }
  }

  /// What `overall auto` adds for sending and for timers that fire late.
  static let slack: Duration = .seconds(1)

  package var isFinished: Bool { trace.ended != nil }

  /// How many probes are waited for.
  package var outstanding: Int { inFlight }

  /// The only probe of those for which `isMeant` that is waited for on the flow's own socket; nil when there are several
  /// or none.
  package func soleOutstanding(where isMeant: (ProbeID) -> Bool) -> ProbeID? {
    let waiting = pending[pendingHead...].filter { id in
      isMeant(id) && trace.departure(ofPending: id) != nil && trace[id]?.probe.ownSocket == false
    }
    return waiting.count == 1 ? waiting.first : nil
  }

  /// Whether a launched probe is still worth sending.
  package func wants(_ probe: Probe) -> Bool { !isFinished && isWanted(probe.id.ttl) }

  package mutating func handle(_ input: TracerInput, at now: Instant, into effects: inout [TracerEffect]) {
    switch input {
    case .begin: emit(.began(request, at: now), into: &effects)
    case .departed(let id, let departure, let stamp): depart(id, departure, stamp, into: &effects)
    case .restamped(let id, let departure): restamp(id, departure, into: &effects)
    case .unsendable(let id, let failure): refuse(id, failure, into: &effects)
    case .reply(let id, let reply): take(reply, for: id, into: &effects)
    case .ambiguous: hasAmbiguousErrors = true
    case .tick: break
    case .cancel: if !isFinished { finish(.cancelled, at: now, into: &effects) }
    }
    guard !isFinished else { return }
    expire(at: now, into: &effects)
    raiseHintCeiling()
    launch(at: now, into: &effects)
    finishWhenSettled(at: now, into: &effects)
  }

  /// When the tracer next needs a tick; nil when it is finished.
  package var deadline: Instant? {
    guard !isFinished else { return nil }
    var next = deadlineOfTrace
    if let id = firstPending, let due = dueTime(of: id) { next = min(next, due) }
    if inFlight < request.window, let ready = readyTime { next = min(next, max(ready, nextLaunchTime)) }
    return next
  }
}

extension Tracer {
  mutating func depart(
    _ id: ProbeID, _ departure: Instant, _ stamp: StampSource, into effects: inout [TracerEffect]
  ) {
    let slot = slot(of: id.ttl)
    guard isQueued[slot] else { return }
    isQueued[slot] = false
    let ownSocket = wantsOwnSocket[slot]
    wantsOwnSocket[slot] = false
    emit(
      .sent(Probe(id: id, flow: request.flow, ownSocket: ownSocket), departure: departure, stamp: stamp),
      into: &effects)
    pending.append(id)
    if !ownSocket { attempts[slot] += 1 }
    planNextAttempt(at: id.ttl, after: departure)
  }

  mutating func restamp(_ id: ProbeID, _ departure: Instant, into effects: inout [TracerEffect]) {
    guard trace.contains(id) else { return }
    emit(.restamped(id, departure: departure), into: &effects)
  }

  mutating func refuse(_ id: ProbeID, _ failure: SendFailure, into effects: inout [TracerEffect]) {
    let slot = slot(of: id.ttl)
    guard isQueued[slot] else { return }
    isQueued[slot] = false
    if !wantsOwnSocket[slot] { attempts[slot] += 1 }
    wantsOwnSocket[slot] = false
    if isWanted(id.ttl) { inFlight -= 1 }
    emit(.unsendable(id, failure), into: &effects)
    planNextAttempt(at: id.ttl, after: nextLaunchTime)
  }

  mutating func take(_ reply: Reply, for id: ProbeID, into effects: inout [TracerEffect]) {
    guard let record = trace[id] else { return }
    let rtt = max(.zero, reply.arrival - record.departure)
    let inTime = rtt <= request.timeout
    if !isWanted(id.ttl) {
      emit(.beyond(id, reply), into: &effects)
      return
    }
    switch record.outcome {
    case .replied, .late, .unsendable:
      emit(.duplicate(id, reply), into: &effects)
      return
    case .pending where inTime && !isFinished:
      inFlight -= 1
      emit(.replied(id, reply, rtt: rtt), into: &effects)
    case .pending, .timedOut, .givenUp:
      if record.outcome.isPending && !isFinished { inFlight -= 1 }
      emit(
        inTime ? .revised(id, reply, rtt: rtt) : .late(id, reply, rtt: rtt, by: rtt - request.timeout),
        into: &effects)
    }
    if inTime { learn(from: reply, at: id.ttl, rtt: rtt) }
    if isFinished { reviseEnd(into: &effects) }
  }

  /// Draws conclusions from a reply that counts. Runs once a reply, so it looks at all hops only on a path that has
  /// shown something unusual.
  private mutating func learn(from reply: Reply, at ttl: TTL, rtt: Duration) {
    largestRTT = max(largestRTT, rtt)
    let slot = slot(of: ttl)
    highestAnswered = highestAnswered.map { max($0, ttl) } ?? ttl
    if reply.pathEndCode != nil { mayEndEarly = true }
    if responders[slot] == nil {
      if responders.contains(reply.responder) { mayEndEarly = true }
      responders[slot] = reply.responder
    }
    if let reached = trace.reachedTTL {
      if reached != knownReached { forget(behind: reached) }
      knownReached = reached
      return
    }
    if mayEndEarly { tentativeEnd = trace.possibleEnd }
    // The path has grown: where the target used to be, another host answers.
    if let hint = request.distanceHint, ttl >= hint { hintCeiling = request.lastTTL }
  }

  mutating func emit(_ event: TraceEvent, into effects: inout [TracerEffect]) {
    trace.apply(event)
    effects.append(.event(event))
  }
}
