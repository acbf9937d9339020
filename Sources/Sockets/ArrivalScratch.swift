import CSystemIO

/// Room for one call of `csio_receive`, used again and again.
struct ArrivalScratch {
  /// Bytes for each arrival; longer ones are cut off. `ArrivalBatch.mostBytes`, rounded up to what lies well in memory.
  static let slotSize = 1536

  private let capacity: Int
  private(set) var arrivals: [csio_arrival] = []
  private var slots: [UInt8] = []
  /// Those of the arrivals that were received and not handed out yet.
  private(set) var pending = 0..<0

  /// Takes no memory before the first call.
  ///
  /// - Parameter capacity: the most arrivals that one call brings, up to `csio_receive_max`.
  init(capacity: Int = Int(csio_receive_max)) {
    self.capacity = capacity
  }

  /// Receives up to `most` in place of what was here.
  ///
  /// - Returns: whether there may be more.
  mutating func receive(from descriptor: Int32, errorQueue: Bool, most: Int) -> Bool {
    if arrivals.isEmpty { allocate() }
    let wanted = min(most, arrivals.count)
    let found = csio_receive(
      descriptor, errorQueue ? 1 : 0, &arrivals, Int32(wanted), &slots, UInt32(Self.slotSize))
    pending = 0..<max(0, Int(found))
    return Int(found) == wanted
  }

  private mutating func allocate() {
    arrivals = Array(repeating: csio_arrival(), count: capacity)
    slots = Array(repeating: 0, count: capacity * Self.slotSize)
  }

  /// The next one that is pending, which is no longer so.
  mutating func next() -> Int? {
    pending.popFirst()
  }

  /// Appends the bytes of an arrival and returns where they lie now.
  func copy(_ index: Int, to bytes: inout [UInt8]) -> Range<Int> {
    let start = bytes.count
    let slot = index * Self.slotSize
    bytes.append(contentsOf: slots[slot..<slot + min(Int(arrivals[index].length), Self.slotSize)])
    return start..<bytes.count
  }

  mutating func removeAll() {
    pending = 0..<0
  }
}
