import CSystemIO

/// Room for one call of `csio_receive`, used again and again.
struct ArrivalScratch {
  /// Bytes for each arrival; longer ones are cut off. `ArrivalBatch.mostBytes`, rounded up to what lies well in memory.
  static let slotSize = 1536

  private(set) var arrivals = [csio_arrival](repeating: csio_arrival(), count: Int(csio_receive_max))
  private var slots = [UInt8](repeating: 0, count: Int(csio_receive_max) * slotSize)
  /// Those of the arrivals that were received and not handed out yet.
  private(set) var pending = 0..<0

  /// Receives up to `most` in place of what was here.
  ///
  /// - Returns: whether there may be more.
  mutating func receive(from descriptor: Int32, errorQueue: Bool, most: Int) -> Bool {
    let wanted = min(most, arrivals.count)
    let found = csio_receive(
      descriptor, errorQueue ? 1 : 0, &arrivals, Int32(wanted), &slots, UInt32(Self.slotSize))
    pending = 0..<max(0, Int(found))
    return Int(found) == wanted
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
