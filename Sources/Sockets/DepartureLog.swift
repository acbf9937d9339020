import Probing
import Time

/// Remembers which launch left a socket under which identifier, until the kernel's stamp of its departure comes back.
///
/// A ring: the stamp comes within microseconds, and one that has not come after `capacity` more departures never will.
/// Takes no memory before the first departure.
struct DepartureLog {
  private struct Entry {
    var identifier: UInt32
    var launch: LaunchID
    var sentAt: Instant
  }

  /// Enough for a shared socket: sixteen full batches.
  static let sharedCapacity = 1_024

  private let capacity: Int

  private var entries: [Entry?] = []
  /// Stamps that are still to come.
  private(set) var outstanding = 0

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Takes note of a departure.
  ///
  /// - Parameter sentAt: read before the call, so that the stamp cannot be earlier.
  mutating func insert(_ identifier: UInt32, _ launch: LaunchID, sentAt: Instant) {
    if entries.isEmpty { entries = Array(repeating: nil, count: capacity) }
    let index = Int(identifier) % capacity
    if entries[index] == nil { outstanding += 1 }
    entries[index] = Entry(identifier: identifier, launch: launch, sentAt: sentAt)
  }

  /// Removes and returns the departure that a stamp belongs to; nil when it is not known (any more).
  mutating func take(_ identifier: UInt32) -> (launch: LaunchID, sentAt: Instant)? {
    let index = Int(identifier) % capacity
    guard index < entries.count, let entry = entries[index], entry.identifier == identifier else { return nil }
    entries[index] = nil
    outstanding -= 1
    return (entry.launch, entry.sentAt)
  }

  /// Forgets everything: identifiers can no longer be trusted.
  mutating func removeAll() {
    entries = []
    outstanding = 0
  }
}
