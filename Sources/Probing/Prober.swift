import SystemIO
import Time
import Tracing

/// All traces over one transport, in real time, on an event loop of its own thread.
///
/// # Theory of operation
///
/// The actor's executor is the loop's thread, so a descriptor's callback is already on the actor, and a reply costs no
/// hop. Whatever wakes it — an arrival, the timer, a command — leads to the same turn: drain arrivals, tick, send what
/// is due, hand the events out, set the timer. A turn is bounded (`mostRounds` batches); when more is waiting, it ends
/// with the timer set to now, so that other actors on the loop get their share.
package actor Prober {
  private let loop: EventLoop
  private let transport: any Transport
  private var table: TracerTable
  private var departures = DepartureBatch()
  private var arrivals = ArrivalBatch()
  private var batches = EventBatches()
  private var streams: [TraceID: AsyncStream<[TraceEvent]>.Continuation] = [:]
  private var timer: LoopTimer?
  /// Why there is no timer, without which no trace could end.
  private var timerFailure: SendFailure?
  private var nextID: UInt64 = 1
  private var isShutDown = false

  /// Batches of arrivals taken in one turn: 1,024 packets, about 1 ms of work.
  private static let mostRounds = 8

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - transport: used by nobody else from now on.
  ///   - firstSequence: where probe numbers begin; a random one keeps two programs apart.
  package init(_ transport: sending any Transport, on loop: EventLoop, firstSequence: UInt16) {
    self.loop = loop
    self.transport = transport
    table = TracerTable(firstSequence: firstSequence)
  }

  /// Begins traces that run together; one run a request, in order.
  package func begin(_ requests: [TraceRequest]) -> [TraceRun] {
    start()
    let now = MonotonicClock.now
    let runs = requests.map { request in
      let id = TraceID(nextID)
      nextID += 1
      let (events, continuation) = AsyncStream.makeStream(of: [TraceEvent].self)
      streams[id] = continuation
      table.begin(request, id: id, local: open(request), at: now)
      return TraceRun(id: id, events: events)
    }
    turn()
    return runs
  }

  package func cancel(_ id: TraceID) {
    table.cancel(id, at: MonotonicClock.now)
    turn()
  }

  package func keepIdentities(for duration: Duration) { table.keep = duration }

  /// Cancels every trace, ends every stream and closes the transport.
  package func shutDown() {
    guard !isShutDown else { return }
    isShutDown = true
    let now = MonotonicClock.now
    for id in streams.keys.sorted(by: { $0.value < $1.value }) { table.cancel(id, at: now) }
    publish()
    for stream in streams.values { stream.finish() }
    streams = [:]
    timer?.arm(at: nil)
    timer = nil
    transport.close()
  }

  private func open(_ request: TraceRequest) -> Result<UInt16, SendFailure> {
    guard !isShutDown else {
      return .failure(SendFailure(call: "trace", errno: 0, reason: "the network has been shut down"))
    }
    if let timerFailure { return .failure(timerFailure) }
    do throws(SendFailure) {
      return .success(try transport.open(request.method, flow: request.flow))
    } catch {
      return .failure(error)
    }
  }

  /// Sets up what wakes the actor, once.
  private func start() {
    guard timer == nil, !isShutDown else { return }
    do throws(SystemError) {
      timer = try loop.makeTimer { [weak self] in self?.assumeIsolated { $0.turn() } }
    } catch {
      timerFailure = SendFailure(call: error.call, errno: error.errno, reason: error.description)
      return
    }
    timerFailure = nil
    transport.attach { [weak self] in self?.assumeIsolated { $0.turn() } }
  }

  private func turn() {
    guard !isShutDown else { return }
    drain()
    let now = MonotonicClock.now
    table.tick(at: now)
    for _ in 0..<Self.mostRounds {
      departures.removeAll()
      table.fill(&departures, at: now)
      if departures.records.isEmpty { break }
      transport.send(&departures, at: now)
      table.settle(departures, at: MonotonicClock.now)
    }
    publish()
    arm()
  }

  /// Takes what has arrived, so that no deadline is judged while a reply to it lies unread.
  private func drain() {
    for _ in 0..<Self.mostRounds {
      arrivals.removeAll()
      transport.receive(into: &arrivals, by: MonotonicClock.now)
      guard !arrivals.records.isEmpty else { return }
      table.accept(arrivals, drops: transport.dropCount, at: MonotonicClock.now)
      if arrivals.records.count < ArrivalBatch.mostRecords { return }
    }
  }

  private func publish() {
    batches.add(table.events)
    table.events.removeAll(keepingCapacity: true)
    batches.handOut { id, events in streams[id]?.yield(events) }
    for id in table.forgotten { streams.removeValue(forKey: id)?.finish() }
    table.forgotten.removeAll()
  }

  private func arm() {
    let deadline = table.nextDeadline()
    guard let arrival = transport.nextArrivalTime else { return setTimer(deadline) }
    setTimer(deadline.map { min($0, arrival) } ?? arrival)
  }

  private func setTimer(_ instant: Instant?) { timer?.arm(at: instant) }
}
