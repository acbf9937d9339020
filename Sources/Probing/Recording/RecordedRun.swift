import Packets
import Time
import Tracing

/// A trace computed again from its record: the same tracer, told the same in the same order at the same moments.
///
/// So it gives the same events, bit for bit, on any machine and at any time. A record that was changed by somebody, or is not
/// complete, gives none.
package struct RecordedRun: Sendable {
  /// What was told to the tracer, and when: a step of the record as the tracer takes it.
  struct Told {
    let input: TracerInput
    let now: Instant
  }

  /// Of a probe's launch, where in the run it happened.
  struct Launch {
    let probe: Probe
    let now: Instant
    /// The step behind which it was no longer wanted although it had not left; nil for one that left or was refused.
    var droppedBehind: Int?
  }

  let record: PacketRecord
  let request: TraceRequest
  /// Events as they came, those of packets and of the host's evidence aside.
  package private(set) var events: [TraceEvent] = []
  /// The fold of `events`, with what the host was observed to do still missing.
  package private(set) var trace: Trace
  /// By probe.
  private(set) var launches: [ProbeID: Launch] = [:]
  /// By a deadline of the tracer, the step that was the first behind it.
  private(set) var passed: [Instant: Int] = [:]
  /// The moments of the steps as they follow each other: a step that was told with an earlier moment than the one before it, from
  /// another thread, counts as told with it.
  private(set) var moments: [Instant] = []
  /// How many events there were before each step.
  private var eventCounts: [Int] = []

  /// Runs the tracer of a record.
  ///
  /// - Parameter began: when the trace began.
  /// - Returns: nil when the record is incomplete, or is none that this tracer can have made.
  package init?(_ record: PacketRecord, of request: TraceRequest, from began: Instant) {
    guard record.isComplete else { return nil }
    self.record = record
    self.request = request
    var tracer = Tracer(request, at: began)
    trace = tracer.trace
    var effects: [TracerEffect] = []
    tracer.handle(.begin, at: began, into: &effects)
    take(effects, at: began)
    var last = began
    var waiting: Set<ProbeID> = Set(launches.keys)
    for place in record.steps.indices {
      guard record.isTold(place) else {
        moments.append(last)
        eventCounts.append(events.count)
        continue
      }
      guard let told = Self.told(record.steps[place], in: record) else { return nil }
      if let deadline = tracer.deadline, told.now >= deadline, passed[deadline] == nil { passed[deadline] = place }
      last = max(last, told.now)
      moments.append(last)
      guard Self.canBe(told.input, waiting: &waiting, in: tracer.trace) else { return nil }
      effects.removeAll(keepingCapacity: true)
      eventCounts.append(events.count)
      tracer.handle(told.input, at: told.now, into: &effects)
      take(effects, at: told.now)
      for case .launch(let probe) in effects { waiting.insert(probe.id) }
      for id in waiting {
        guard let probe = launches[id]?.probe, launches[id]?.droppedBehind == nil, !tracer.wants(probe) else {
          continue
        }
        launches[id]?.droppedBehind = place
      }
    }
    trace = tracer.trace
  }

  /// Everything that was told of the trace, the packets too, in its order.
  ///
  /// - Parameter evidence: what the host was observed to do.
  package func stream(_ evidence: HostEvidence) -> [TraceEvent] {
    var stream: [TraceEvent] = []
    var nextEvent = 0
    func addEvents(before end: Int) {
      while nextEvent < end {
        if case .finished = events[nextEvent] { stream.append(.observed(evidence)) }
        stream.append(events[nextEvent])
        nextEvent += 1
      }
    }
    for (place, step) in record.steps.enumerated() {
      addEvents(before: eventCounts[place])
      switch step {
      case .departed(let place): stream.append(.packet(.departed(record.departures[place].asTold)))
      case .arrived(let place): stream.append(.packet(.arrived(record.arrivals[place])))
      case .told(let step, at: let now): stream.append(.packet(.told(step, at: now)))
      }
    }
    addEvents(before: events.count)
    return stream
  }

  private mutating func take(_ effects: [TracerEffect], at now: Instant) {
    for effect in effects {
      switch effect {
      case .launch(let probe): launches[probe.id] = Launch(probe: probe, now: now)
      case .event(let event): events.append(event)
      }
    }
  }

  /// Whether the tracer may be told this: a file is hostile, and what cannot have happened is not tried.
  ///
  /// - Parameter waiting: probes that are launched and have not left.
  private static func canBe(_ input: TracerInput, waiting: inout Set<ProbeID>, in trace: Trace) -> Bool {
    switch input {
    case .departed(let id, departure: _, stamp: _), .unsendable(let id, _):
      return waiting.remove(id) != nil && trace[id.ttl]?.probes.count == Int(id.attempt)
    case .begin, .restamped, .reply, .ambiguous, .tick, .cancel: return true
    }
  }

  /// A step as the tracer takes it; nil when the bytes of a reply are none.
  static func told(_ step: PacketRecord.Step, in record: PacketRecord) -> Told? {
    switch step {
    case .departed(let place):
      let packet = record.departures[place]
      return Told(
        input: .departed(packet.probe.id, departure: packet.toldDeparture, stamp: packet.toldStamp),
        now: packet.settled)
    case .arrived(let place):
      let packet = record.arrivals[place]
      guard let probe = packet.probe, let reply = packet.reply else { return nil }
      return Told(input: .reply(probe, reply), now: packet.read)
    case .told(let step, at: let now):
      let input: TracerInput =
        switch step {
        case .restamped(let id, let departure): .restamped(id, departure: departure)
        case .unsendable(let id, let failure): .unsendable(id, failure)
        case .ambiguous: .ambiguous
        case .tick: .tick
        case .cancel: .cancel
        }
      return Told(input: input, now: now)
    }
  }
}

