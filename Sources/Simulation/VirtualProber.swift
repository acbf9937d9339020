import Probing
import Time
import Tracing

/// A `Rehearsal` that is asked like a `Prober`: traces are over when `begin` returns, and time passes only in `advance`.
///
/// Replies that come after a trace has finished are seen once the clock has been advanced that far; until then, or until
/// `shutDown`, the stream of the trace stays open.
actor VirtualProber {
  private var rehearsal: Rehearsal
  private var streams: [TraceID: AsyncStream<[TraceEvent]>.Continuation] = [:]
  private var nextID: UInt64 = 1

  init(_ network: sending SimulatedNetwork, firstSequence: UInt16) {
    rehearsal = Rehearsal(network, firstSequence: firstSequence)
  }

  /// Runs traces together until each has finished; one run a request, in order.
  func begin(_ requests: [TraceRequest]) -> [TraceRun] {
    let runs = requests.map { request in
      let id = TraceID(nextID)
      nextID += 1
      let (events, continuation) = AsyncStream.makeStream(of: [TraceEvent].self)
      streams[id] = continuation
      rehearsal.begin(request, id: id)
      return TraceRun(id: id, events: events)
    }
    publish(rehearsal.run())
    return runs
  }

  func cancel(_ id: TraceID) {
    rehearsal.cancel(id)
    publish(rehearsal.advance(by: .zero))
  }

  /// Lets time pass. Each stream that is still open then has an empty batch, behind what came in that time: its reader knows
  /// that it has read all of it.
  func advance(by duration: Duration) {
    publish(rehearsal.advance(by: duration))
    for stream in streams.values { stream.yield([]) }
  }

  func keepIdentities(for duration: Duration) {
    rehearsal.keep = duration
  }

  func shutDown() {
    for stream in streams.values { stream.finish() }
    streams = [:]
    rehearsal.transport.close()
  }

  /// Hands events out, one batch a trace, and ends the streams of traces of which nothing will be heard again.
  private func publish(_ events: [TracerTable.Event]) {
    var batches: [TraceID: [TraceEvent]] = [:]
    for event in events { batches[event.trace, default: []].append(event.event) }
    for (id, batch) in batches { streams[id]?.yield(batch) }
    for id in rehearsal.forgotten { streams.removeValue(forKey: id)?.finish() }
    rehearsal.forgotten.removeAll()
  }
}
