import DequeModule
import Packets
import Time
import Tracing

/// Many tracers over one transport: which reply is for whom, and whose probe leaves next.
///
/// # Theory of operation
///
/// A turn, in real or in virtual time, is: `accept` what has arrived, `tick`, `fill` a batch, have the transport send
/// it, `settle` what became of it. Arrivals always come before the tick, so that a deadline is never judged while a
/// reply to it lies read or readable. Events gather in `events`, which the owner empties after each turn.
///
/// A tracer stays after it has finished, until the last identity of its probes is no longer kept: until then replies
/// that are read late still reach it. Then its id appears in `forgotten`.
package struct TracerTable {
  /// One event and whose it is.
  package struct Event {
    package let trace: TraceID
    package let event: TraceEvent
    /// A small number that no other trace has from one turn to the next; nil for a trace that was refused.
    let place: Int?
  }

  private struct Slot {
    /// nil when the place is free; the rest is then left over from a forgotten trace.
    var id: TraceID?
    let request: TraceRequest
    let encoder: ProbeProtocol
    var tracer: Tracer
    /// The tracer's own, kept here since every turn looks at those of all; see `refreshDeadline`.
    var deadline: Instant?
    var isDeadlineStale = false
    /// Launched and not sent yet, oldest first.
    var queue: Deque<Probe> = []
    /// Launches that the probe table keeps for it.
    var launches = 0
    var largestLag: Duration = .zero
    /// nil when the trace is not recorded.
    var log: PacketLog?
    let foreignBefore: Int
    let dropsBefore: Int

    /// Whether the tracer has just finished.
    ///
    /// A function of the slot, so that the tracer is used where it lies: seen through the array it is copied each time.
    mutating func handle(_ input: TracerInput, at now: Instant, into effects: inout [TracerEffect]) -> Bool {
      let wasFinished = tracer.isFinished
      tracer.handle(input, at: now, into: &effects)
      isDeadlineStale = true
      return !wasFinished && tracer.isFinished
    }

    /// Asks the tracer for its deadline if something has happened to it: once a turn, not once a reply.
    mutating func refreshDeadline() {
      guard isDeadlineStale else { return }
      isDeadlineStale = false
      deadline = tracer.deadline
    }
  }

  /// Events since the owner last emptied it, in order.
  package var events: [Event] = []
  /// Traces of which nothing will be heard again.
  package var forgotten: [TraceID] = []
  /// How long the identity of a probe is kept after the probe ended at the latest.
  package var keep: Duration = Self.usualKeep
  /// How many probes the owner can take now; the others stay queued. Set before each `fill` and each `nextDeadline`, or
  /// never.
  package var room = Int.max
  /// Arrivals since the table was made that matched no probe.
  package private(set) var foreignCount = 0

  /// A place stays where it is while its trace is known, since the probe table names it by its index.
  private var slots: [Slot] = []
  /// Traces known, and those of them that have not finished.
  private var live = 0
  /// Places whose tracer has not finished: all that a turn looks at. Those kept for late replies may be thousands.
  private var running: [Int] = []
  private var probes = ProbeTable()
  private var pacer = Pacer()
  private var nextSequence: UInt16
  private var effects: [TracerEffect] = []
  private var drops = 0
  /// When held probes are offered again.
  private var retryTime: Instant?

  package static let usualKeep: Duration = .seconds(5)
  /// Most traces at once.
  package static let mostTracers = 4096
  /// Numbers tried for one probe before it is held: with that many in a row kept, the destination has had tens of
  /// thousands of probes in `keep`.
  private static let mostSequenceTries = 64
  /// How long a probe that could not be handed to the kernel waits: a full socket buffer of small probes empties
  /// within a millisecond on anything faster than 10 Mbit/s.
  private static let holdTime: Duration = .milliseconds(1)

  /// - Parameter firstSequence: where numbering begins; a random one keeps two programs apart.
  package init(firstSequence: UInt16) { nextSequence = firstSequence }

  /// Whether every trace has finished; some may still be kept for late replies.
  package var isIdle: Bool { running.isEmpty }

  /// The running trace of a launch, and how long after its departure a reply to it counts; nil when the trace is over,
  /// or the launch has been forgotten.
  package func owner(of launch: LaunchID) -> (trace: TraceID, timeout: Duration)? {
    guard let entry = probes.find(launch), let id = slots[entry.tracer].id,
      !slots[entry.tracer].tracer.isFinished
    else { return nil }
    return (id, slots[entry.tracer].request.timeout)
  }

  /// Whether a trace is known, running or kept for late replies.
  package func knows(_ id: TraceID) -> Bool { slots.contains { $0.id == id } }
}

