import Probing
import Time

/// The probes that one thread waits for, by a number that the kernel gives back.
///
/// A probe whose timeout is over is kept for a late reply as long as its identity is; it takes no room from probes to
/// come.
struct OpenProbes {
  private struct Entry {
    let probe: OpenProbe
    var isLate = false
  }

  private var entries: [UInt64: Entry] = [:]
  /// The number of the next.
  private(set) var next: UInt64
  /// Kept late, by number, which is by age.
  private var late: [UInt64] = []

  /// Most sockets kept for late replies, beyond which the oldest is closed: eight traces of thirty silent probes, well
  /// below the 1,024 descriptors that a process may usually have.
  static let mostLate = 256

  /// - Parameter first: where numbers begin.
  init(from first: UInt64) { next = first }

  var count: Int { entries.count }

  /// The number of each.
  var numbers: [UInt64] { Array(entries.keys) }

  subscript(number: UInt64) -> OpenProbe? { entries[number]?.probe }

  /// Takes a probe that has left; returns its number.
  mutating func add(_ probe: OpenProbe) -> UInt64 {
    defer { next += 1 }
    entries[next] = Entry(probe: probe)
    return next
  }

  /// Takes a probe off; returns whether it still took room.
  mutating func remove(_ number: UInt64) -> Bool {
    guard let entry = entries.removeValue(forKey: number) else { return false }
    if entry.isLate { late.removeAll { $0 == number } }
    return !entry.isLate
  }

  /// When the next probe becomes late or is to be closed; `distantFuture` when there is none.
  var nextDeadline: Instant {
    entries.values.map { $0.isLate ? $0.probe.end : $0.probe.deadline }.min() ?? .distantFuture
  }

  /// Lets time pass.
  ///
  /// - Returns: how many probes have become late, and which are to be removed.
  mutating func expire(at now: Instant) -> (late: Int, over: [UInt64]) {
    var over: [UInt64] = []
    let known = late.count
    for number in entries.keys.sorted() {
      guard let entry = entries[number] else { continue }
      if entry.probe.probe.life.isCancelled || entry.probe.end <= now {
        over.append(number)
      } else if !entry.isLate, entry.probe.deadline <= now {
        entries[number]?.isLate = true
        late.append(number)
      }
    }
    let new = late.count - known
    if late.count > Self.mostLate { over += late.prefix(late.count - Self.mostLate) }
    return (new, over)
  }
}
