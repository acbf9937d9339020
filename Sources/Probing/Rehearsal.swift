import Time
import Tracing

/// A prober in virtual time: the same turn, without a thread, a descriptor or a wait.
///
/// The clock stands still while a turn runs and then jumps to the next thing that is due. A run is therefore exact,
/// repeatable, and over as soon as it has been computed.
package struct Rehearsal {
  package let transport: any Transport
  package private(set) var now: Instant
  private var table: TracerTable
  private var departures = DepartureBatch()
  private var arrivals = ArrivalBatch()

  /// Turns in which the clock may stand still before the run is a bug of the transport.
  private static let mostTurnsAtOneInstant = 1_000_000

  package init(_ transport: any Transport, from start: Instant = .zero, firstSequence: UInt16 = 0) {
    self.transport = transport
    now = start
    table = TracerTable(firstSequence: firstSequence)
  }

  /// How long identities are kept (`late.keep`).
  package var keep: Duration {
    get { table.keep }
    set { table.keep = newValue }
  }

  /// Traces of which nothing will be heard again, since this was last emptied.
  package var forgotten: [TraceID] {
    get { table.forgotten }
    set { table.forgotten = newValue }
  }

  package mutating func begin(_ request: TraceRequest, id: TraceID) {
    let local: Result<UInt16, SendFailure>
    do throws(SendFailure) {
      local = .success(try transport.open(request.method, flow: request.flow))
    } catch {
      local = .failure(error)
    }
    table.begin(request, id: id, local: local, at: now)
  }

  package mutating func cancel(_ id: TraceID) { table.cancel(id, at: now) }

  /// Runs until every trace has finished, and returns what happened. Late replies are left for `advance`.
  package mutating func run() -> [TracerTable.Event] {
    turn()
    while !table.isIdle, let next = nextTime() {
      now = max(now, next)
      turn()
    }
    return takeEvents()
  }

  /// Lets time pass, with everything that falls due in it.
  package mutating func advance(by duration: Duration) -> [TracerTable.Event] {
    let end = now + duration
    while let next = nextTime(), next <= end {
      now = max(now, next)
      turn()
    }
    now = end
    return takeEvents()
  }

  private mutating func nextTime() -> Instant? {
    guard let arrival = transport.nextArrivalTime else { return table.nextDeadline() }
    return table.nextDeadline().map { min($0, arrival) } ?? arrival
  }

  private mutating func takeEvents() -> [TracerTable.Event] {
    defer { table.events.removeAll() }
    return table.events
  }

  /// Everything that is due at `now`.
  private mutating func turn() {
    for _ in 0..<Self.mostTurnsAtOneInstant {
      arrivals.removeAll()
      transport.receive(into: &arrivals, by: now)
      table.accept(arrivals, drops: transport.dropCount, at: now)
      table.tick(at: now)
      departures.removeAll()
      table.fill(&departures, at: now)
      if !departures.records.isEmpty {
        transport.send(&departures, at: now)
        table.settle(departures, at: now)
      }
      if arrivals.records.isEmpty, departures.records.isEmpty { return }
    }
    preconditionFailure("A transport keeps delivering at one instant of virtual time.")
  }
}