// What the owner does with it, in the order of a turn.
extension TracerTable {
  /// Begins a trace.
  ///
  /// - Parameter local: this host's end on the wire as the transport opened it, or why it could not: then the trace
  ///   fails at once.
  package mutating func begin(
    _ request: TraceRequest, id: TraceID, local: Result<UInt16, SendFailure>, at now: Instant
  ) {
    let end: UInt16
    switch local {
    case .success(let value): end = value
    case .failure(let failure): return refuse(request, id, failure, at: now)
    }
    guard live < Self.mostTracers else {
      let failure = SendFailure(
        call: "trace", errno: 0, reason: "\(Self.mostTracers) traces are running already",
        advice: "wait until some have finished")
      return refuse(request, id, failure, at: now)
    }
    let slot = Slot(
      id: id, request: request, encoder: ProbeProtocol(request, local: end), tracer: Tracer(request, at: now),
      log: request.keepsPackets ? PacketLog() : nil, foreignBefore: foreignCount, dropsBefore: drops)
    let index: Int
    if let empty = slots.firstIndex(where: { $0.id == nil }) {
      index = empty
      slots[index] = slot
    } else {
      index = slots.count
      slots.append(slot)
    }
    live += 1
    running.append(index)
    handle(.begin, index, at: now)
  }

  package mutating func cancel(_ id: TraceID, at now: Instant) {
    guard let index = slots.firstIndex(where: { $0.id == id }) else { return }
    handle(.cancel, index, at: now)
    forgetIfDone(index)
  }

  /// Takes what has arrived.
  ///
  /// - Parameters:
  ///   - drops: `Transport.dropCount`.
  ///   - now: when the batch was read.
  package mutating func accept(_ batch: borrowing ArrivalBatch, drops: Int, at now: Instant) {
    self.drops = drops
    let all = batch.bytes.span.bytes
    for record in batch.records {
      if record.form == .departureStamp {
        restamp(record, at: now)
        continue
      }
      let bytes = all.extracting(record.range)
      guard let parsed = ReplyParser.parse(record, bytes) else {
        foreignCount += 1
        tellForeign(record, bytes, nil, at: now)
        continue
      }
      guard let entry = entry(for: parsed, at: now) else {
        foreignCount += 1
        tellForeign(record, bytes, parsed.key, at: now)
        continue
      }
      deliver(parsed, record, bytes, to: entry, at: now)
    }
  }

  /// Lets time pass for every tracer, and forgets identities whose time is over.
  package mutating func tick(at now: Instant) {
    for index in running {
      slots[index].refreshDeadline()
      guard let deadline = slots[index].deadline, deadline <= now else { continue }
      handle(.tick, index, at: now)
    }
    var touched: [Int] = []
    probes.expire(at: now) { touched.append($0) }
    for index in touched { slots[index].launches -= 1 }
    for index in Set(touched) where slots.indices.contains(index) { forgetIfDone(index) }
  }

  /// Encodes the probes that leave now, at most `DepartureBatch.mostRecords`.
  package mutating func fill(_ batch: inout DepartureBatch, at now: Instant) {
    if let retryTime, now < retryTime { return }
    retryTime = nil
    var pacer = self.pacer
    let most = min(DepartureBatch.mostRecords - batch.records.count, room)
    pacer.share(among: running.count, most: most) { place in
      launchNext(of: running[place], into: &batch, at: now)
    }
    self.pacer = pacer
  }

  /// Learns what became of a batch.
  package mutating func settle(_ batch: borrowing DepartureBatch, at now: Instant) {
    var held: [(index: Int, probe: Probe)] = []
    for record in batch.records {
      guard let entry = probes.find(record.launch) else { continue }
      switch record.result {
      case .departed(let departure, let stamp):
        if let packet = slots[entry.tracer].log?.depart(record.launch, departure, stamp, at: now) {
          tell(packet, entry.tracer)
        }
        handle(.departed(entry.probe, departure: departure, stamp: stamp), entry.tracer, at: now)
      case .failed(let failure):
        release(record.launch, entry)
        handle(.unsendable(entry.probe, failure), entry.tracer, at: now)
        forgetIfDone(entry.tracer)
      case .held:
        release(record.launch, entry)
        held.append((entry.tracer, Probe(id: entry.probe, flow: record.flow, ownSocket: record.ownSocket)))
      }
    }
    for (index, probe) in held.reversed() { slots[index].queue.prepend(probe) }
    if !held.isEmpty { retryTime = now + Self.holdTime }
  }