extension PacketRecord {
  /// Whether a step is one that the tracer was told.
  fileprivate func isTold(_ place: Int) -> Bool {
    if case .arrived(let arrival) = steps[place] { arrivals[arrival].probe != nil } else { true }
  }
}

extension PacketDeparture {
  /// As it was told first, before a better stamp came.
  fileprivate var asTold: PacketDeparture {
    var packet = self
    packet.departure = toldDeparture
    packet.stamp = toldStamp
    return packet
  }
}

extension PacketArrival {
  /// What it says, read from its bytes again; nil when that is no reply.
  package var reply: Reply? {
    let span = bytes.span.bytes
    guard let parsed = ReplyParser.parse(ArrivalBatch.Record(self), span) else { return nil }
    let objects = parsed.extensions.map { ICMPExtension.parse(span, in: $0).objects } ?? []
    return Reply(
      responder: parsed.responder, kind: parsed.kind, icmpType: parsed.icmpType, icmpCode: parsed.icmpCode,
      replyTTL: parsed.replyTTL, quotedTTL: parsed.quotedTTL, extensions: objects, arrival: stamp, stamp: stampSource,
      read: read)
  }
}

extension ArrivalBatch.Record {
  /// The record of an arrival that is the only one of its batch.
  init(_ packet: PacketArrival) {
    self.init(
      form: packet.form, family: packet.family, protocolName: packet.protocolName, source: packet.source,
      stamp: packet.stamp, stampSource: packet.stampSource, range: 0..<packet.bytes.count)
    quotedDestination = packet.quotedDestination
    quotedPort = packet.quotedPort
    localIdentity = packet.localIdentity
    hopLimit = packet.hopLimit
    errorType = packet.errorType
    errorCode = packet.errorCode
    errorInfo = packet.errorInfo
    extensionOffset = packet.extensionOffset
    // Which launch it was is found in the record already; that the socket alone told is what the parser has to know.
    if packet.isOnOwnSocket { launch = LaunchID(slot: 0, generation: 0) }
  }
}
