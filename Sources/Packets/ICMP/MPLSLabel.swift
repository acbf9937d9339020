/// One entry of an MPLS label stack, RFC 3032 section 2.1: label (20 bits), traffic class (3), bottom of stack (1), TTL (8).
package struct MPLSLabel: Hashable, Sendable {
  /// The length of an entry, in bytes.
  static let length = 4

  /// 0…1,048,575.
  package var label: UInt32
  /// 0…7, the former EXP bits (RFC 5462).
  package var trafficClass: UInt8
  /// Whether it is the last entry, next to the IP header.
  package var bottomOfStack: Bool
  /// The TTL that the entry arrived with.
  package var timeToLive: UInt8

  /// An entry; bits beyond a field's width are dropped.
  package init(label: UInt32, trafficClass: UInt8 = 0, bottomOfStack: Bool, timeToLive: UInt8) {
    self.label = label & 0xf_ffff
    self.trafficClass = trafficClass & 7
    self.bottomOfStack = bottomOfStack
    self.timeToLive = timeToLive
  }

  /// The entry as it stands on the wire.
  package var word: UInt32 {
    label << 12 | UInt32(trafficClass) << 9 | (bottomOfStack ? 0x100 : 0) | UInt32(timeToLive)
  }

  private init(word: UInt32) {
    self.init(
      label: word >> 12, trafficClass: UInt8(truncatingIfNeeded: word >> 9), bottomOfStack: word & 0x100 != 0,
      timeToLive: UInt8(truncatingIfNeeded: word))
  }

  /// Reads the stack that fills `range`, which must be inside the span.
  static func parseStack(_ bytes: RawSpan, in range: Range<Int>) throws(PacketError) -> [MPLSLabel] {
    guard range.count.isMultiple(of: length) else {
      throw PacketError(.mplsLabels, at: range.lowerBound, .badLength)
    }
    return stride(from: range.lowerBound, to: range.upperBound, by: length).map {
      MPLSLabel(word: bytes.uint32(at: $0))
    }
  }
}