  /// When the table next has something to do of its own accord; nil when it has not.
  package mutating func nextDeadline() -> Instant? {
    var next = probes.nextExpiry
    for index in running {
      slots[index].refreshDeadline()
      if let deadline = slots[index].deadline { next = next.map { min($0, deadline) } ?? deadline }
      if room > 0, !slots[index].queue.isEmpty {
        let ready = retryTime ?? .zero
        next = next.map { min($0, ready) } ?? ready
      }
    }
    return next
  }
}

extension TracerTable {
  private mutating func handle(_ input: TracerInput, _ index: Int, at now: Instant) {
    effects.removeAll(keepingCapacity: true)
    if let packet = slots[index].log?.tell(input, at: now) { tell(packet, index) }
    if slots[index].handle(input, at: now, into: &effects) { running.removeAll { $0 == index } }
    guard let id = slots[index].id else { return }
    for effect in effects {
      switch effect {
      case .launch(let probe):
        slots[index].queue.append(probe)
        slots[index].log?.queue(probe.id, at: now)
      case .event(let event):
        if case .finished = event {
          events.append(Event(trace: id, event: .observed(evidence(for: index)), place: index))
        }
        events.append(Event(trace: id, event: event, place: index))
      }
    }
  }

  /// Adds what happened to a packet to the events of its trace.
  private mutating func tell(_ packet: PacketEvent, _ index: Int) {
    guard let id = slots[index].id else { return }
    events.append(Event(trace: id, event: .packet(packet), place: index))
  }

  /// Tells every running trace that is recorded of an arrival that was for no probe.
  ///
  /// - Parameter key: by what its probe was looked for; nil when it was not readable.
  private mutating func tellForeign(
    _ record: ArrivalBatch.Record, _ bytes: RawSpan, _ key: ParsedReply.Key?, at now: Instant
  ) {
    for index in running where slots[index].log?.takesForeign() ?? false {
      let match: PacketMatch
      switch key {
      case .ambiguous(let destination, let local, let port)?,
        .datagram(from: let destination, let local, let port, launch: nil)?:
        match = mayAwait(index, from: destination, local, port) ? .ambiguous : .unknown
      case .identity?, .echo?, .launch?, .datagram?: match = .unknown
      case nil: match = .unreadable
      }
      tell(.arrived(PacketArrival(record, bytes, read: now, match)), index)
    }
  }

  private func evidence(for index: Int) -> HostEvidence {
    HostEvidence(
      foreign: foreignCount - slots[index].foreignBefore, dropped: drops - slots[index].dropsBefore,
      largestLag: slots[index].largestLag)
  }

  private mutating func refuse(
    _ request: TraceRequest, _ id: TraceID, _ failure: SendFailure, at now: Instant
  ) {
    events.append(Event(trace: id, event: .began(request, at: now), place: nil))
    events.append(Event(trace: id, event: .finished(.failed(failure), at: now), place: nil))
    forgotten.append(id)
  }

  private mutating func forgetIfDone(_ index: Int) {
    guard let id = slots[index].id, slots[index].launches == 0, slots[index].tracer.isFinished else { return }
    forgotten.append(id)
    slots[index].id = nil
    live -= 1
    if live == 0 { slots.removeAll() }
  }

  private mutating func release(_ launch: LaunchID, _ entry: ProbeTable.Entry) {
    probes.remove(launch)
    slots[entry.tracer].log?.takeBack(launch)
    slots[entry.tracer].launches -= 1
  }

  /// Encodes the next probe of a tracer; false when it has none to send now.
  private mutating func launchNext(of index: Int, into batch: inout DepartureBatch, at now: Instant) -> Bool {
    while let probe = slots[index].queue.first {
      guard slots[index].tracer.wants(probe) else {
        slots[index].queue.removeFirst()
        continue
      }
      guard encode(probe, of: index, into: &batch, at: now) else {
        retryTime = now + Self.holdTime
        return false
      }
      slots[index].queue.removeFirst()
      slots[index].launches += 1
      return true
    }
    return false
  }

  /// Gives a probe a number that no kept probe to its destination has, and encodes it; false when none was found.
  private mutating func encode(
    _ probe: Probe, of index: Int, into batch: inout DepartureBatch, at now: Instant
  ) -> Bool {
    let request = slots[index].request
    let encoder = slots[index].encoder
    let port = encoder.port(of: probe.id)
    let keepUntil = now + request.timeout + keep
    for _ in 0..<Self.mostSequenceTries {
      let sequence = nextSequence
      nextSequence &+= 1
      let identity = encoder.identity(sequence: sequence, destination: request.target, port: port)
      guard let launch = probes.insert(identity, tracer: index, probe: probe.id, keepUntil: keepUntil) else {
        continue
      }
      let start = batch.bytes.count
      encoder.encode(sequence: sequence, port: port, into: &batch.bytes)
      batch.records.append(
        DepartureBatch.Record(
          launch: launch, method: request.method, flow: probe.flow, ownSocket: probe.ownSocket,
          destination: request.target, port: port, source: request.source, interfaceIndex: request.interfaceIndex,
          hopLimit: probe.id.ttl.value, dontFragment: request.dontFragment, range: start..<batch.bytes.count))
      if let record = batch.records.last { slots[index].log?.handOver(record, probe, batch.bytes, at: now) }
      return true
    }
    return false
  }

