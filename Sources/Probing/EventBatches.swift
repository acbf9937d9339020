import Tracing

/// The events of one turn as a batch for each trace.
///
/// Sorted by the traces' places in the table, without hashing an event; and a value, so that what is looked at once an event
/// is not a property of an actor, which is guarded at each access. With both, handing events out takes a quarter of what
/// it took with a dictionary.
struct EventBatches {
  private var batches: [[TraceEvent]] = []
  /// Places with a batch, and the traces there.
  private var filled: [(place: Int, trace: TraceID)] = []
  /// Of traces that were refused and have no place.
  private var refused: [(trace: TraceID, events: [TraceEvent])] = []

  /// Thirty probes that leave, or that are stamped and answered on a path of fifteen hops.
  private static let usualSize = 32

  mutating func add(_ events: [TracerTable.Event]) {
    for event in events {
      guard let place = event.place else {
        refused.append((event.trace, [event.event]))
        continue
      }
      while batches.count <= place { batches.append([]) }
      if batches[place].isEmpty {
        filled.append((place, event.trace))
        batches[place].reserveCapacity(Self.usualSize)
      }
      batches[place].append(event.event)
    }
  }

  /// Calls `body` once a trace with its events in order, and forgets them.
  mutating func handOut(_ body: (TraceID, [TraceEvent]) -> Void) {
    for (trace, events) in refused { body(trace, events) }
    refused.removeAll()
    for (place, trace) in filled {
      body(trace, batches[place])
      batches[place] = []
    }
    filled.removeAll(keepingCapacity: true)
  }
}
