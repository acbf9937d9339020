import DequeModule
import Packets
import Time
import Tracing

/// Finds the probe that a reply belongs to: wire identity ↔ launch.
///
/// # Theory of operation
///
/// A launch occupies a slot from before it is sent until `keep` after the last moment at which its reply could have
/// counted. While it does, its identity belongs to it alone: `insert` refuses a second launch with the same one, so a
/// late reply can never be taken for the answer to another probe.
///
/// The index is open addressing with linear probing over a power of two at most half full; removal shifts the
/// following entries back, so that no tombstone slows a look-up. Slots are reused under a new generation. Expiry is a
/// queue in order of insertion: an entry is kept at least as long as asked, and somewhat longer behind one that was to
/// be kept longer.
package struct ProbeTable {
  package struct Entry {
    package var identity: WireIdentity
    /// The index of its tracer in the `TracerTable`.
    package var tracer: Int
    package var probe: ProbeID
    fileprivate var generation: UInt32
    fileprivate var isUsed: Bool
  }

  private var entries: [Entry] = []
  private var free: [UInt32] = []
  /// Places: 0 when empty, else the upper half of the identity's hash above slot + 1. The hash lets a look-up pass
  /// over other identities, and a removal shift them, without touching their entries.
  private var index: [UInt64]
  private var mask: Int
  private var expiries: Deque<(launch: LaunchID, at: Instant)> = []

  /// Most launches kept at once: 200,000 outstanding five times over. An entry takes about 60 bytes.
  package static let mostEntries = 1 << 20

  package init() {
    index = Array(repeating: 0, count: 1024)
    mask = 1023
  }

  package var count: Int { entries.count - free.count }

  /// Takes the identity for a launch.
  ///
  /// - Returns: nil when the identity is taken, or the table is full: the launch has to wait.
  package mutating func insert(
    _ identity: WireIdentity, tracer: Int, probe: ProbeID, keepUntil: Instant
  ) -> LaunchID? {
    guard count < Self.mostEntries else { return nil }
    if count * 2 >= index.count { grow() }
    let hash = identity.mixed
    let place = position(of: identity, hash)
    guard index[place] == 0 else { return nil }
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
      let generation = entries[Int(slot)].generation &+ 1
      entries[Int(slot)] = Entry(
        identity: identity, tracer: tracer, probe: probe, generation: generation, isUsed: true)
    } else {
      slot = UInt32(entries.count)
      entries.append(Entry(identity: identity, tracer: tracer, probe: probe, generation: 0, isUsed: true))
    }
    index[place] = Self.indexed(hash, slot)
    let launch = LaunchID(slot: slot, generation: entries[Int(slot)].generation)
    expiries.append((launch, keepUntil))
    return launch
  }

  /// The launch with that identity; nil when no probe of ours has it, which is common on a raw socket.
  package func find(_ identity: WireIdentity) -> Entry? {
    let found = index[position(of: identity, identity.mixed)]
    return found == 0 ? nil : entries[Self.slot(found)]
  }

  /// The launch by its own name; nil when it has been forgotten.
  package func find(_ launch: LaunchID) -> Entry? {
    guard Int(launch.slot) < entries.count else { return nil }
    let entry = entries[Int(launch.slot)]
    return entry.isUsed && entry.generation == launch.generation ? entry : nil
  }

  /// The launch of a tracer's probe. Takes time proportional to the table.
  package func find(tracer: Int, probe: ProbeID) -> Entry? {
    entries.first { $0.isUsed && $0.tracer == tracer && $0.probe == probe }
  }

  /// Finds an echo's launch by what remains when it is answered by another address than the one it was sent to.
  ///
  /// Takes time proportional to the table: such replies are rare, and a table too large to search at every packet of a
  /// stranger is not searched (`mostSearched`).
  package func findAnswered(elsewhere identity: WireIdentity) -> Entry? {
    guard entries.count <= Self.mostSearched else { return nil }
    return entries.first {
      $0.isUsed && $0.identity.sequence == identity.sequence && $0.identity.local == identity.local
        && $0.identity.protocolName == identity.protocolName
        && $0.identity.destination.family == identity.destination.family
    }
  }

  private static let mostSearched = 4096

  /// Forgets a launch before its time: it was never sent.
  package mutating func remove(_ launch: LaunchID) {
    guard let entry = find(launch) else { return }
    erase(at: position(of: entry.identity, entry.identity.mixed))
    entries[Int(launch.slot)].isUsed = false
    free.append(launch.slot)
  }

  /// Forgets the launches whose time is over, and calls `body` with the tracer of each.
  package mutating func expire(at now: Instant, _ body: (Int) -> Void) {
    while let first = expiries.first, first.at <= now {
      expiries.removeFirst()
      guard let entry = find(first.launch) else { continue }
      remove(first.launch)
      body(entry.tracer)
    }
  }

  /// When the oldest launch may be forgotten; nil when the table is empty.
  package var nextExpiry: Instant? { expiries.first?.at }

  @inline(__always)
  private static func indexed(_ hash: UInt64, _ slot: UInt32) -> UInt64 { hash & ~0xffff_ffff | UInt64(slot + 1) }

  @inline(__always)
  private static func slot(_ indexed: UInt64) -> Int { Int(indexed & 0xffff_ffff) - 1 }

  /// The place at which an identity with that hash would stand in an index without others.
  @inline(__always)
  private func home(_ hash: UInt64) -> Int { Int(hash >> 32) & mask }

  /// Where the identity stands in the index, or the empty place where it would.
  @inline(__always)
  private func position(of identity: WireIdentity, _ hash: UInt64) -> Int {
    var place = home(hash)
    while index[place] != 0 {
      let found = index[place]
      if (found ^ hash) >> 32 == 0, entries[Self.slot(found)].identity == identity { break }
      place = (place + 1) & mask
    }
    return place
  }

  private mutating func erase(at start: Int) {
    var hole = start
    index[hole] = 0
    var place = (hole + 1) & mask
    while index[place] != 0 {
      // An entry may move back to the hole unless its home lies between the hole and where it stands.
      if (place &- home(index[place])) & mask >= (place &- hole) & mask {
        index[hole] = index[place]
        index[place] = 0
        hole = place
      }
      place = (place + 1) & mask
    }
  }

  private mutating func grow() {
    index = Array(repeating: 0, count: index.count * 2)
    mask = index.count - 1
    for slot in entries.indices where entries[slot].isUsed {
      let hash = entries[slot].identity.mixed
      index[position(of: entries[slot].identity, hash)] = Self.indexed(hash, UInt32(slot))
    }
  }
}