  private mutating func restamp(_ record: ArrivalBatch.Record, at now: Instant) {
    guard let launch = record.launch, let entry = probes.find(launch) else { return }
    handle(.restamped(entry.probe, departure: record.stamp), entry.tracer, at: now)
  }

  private mutating func entry(for parsed: ParsedReply, at now: Instant) -> ProbeTable.Entry? {
    switch parsed.key {
    case .identity(let identity): probes.find(identity)
    case .echo(let identity): probes.find(identity) ?? probes.findAnswered(elsewhere: identity)
    case .launch(let launch): probes.find(launch)
    case .ambiguous(let destination, let local, let port): sole(to: destination, local, port, at: now)
    case .datagram(let source, let local, let port, launch: nil): sole(to: source, local, port, at: now)
    case .datagram(let source, _, let port, let launch?):
      probes.find(launch).flatMap { entry in
        let identity = entry.identity
        return identity.protocolName == .udp && identity.destination == source && identity.port == port ? entry : nil
      }
    }
  }

  /// Whether a trace waits for an answer to a probe of that kind.
  private func mayAwait(_ index: Int, from destination: IPAddress, _ local: UInt16, _ port: UInt16) -> Bool {
    guard slots[index].id != nil, !slots[index].tracer.isFinished, slots[index].tracer.outstanding > 0 else {
      return false
    }
    return slots[index].request.target == destination && slots[index].encoder.mayHaveSent(from: local, to: port)
  }

  /// The one probe that an error without a quoted payload, or a datagram, can be for. When several are outstanding,
  /// their tracers are told, and probe those TTLs again on sockets of their own.
  private mutating func sole(
    to destination: IPAddress, _ local: UInt16, _ port: UInt16, at now: Instant
  ) -> ProbeTable.Entry? {
    let candidates = slots.indices.filter { mayAwait($0, from: destination, local, port) }
    if candidates.count == 1 {
      let encoder = slots[candidates[0]].encoder
      if let probe = slots[candidates[0]].tracer.soleOutstanding(where: { encoder.port(of: $0) == port }) {
        return probes.find(tracer: candidates[0], probe: probe)
      }
    }
    for index in candidates { handle(.ambiguous, index, at: now) }
    return nil
  }

  private mutating func deliver(
    _ parsed: ParsedReply, _ record: ArrivalBatch.Record, _ bytes: RawSpan, to entry: ProbeTable.Entry,
    at now: Instant
  ) {
    let objects = parsed.extensions.map { ICMPExtension.parse(bytes, in: $0).objects } ?? []
    let reply = Reply(
      responder: parsed.responder, kind: parsed.kind, icmpType: parsed.icmpType, icmpCode: parsed.icmpCode,
      replyTTL: parsed.replyTTL, quotedTTL: parsed.quotedTTL, extensions: objects, arrival: record.stamp,
      stamp: record.stampSource, read: now)
    if record.stampSource == .kernel {
      slots[entry.tracer].largestLag = max(slots[entry.tracer].largestLag, now - record.stamp)
    }
    guard slots[entry.tracer].log != nil else { return handle(.reply(entry.probe, reply), entry.tracer, at: now) }
    let before = events.count
    handle(.reply(entry.probe, reply), entry.tracer, at: now)
    var packet = PacketArrival(record, bytes, read: now, .probe(entry.probe, by: parsed.key.packetKey(to: entry)))
    packet.verdict = events[before...].lazy.compactMap { PacketVerdict($0.event) }.first
    guard let id = slots[entry.tracer].id, let told = slots[entry.tracer].log?.arrive(packet) else { return }
    // In front of what it led to.
    events.insert(Event(trace: id, event: .packet(told), place: entry.tracer), at: before)
  }
}

extension ParsedReply.Key {
  /// By what the probe of an entry was found.
  fileprivate func packetKey(to entry: ProbeTable.Entry) -> PacketKey {
    switch self {
    case .identity: .quote
    case .echo(let identity): entry.identity == identity ? .echo : .echoElsewhere
    case .launch, .datagram(_, _, _, launch: _?): .socket
    case .ambiguous, .datagram(_, _, _, launch: nil): .onlyOutstanding
    }
  }
}
