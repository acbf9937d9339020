import CSystemIO

/// Room for datagrams that come over a pair, used again and again.
struct LabInbox {
  /// The kernel stamps a datagram before it queues it, and the sender may lose the processor between the two: what is
  /// found now may have been stamped so long before a moment that found nothing. More than a busy machine's longest
  /// turn; within it, a step of the wall clock leaves stamps to the program.
  static let queueDelay = Duration.milliseconds(250)

  /// Bytes for each.
  private static let slotSize = 1_536

  private var arrivals: [csio_arrival]
  private var slots: [UInt8]
  private(set) var count = 0

  /// - Parameter capacity: the most that one call brings.
  init(capacity: Int) {
    precondition(LabWire.longest <= Self.slotSize, "A slot holds the longest datagram.")
    arrivals = Array(repeating: csio_arrival(), count: min(capacity, Int(csio_receive_max)))
    slots = Array(repeating: 0, count: arrivals.count * Self.slotSize)
  }

  /// Receives up to `most` in place of what was here.
  ///
  /// - Returns: whether there may be more.
  mutating func receive(from descriptor: Int32, most: Int = .max) -> Bool {
    let wanted = min(most, arrivals.count)
    let found = csio_receive(descriptor, 0, &arrivals, Int32(wanted), &slots, UInt32(Self.slotSize))
    count = max(0, Int(found))
    return count == wanted
  }

  /// What all `range`s lie in.
  var bytes: [UInt8] { slots }

  /// Where datagram `index` lies.
  func range(_ index: Int) -> Range<Int> {
    let start = index * Self.slotSize
    return start..<start + min(Int(arrivals[index].length), Self.slotSize)
  }

  /// CLOCK_REALTIME in nanoseconds as the kernel stamped it; 0 when it did not.
  func stamp(_ index: Int) -> Int64 { arrivals[index].stamp }
}
