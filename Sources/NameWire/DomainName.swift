import Packets

/// A domain name (RFC 1035 section 3.1): labels of any bytes, equal when they differ in the case of ASCII letters only
/// (RFC 4343).
///
/// On the wire each label is a byte with its length and that many bytes; the root, of length 0, ends the name.
///
///     07 'e' 'x' 'a' 'm' 'p' 'l' 'e'  04 't' 'e' 's' 't'  00
package struct DomainName: Sendable {
  /// The longest name, with its length bytes and the root (RFC 1035 section 2.3.4).
  package static let mostBytes = 255
  /// The longest label (RFC 1035 section 2.3.4).
  package static let mostLabelBytes = 63
  /// A name has at most 127 labels, and a pointer that stands in front of no label is of no use.
  static let mostPointers = 127

  /// The name on the wire, uncompressed, with its letters in the case in which they came.
  package let wire: [UInt8]

  /// The root, which has no label.
  package static let root = DomainName(wire: [0])

  /// - Parameter wire: known to be a name.
  init(wire: [UInt8]) { self.wire = wire }

  /// The bytes of each label, the root's left out.
  package var labels: [ArraySlice<UInt8>] {
    var labels: [ArraySlice<UInt8>] = []
    var start = 0
    while wire[start] != 0 {
      let end = start + 1 + Int(wire[start])
      labels.append(wire[start + 1..<end])
      start = end
    }
    return labels
  }
}

extension DomainName: Hashable {
  /// Whether both are the same name, whatever the case of their ASCII letters.
  package static func == (left: DomainName, right: DomainName) -> Bool {
    left.wire.count == right.wire.count && zip(left.wire, right.wire).allSatisfy { lowered($0) == lowered($1) }
  }

  /// Feeds the name in lower case.
  package func hash(into hasher: inout Hasher) {
    for byte in wire { hasher.combine(Self.lowered(byte)) }
  }

  /// Lengths are at most 63, below every letter, so that a whole name may be lowered without knowing its labels.
  static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

// On the wire.
extension DomainName {
  /// The two bits that tell a compression pointer from the length of a label (RFC 1035 section 4.1.4).
  private static let pointerBits: UInt8 = 0xc0

  /// Reads a name that may be compressed.
  ///
  /// A pointer must lead to a place before everything that was read of the name so far. The format means that ("a prior
  /// occurrence of the same name"), and it makes a loop impossible.
  /// - Returns: the name, and where the field behind it starts.
  /// - Throws: what is wrong with it.
  package static func parse(
    _ message: RawSpan, at start: Int
  ) throws(NameWireError) -> (name: DomainName, end: Int) {
    var wire: [UInt8] = []
    var offset = start
    /// Where the part that is being read began: the next pointer has to lead before it.
    var partStart = start
    var end: Int?
    var pointers = 0
    while true {
      try message.require(1, at: offset, .name)
      let length = message.uint8(at: offset)
      switch length & pointerBits {
      case 0:
        try message.require(1 + Int(length), at: offset, .name)
        guard wire.count + 1 + Int(length) + (length == 0 ? 0 : 1) <= mostBytes else {
          throw NameWireError(.name, at: start, .badLength)
        }
        for index in 0...Int(length) { wire.append(message.uint8(at: offset + index)) }
        offset += 1 + Int(length)
        if length == 0 { return (DomainName(wire: wire), end ?? offset) }
      case pointerBits:
        try message.require(2, at: offset, .compressionPointer)
        let target = Int(message.uint16(at: offset) & 0x3fff)
        guard target < partStart else { throw NameWireError(.compressionPointer, at: offset, .notBackwards) }
        pointers += 1
        guard pointers <= mostPointers else { throw NameWireError(.compressionPointer, at: offset, .tooMany) }
        if end == nil { end = offset + 2 }
        offset = target
        partStart = target
      case _:
        throw NameWireError(.name, at: offset, .badLabel)
      }
    }
  }

  /// Appends the name, uncompressed.
  package func write(into writer: inout ByteWriter) {
    writer.append(wire)
  }
}
