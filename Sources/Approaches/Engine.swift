import Probing
import Results

/// A way of waiting for replies: carries probes that have been launched, and brings back what came.
///
/// It tells `EngineTraces` what becomes of each probe: `settle` when it has left or could not, `accept` for a reply,
/// and `freed` when it can take another. From any thread, and never while it holds a lock of its own that one of these
/// calls takes.
protocol Engine: AnyObject, Sendable {
  /// Takes probes, never more at once than its room; never blocks.
  func carry(_ probes: [EngineProbe])

  /// A trace has been cancelled: nobody waits for its probes any more; never blocks.
  func cancel(_ life: TraceLife)

  /// No trace is running: threads that have nothing to do may end; never blocks. It may come too early, when the next
  /// trace has just begun: what is carried is carried all the same.
  func rest()

  /// Ends every thread and closes every descriptor, and waits until that is done; nothing is carried afterwards.
  func shutDown()
}

/// How many probes an engine can have at once.
struct EngineRoom: Sendable {
  /// Places for a probe from its launch to the end of all that is done for it: threads of a pool, sockets of a wait.
  var places: Int
  /// Of these, how many may be waiting for their reply.
  var waits: Int

  init(places: Int = .max, waits: Int = .max) {
    self.places = places
    self.waits = waits
  }

  /// How many more it takes now.
  var left: Int { max(0, min(places, waits)) }

  /// Gives back what probes took.
  mutating func free(places: Int, waits: Int) {
    if self.places != .max { self.places += places }
    if self.waits != .max { self.waits += waits }
  }
}
