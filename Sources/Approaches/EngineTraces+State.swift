import Probing
import SystemIO
import Time
import Tracing

extension EngineTraces {
  /// What the lock guards.
  struct State: Sendable {
    struct Stream: Sendable {
      let continuation: AsyncStream<[TraceEvent]>.Continuation
      let life: TraceLife
    }

    /// What is to be done behind the lock.
    struct Outcome {
      var probes: [EngineProbe] = []
      let engine: (any Engine)?
      /// Whether the last running trace has just ended.
      var isIdle = false
      /// The timer, when nothing is left to wait for.
      var released: LoopTimer?
    }

    var table: TracerTable
    var streams: [TraceID: Stream] = [:]
    var room: EngineRoom
    var engine: (any Engine)?
    var timer: LoopTimer?
    /// What the timer is set to.
    var armed: Instant?
    var isShutDown = false
    /// Descriptors that the source of the sockets has open beside them.
    var kept = 0
    /// Arrivals that the kernel dropped on sockets closed since.
    var drops = 0

    private let stamps: StampSource
    private var departures = DepartureBatch()
    private var settled = DepartureBatch()
    private var arrivals = ArrivalBatch()
    private var held: [UInt64: (reply: EngineReply, deadline: Instant)] = [:]
    private var biases: [Duration] = []
    private var nextID: UInt64 = 1
    private var nextHeld: UInt64 = 1
    private var wasIdle = true

    /// Batches of probes launched in one turn, as in `Prober`: more follow in the next.
    private static let mostRounds = 8
    /// Replies kept back at once. Beyond it they count at once: 4,096 answers without a name say that no name comes.
    private static let mostHeld = 4096
    /// Biases kept until they are taken: a hundred traces of thirty probes for each of twenty runs.
    private static let mostBiases = 65_536

    init(_ stamps: StampSource, _ room: EngineRoom, firstSequence: UInt16) {
      self.stamps = stamps
      self.room = room
      table = TracerTable(firstSequence: firstSequence)
    }

    /// Begins a trace; what it leads to is for the turn behind it.
    mutating func begin(
      _ request: TraceRequest, _ local: Result<UInt16, SendFailure>, _ stop: StopSignal?
    ) -> TraceRun {
      let id = TraceID(nextID)
      nextID += 1
      let (events, continuation) = AsyncStream.makeStream(of: [TraceEvent].self)
      streams[id] = Stream(continuation: continuation, life: TraceLife(id, stop: stop))
      let gone = SendFailure(call: "trace", errno: 0, reason: "the network has been shut down")
      table.begin(request, id: id, local: isShutDown ? .failure(gone) : local, at: MonotonicClock.now)
      return TraceRun(id: id, events: events)
    }

    mutating func settle(_ record: DepartureBatch.Record) {
      // A trace that ended while the probe waited for its turn has been told of, and closed.
      guard table.owner(of: record.launch) != nil else { return }
      settled.records.append(record)
      table.settle(settled, at: MonotonicClock.now)
      settled.removeAll()
    }

    mutating func accept(_ reply: EngineReply, at now: Instant) -> Bool {
      var record = reply.record
      let kernelArrival = record.stampSource == .kernel ? record.stamp : nil
      if stamps == .program, record.form != .departureStamp {
        record.stamp = now
        record.stampSource = .program
      }
      arrivals.removeAll()
      arrivals.bytes = reply.bytes
      arrivals.records.append(record)
      let foreign = table.foreignCount
      let known = table.events.count
      table.accept(arrivals, drops: drops, at: now)
      if let arrival = kernelArrival, let departure = reply.kernelDeparture {
        for event in table.events[known...] { note(event.event, kernel: arrival - departure) }
      }
      return table.foreignCount == foreign
    }

