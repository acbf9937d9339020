/// A range of addresses and the text that speaks for it.
struct PrefixRange<Bound: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  let first: Bound
  let last: Bound
  let text: UInt32
  /// Of the announced prefix; `noLength` for a range that need not be one.
  let length: UInt8

  static var noLength: UInt8 { .max }
}

/// The addresses of one family, cut where what speaks for them changes.
struct PrefixSegments<Bound: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  // One array for each field: the search touches the first one only.

  /// Where each segment begins; it ends before the next one.
  private var starts: [Bound] = []
  private var texts: [UInt32] = []
  private var lengths: [UInt8] = []

  /// The text of a gap.
  private static var nothing: UInt32 { .max }

  /// Cuts the addresses at the ends of the ranges. Where ranges overlap, that which begins last speaks, and of those which begin
  /// together the shorter one: of prefixes that is the longest.
  ///
  /// - Parameter ranges: in any order; sorted in place.
  init(_ ranges: inout [PrefixRange<Bound>]) {
    func isOrdered(_ one: PrefixRange<Bound>, _ other: PrefixRange<Bound>) -> Bool {
      one.first != other.first ? one.first < other.first : one.last > other.last
    }
    // The public files are sorted.
    if !zip(ranges, ranges.dropFirst()).allSatisfy({ !isOrdered($1, $0) }) { ranges.sort(by: isOrdered) }
    var open: [PrefixRange<Bound>] = []
    for range in ranges {
      close(&open, before: range.first)
      cut(at: range.first, range)
      open.append(range)
    }
    close(&open, before: nil)
  }

  /// Ends the ranges that end before an address, or all.
  private mutating func close(_ open: inout [PrefixRange<Bound>], before limit: Bound?) {
    while let ended = open.last, limit.map({ ended.last < $0 }) ?? true {
      // With it end those around it that do not go on beyond it.
      while let last = open.last?.last, last <= ended.last { open.removeLast() }
      guard ended.last < .max else { return }
      cut(at: ended.last + 1, open.last)
    }
  }

  private mutating func cut(at start: Bound, _ range: PrefixRange<Bound>?) {
    if starts.last == start {
      starts.removeLast()
      texts.removeLast()
      lengths.removeLast()
    }
    starts.append(start)
    texts.append(range?.text ?? Self.nothing)
    lengths.append(range?.length ?? PrefixRange<Bound>.noLength)
  }

  var byteCount: Int {
    starts.count * (MemoryLayout<Bound>.stride + MemoryLayout<UInt32>.stride + MemoryLayout<UInt8>.stride)
  }

  func find(_ address: Bound) -> PrefixMatch? {
    // The number of segments that begin at or before the address.
    var low = 0
    var high = starts.count
    while low < high {
      let middle = low + (high - low) / 2
      if starts[middle] <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, texts[low - 1] != Self.nothing else { return nil }
    let length = lengths[low - 1]
    guard length == PrefixRange<Bound>.noLength else { return PrefixMatch(length: Int(length), text: texts[low - 1]) }
    let last = low < starts.count ? starts[low] - 1 : .max
    return PrefixMatch(length: Self.longestBlock(holding: address, in: starts[low - 1]...last), text: texts[low - 1])
  }

  /// The length of the largest block that holds the address and lies within the range.
  private static func longestBlock(holding address: Bound, in range: ClosedRange<Bound>) -> Int {
    var hostBits = 0
    while hostBits < Bound.bitWidth {
      let mask: Bound = ~0 >> Bound(Bound.bitWidth - 1 - hostBits)
      guard address & ~mask >= range.lowerBound, address | mask <= range.upperBound else { break }
      hostBits += 1
    }
    return Bound.bitWidth - hostBits
  }
}
