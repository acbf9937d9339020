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
/// be kept longer. The queue and the list of free slots run through the entries themselves, so that an insertion
/// writes one entry and one place, and grows nothing: from insertion to expiry 370 instructions instead of 590 with a
/// deque and an array beside the entries.
package struct ProbeTable {
  package struct Entry {
    package var identity: WireIdentity
    /// The index of its tracer in the `TracerTable`.
    package var tracer: Int
    package var probe: ProbeID
    fileprivate var generation: UInt32
    fileprivate var isUsed: Bool
    fileprivate var keepUntil: Instant
    /// Neighbours in the queue of expiries; of a free slot, `next` is the next free one. `noSlot` at the ends.
    fileprivate var previous: UInt32
    fileprivate var next: UInt32
  }

  private var entries: [Entry] = []
  private var freeCount = 0
  private var firstFree = Self.noSlot
  /// The ends of the queue of expiries.
  private var oldest = Self.noSlot
  private var newest = Self.noSlot
  /// Places: 0 when empty, else the upper half of the identity's hash above slot + 1. The hash lets a look-up pass
  /// over other identities, and a removal shift them, without touching their entries.
  private var index: [UInt64]
  private var mask: Int

  /// Most launches kept at once: 200,000 outstanding five times over. An entry takes 64 bytes.
  package static let mostEntries = 1 << 20
  private static let noSlot = UInt32.max

  package init() {
    index = Array(repeating: 0, count: 1024)
    mask = 1023
  }

  package var count: Int { entries.count - freeCount }

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
    let entry = Entry(
      identity: identity, tracer: tracer, probe: probe, generation: 0, isUsed: true, keepUntil: keepUntil,
      previous: newest, next: Self.noSlot)
    let launch = occupy(entry)
    index[place] = Self.indexed(hash, launch.slot)
    return launch
  }

  /// Puts an entry into a free slot and at the end of the queue.
  @inline(__always)
  private mutating func occupy(_ entry: Entry) -> LaunchID {
    let last = newest
    var launch = LaunchID(slot: firstFree, generation: 0)
    if launch.slot == Self.noSlot {
      launch.slot = UInt32(entries.count)
      entries.append(entry)
      if last != Self.noSlot { entries[Int(last)].next = launch.slot }
    } else {
      // One span, so that whether the storage is shared is looked at once.
      var all = entries.mutableSpan
      let slot = Int(launch.slot)
      let nextFree = all[slot].next
      launch.generation = all[slot].generation &+ 1
      all[slot] = entry
      all[slot].generation = launch.generation
      if last != Self.noSlot { all[Int(last)].next = launch.slot }
      firstFree = nextFree
      freeCount -= 1
    }
    if last == Self.noSlot { oldest = launch.slot }
    newest = launch.slot
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
    guard find(launch) != nil else { return }
    release(launch.slot)
  }

  /// Forgets the launches whose time is over, and calls `body` with the tracer of each.
  package mutating func expire(at now: Instant, _ body: (Int) -> Void) {
    while oldest != Self.noSlot, entries[Int(oldest)].keepUntil <= now {
      let tracer = entries[Int(oldest)].tracer
      release(oldest)
      body(tracer)
    }
  }

  /// When the oldest launch may be forgotten; nil when the table is empty.
  package var nextExpiry: Instant? { oldest == Self.noSlot ? nil : entries[Int(oldest)].keepUntil }

  /// Frees a slot in use.
  @inline(__always)
  private mutating func release(_ slot: UInt32) {
    erase(at: position(of: slot, entries[Int(slot)].identity.mixed))
    let nextFree = firstFree
    var all = entries.mutableSpan
    let previous = all[Int(slot)].previous
    let next = all[Int(slot)].next
    if previous != Self.noSlot { all[Int(previous)].next = next }
    if next != Self.noSlot { all[Int(next)].previous = previous }
    all[Int(slot)].isUsed = false
    all[Int(slot)].next = nextFree
    if previous == Self.noSlot { oldest = next }
    if next == Self.noSlot { newest = previous }
    firstFree = slot
    freeCount += 1
  }

  @inline(__always)
  private static func indexed(_ hash: UInt64, _ slot: UInt32) -> UInt64 { hash & ~0xffff_ffff | UInt64(slot + 1) }

  @inline(__always)
  private static func slot(_ indexed: UInt64) -> Int { Int(indexed & 0xffff_ffff) - 1 }

  /// The place at which an identity with that hash would stand in an index without others.
  @inline(__always)
  private static func home(_ hash: UInt64, _ mask: Int) -> Int { Int(hash >> 32) & mask }

  /// Where the identity stands in the index, or the empty place where it would.
  @inline(__always)
  private func position(of identity: WireIdentity, _ hash: UInt64) -> Int {
    var place = Self.home(hash, mask)
    while index[place] != 0 {
      let found = index[place]
      if (found ^ hash) >> 32 == 0, entries[Self.slot(found)].identity == identity { break }
      place = (place + 1) & mask
    }
    return place
  }

  /// Where the identity of a slot in use stands in the index, found without looking at entries.
  ///
  /// - Parameter hash: of that identity.
  @inline(__always)
  private func position(of slot: UInt32, _ hash: UInt64) -> Int {
    let wanted = Self.indexed(hash, slot)
    var place = Self.home(hash, mask)
    while index[place] != wanted { place = (place + 1) & mask }
    return place
  }

  private mutating func erase(at start: Int) {
    let mask = self.mask
    var index = self.index.mutableSpan
    var hole = start
    index[hole] = 0
    var place = (hole + 1) & mask
    while index[place] != 0 {
      // An entry may move back to the hole unless its home lies between the hole and where it stands.
      if (place &- Self.home(index[place], mask)) & mask >= (place &- hole) & mask {
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