    private mutating func note(_ event: TraceEvent, kernel: Duration) {
      switch event {
      // A late reply has the largest bias, which is what makes it late.
      case .replied(_, _, let rtt), .revised(_, _, let rtt), .late(_, _, let rtt, _):
        if biases.count < Self.mostBiases { biases.append(rtt - kernel) }
      case .began, .sent, .restamped, .timedOut, .givenUp, .duplicate, .unsendable, .beyond, .observed, .finished,
        .packet:
        break
      }
    }

    mutating func takeBiases() -> [Duration] {
      defer { biases = [] }
      return biases
    }

    mutating func hold(_ reply: EngineReply, until deadline: Instant) -> UInt64 {
      let number = nextHeld
      nextHeld += 1
      if held.count < Self.mostHeld {
        held[number] = (reply, deadline)
      } else {
        _ = accept(reply, at: MonotonicClock.now)
      }
      return number
    }

    mutating func release(_ number: UInt64, at now: Instant) {
      guard let (reply, _) = held.removeValue(forKey: number) else { return }
      _ = accept(reply, at: now)
    }

    /// Lets time pass, launches what there is room for, and hands the events out.
    mutating func turn(at now: Instant) -> Outcome {
      var outcome = Outcome(engine: engine)
      guard !isShutDown else {
        publish()
        return outcome
      }
      for number in held.filter({ $0.value.deadline <= now }).keys { release(number, at: now) }
      table.tick(at: now)
      for _ in 0..<Self.mostRounds {
        guard launch(at: now, into: &outcome.probes) else { break }
      }
      publish()
      outcome.isIdle = table.isIdle && !wasIdle
      wasIdle = table.isIdle
      arm()
      if streams.isEmpty, held.isEmpty {
        outcome.released = timer
        timer = nil
        armed = nil
      }
      return outcome
    }

    /// Encodes one batch; false when there was nothing.
    private mutating func launch(at now: Instant, into probes: inout [EngineProbe]) -> Bool {
      departures.removeAll()
      table.room = room.left
      table.fill(&departures, at: now)
      for record in departures.records {
        guard let owner = table.owner(of: record.launch), let stream = streams[owner.trace] else { continue }
        room.free(places: -1, waits: -1)
        probes.append(
          EngineProbe(record, of: departures, timeout: owner.timeout, keep: table.keep, life: stream.life))
      }
      return !departures.records.isEmpty
    }

    private mutating func publish() {
      var batches: [(trace: TraceID, events: [TraceEvent])] = []
      for event in table.events {
        if case .finished = event.event { streams[event.trace]?.life.end() }
        if let index = batches.firstIndex(where: { $0.trace == event.trace }) {
          batches[index].events.append(event.event)
        } else {
          batches.append((event.trace, [event.event]))
        }
      }
      table.events.removeAll(keepingCapacity: true)
      for (trace, events) in batches { streams[trace]?.continuation.yield(events) }
      for trace in table.forgotten { streams.removeValue(forKey: trace)?.continuation.finish() }
      table.forgotten.removeAll()
    }

    private mutating func arm() {
      table.room = room.left
      var next = table.nextDeadline()
      for waiting in held.values { next = next.map { min($0, waiting.deadline) } ?? waiting.deadline }
      guard next != armed else { return }
      armed = next
      timer?.arm(at: next)
    }

    /// Takes a timer unless there is one; false when it is not needed.
    mutating func take(_ new: LoopTimer?) -> Bool {
      guard let new, timer == nil, !isShutDown else { return false }
      timer = new
      armed = nil
      return true
    }

    mutating func shutDown() -> ((any Engine)?, [TraceLife], LoopTimer?) {
      guard !isShutDown else { return (nil, [], nil) }
      isShutDown = true
      let now = MonotonicClock.now
      for id in streams.keys.sorted(by: { $0.value < $1.value }) { table.cancel(id, at: now) }
      publish()
      for stream in streams.values { stream.continuation.finish() }
      let end = (engine, streams.values.map(\.life), timer)
      streams = [:]
      held = [:]
      engine = nil
      timer = nil
      return end
    }
  }
}
