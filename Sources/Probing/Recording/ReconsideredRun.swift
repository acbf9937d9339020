import HeapModule
import Packets
import Time
import Tracing

/// A recorded trace under other rules: no packet is sent, and what arrived is judged anew by the same tracer.
///
/// # Theory of operation
///
/// A tracer with the other request runs in virtual time. When it launches a probe that was sent, everything that was told of
/// that probe (departure, stamp, replies) is told again, as long after the launch as it was then: the network is taken to have
/// answered the same a little sooner or later. A probe that was never sent is treated as a silent one and left out of the trace:
/// what would have become of it the record cannot say.
///
/// The clock is told when the tracer's deadlines are. A deadline that the original had too is told as late as it was told then,
/// and by the same step. So with the original request the same inputs come in the same order at the same moments: the result is
/// the original, bit for bit.
package struct ReconsideredRun: Sendable {
  /// The rules to judge by.
  package struct Rules: Hashable, Sendable {
    /// Target and method are the original's.
    package var request: TraceRequest
    /// Whether a reply is judged by when the program read it, instead of by its stamp.
    package var judgesByReading: Bool

    /// Those of a request; replies are judged by their stamps.
    package init(_ request: TraceRequest, judgesByReading: Bool = false) {
      self.request = request
      self.judgesByReading = judgesByReading
    }
  }

  /// The trace as it would have been; of the host's evidence nothing.
  package private(set) var trace: Trace
  /// Its events, in order.
  package private(set) var events: [TraceEvent] = []
  /// Probes that would have been sent and were not.
  package private(set) var unsent: [ProbeID] = []
  /// Probes that would have left at another time.
  package private(set) var moved: [ProbeID] = []
  /// Silent probes that would have been waited for longer than anybody listened then; and how long that was.
  package private(set) var unheard: [ProbeID: Duration] = [:]

  private let run: RecordedRun
  private let rules: Rules
  private var tracer: Tracer
  private var queue = Heap<Item>()
  private var effects: [TracerEffect] = []
  /// By probe, its steps.
  private let stepsOfProbe: [ProbeID: [Int]]
  private var now: Instant
  private var order = 0

  /// Turns before a run is a bug of this file: each step is told at most once, and each deadline of a probe passes once.
  private static let mostTurns = 8 * PacketRecord.mostSteps

  private struct Item: Comparable {
    enum Work {
      /// A step, told so much later than then.
      case step(Int, Duration)
      /// A probe that was not sent leaves, as far as the tracer knows.
      case silence(Probe)
    }

    let instant: Instant
    /// The order in which things happened then; what is new comes behind.
    let place: Int
    /// Behind others of that place.
    let isBehind: Bool
    /// What is otherwise equal stays in order.
    let order: Int
    let work: Work

    static func < (left: Item, right: Item) -> Bool {
      (left.instant, left.place, left.isBehind ? 1 : 0, left.order)
        < (right.instant, right.place, right.isBehind ? 1 : 0, right.order)
    }

    static func == (left: Item, right: Item) -> Bool { left.order == right.order }
  }

  /// Runs the other tracer.
  package init(_ run: RecordedRun, under rules: Rules) {
    self.run = run
    self.rules = rules
    var steps: [ProbeID: [Int]] = [:]
    for (place, step) in run.record.steps.enumerated() {
      if let id = run.record.probe(of: step) { steps[id, default: []].append(place) }
    }
    stepsOfProbe = steps
    now = run.trace.began
    tracer = Tracer(rules.request, at: now)
    trace = tracer.trace
    compute()
  }

  private mutating func compute() {
    for (place, step) in run.record.steps.enumerated() {
      switch step {
      case .told(.ambiguous, _), .told(.cancel, _): push(run.moments[place], place, .step(place, .zero))
      case .departed, .arrived, .told: break
      }
    }
    handle(.begin, at: now, launchedAt: now)
    for _ in 0..<Self.mostTurns {
      guard advance() else { break }
    }
    fold()
  }

  /// Does the next thing; false when there is none.
  private mutating func advance() -> Bool {
    let deadline = tracer.deadline.map { wakeTime($0) }
    if let deadline, queue.min.map({ isBefore(deadline, $0) }) ?? true {
      now = max(now, deadline.instant)
      // What the clock was found to be then, when it was looked at for this deadline.
      handle(.tick, at: deadline.told, launchedAt: deadline.told)
      return true
    }
    guard let item = queue.popMin() else { return false }
    now = max(now, item.instant)
    switch item.work {
    case .step(let place, let shift): tell(place, shift)
    case .silence(let probe): pretend(probe)
    }
    return true
  }

  /// When a deadline is noticed.
  private func wakeTime(_ deadline: Instant) -> (instant: Instant, place: Int, told: Instant) {
    guard let place = run.passed[deadline], let told = RecordedRun.told(run.record.steps[place], in: run.record) else {
      return (max(deadline, now), .max, max(deadline, now))
    }
    return (max(run.moments[place], now), place, told.now)
  }

  private func isBefore(_ wake: (instant: Instant, place: Int, told: Instant), _ item: Item) -> Bool {
    // Behind the step that was told then, which may have done the clock's work; before what comes behind that step.
    (wake.instant, wake.place, 1) < (item.instant, item.place, item.isBehind ? 2 : 0)
  }

  private mutating func push(_ instant: Instant, _ place: Int, isBehind: Bool = false, _ work: Item.Work) {
    order += 1
    queue.insert(Item(instant: instant, place: place, isBehind: isBehind, order: order, work: work))
  }

  private mutating func tell(_ place: Int, _ shift: Duration) {
    guard let told = RecordedRun.told(run.record.steps[place], in: run.record) else { return }
    let moment = told.now + shift
    handle(moved(told.input, by: shift), at: moment, launchedAt: moment)
  }

  private func moved(_ input: TracerInput, by shift: Duration) -> TracerInput {
    switch input {
    case .departed(let id, let departure, let stamp): return .departed(id, departure: departure + shift, stamp: stamp)
    case .restamped(let id, let departure): return .restamped(id, departure: departure + shift)
    case .reply(let id, var reply):
      reply.arrival += shift
      reply.read += shift
      if rules.judgesByReading {
        reply.arrival = reply.read
        reply.stamp = .program
      }
      return .reply(id, reply)
    case .begin, .unsendable, .ambiguous, .tick, .cancel: return input
    }
  }

  /// A probe that was not sent then leaves now, if it is still wanted.
  private mutating func pretend(_ probe: Probe) {
    guard tracer.wants(probe) else { return }
    unsent.append(probe.id)
    handle(.departed(probe.id, departure: now, stamp: .program), at: now, launchedAt: now)
  }

  private mutating func handle(_ input: TracerInput, at moment: Instant, launchedAt launch: Instant) {
    effects.removeAll(keepingCapacity: true)
    tracer.handle(input, at: moment, into: &effects)
    for effect in effects {
      switch effect {
      case .event(let event): events.append(event)
      case .launch(let probe): send(probe, at: launch)
      }
    }
  }

  private mutating func send(_ probe: Probe, at moment: Instant) {
    guard let launch = run.launches[probe.id], launch.probe == probe else {
      return push(moment, .max, .silence(probe))
    }
    let shift = moment - launch.now
    if let steps = stepsOfProbe[probe.id] {
      if shift != .zero { moved.append(probe.id) }
      for place in steps { push(run.moments[place] + shift, place, .step(place, shift)) }
    } else if shift == .zero, let place = launch.droppedBehind {
      // Then it was dropped there; now it may still be wanted.
      push(run.moments[place], place, isBehind: true, .silence(probe))
    } else if launch.droppedBehind != nil || shift != .zero {
      push(moment, .max, .silence(probe))
    }
  }

  /// Makes the trace of what is known, without the probes that were not sent.
  private mutating func fold() {
    let absent = firstUnsent
    events.removeAll { event in event.probeID.map { id in absent[id.ttl].map { id.attempt >= $0 } ?? false } ?? false }
    var folded = Trace(request: rules.request, began: run.trace.began)
    for event in events { folded.apply(event) }
    trace = folded
    for event in events {
      switch event {
      case .timedOut(let id, let instant), .givenUp(let id, let instant): noteUnheard(id, until: instant)
      case .began, .sent, .restamped, .replied, .late, .duplicate, .unsendable, .revised, .beyond, .observed, .finished,
        .packet:
        break
      }
    }
  }

  /// By TTL, the first attempt of which nothing is known. What was sent behind it is left out too, so that attempts have no gap.
  private var firstUnsent: [TTL: UInt16] {
    var first: [TTL: UInt16] = [:]
    for id in unsent { first[id.ttl] = min(first[id.ttl] ?? .max, id.attempt) }
    return first
  }

  private mutating func noteUnheard(_ id: ProbeID, until instant: Instant) {
    guard let record = trace[id], record.outcome.isSilent, let original = run.trace[id] else { return }
    let listened = (run.moments.last ?? run.trace.began) - original.departure
    if instant - record.departure > max(listened, .zero) { unheard[id] = max(listened, .zero) }
  }
}

extension PacketRecord {
  /// The probe that a step is about; nil when it is about none.
  func probe(of step: Step) -> ProbeID? {
    switch step {
    case .departed(let place): departures[place].probe.id
    case .arrived(let place): arrivals[place].probe
    case .told(.restamped(let id, _), _), .told(.unsendable(let id, _), _): id
    case .told(.ambiguous, _), .told(.tick, _), .told(.cancel, _): nil
    }
  }
}

extension TraceEvent {
  /// The probe that it is about; nil when it is about none.
  package var probeID: ProbeID? {
    switch self {
    case .sent(let probe, departure: _, stamp: _): probe.id
    case .restamped(let id, _), .replied(let id, _, _), .timedOut(let id, _), .givenUp(let id, _),
      .late(let id, _, _, _),
      .duplicate(let id, _), .unsendable(let id, _), .revised(let id, _, _), .beyond(let id, _):
      id
    case .began, .observed, .finished, .packet: nil
    }
  }
}
