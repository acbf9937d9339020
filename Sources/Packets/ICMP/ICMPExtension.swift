/// The extension structure behind the quoted datagram of an ICMP error, RFC 4884 section 7.
///
///      0      | version 2 (4 bits) | reserved (4 bits)
///      1      | reserved
///      2…3    | checksum over the whole structure, 0 when it was not computed
///      4…     | objects: length (2 bytes, header included), class, type, then the object's own bytes
package struct ICMPExtension: Hashable, Sendable {
  /// The length of the structure's header, in bytes; an object's header is as long.
  package static let headerLength = 4
  /// The version that RFC 4884 defines.
  static let version: UInt8 = 2
  /// The most objects that are read; real structures have one to four.
  package static let maximumObjectCount = 32

  /// The objects in their order; those before the fault when there is one.
  package var objects: [ICMPExtensionObject]
  /// What is wrong with the structure; nil when it was read whole.
  package var error: PacketError?

  /// What was read of a structure.
  package init(objects: [ICMPExtensionObject] = [], error: PacketError? = nil) {
    self.objects = objects
    self.error = error
  }

  /// Reads the structure that `ICMPMessage.extensions` or an error queue points to.
  ///
  /// It never fails: a responder that cannot write its objects has still answered, so a fault is an `error` beside the
  /// objects that came before it. It allocates, and is for later than the match.
  package static func parse(_ bytes: RawSpan, in range: Range<Int>) -> ICMPExtension {
    var result = ICMPExtension()
    do throws(PacketError) {
      let bytes = bytes.extracting(first: max(0, min(range.upperBound, bytes.byteCount)))
      try checkHeader(bytes, at: range.lowerBound)
      try result.readObjects(bytes, at: range.lowerBound + headerLength)
    } catch {
      result.error = error
    }
    return result
  }

  /// Whether the bytes in `range`, which must be inside, are an extension structure beyond doubt.
  ///
  /// In the legacy layout nothing announces the structure, and what stands there may be a long quote: only a version and a
  /// checksum that hold, and a checksum that was computed at all, tell them apart (RFC 4884 section 5.5).
  static func isCertain(_ bytes: RawSpan, in range: Range<Int>) -> Bool {
    guard bytes.uint8(at: range.lowerBound) >> 4 == version, bytes.uint16(at: range.lowerBound + 2) != 0 else {
      return false
    }
    var sum = InternetChecksum()
    sum.add(bytes, in: range)
    return sum.holds
  }

  private static func checkHeader(_ bytes: RawSpan, at offset: Int) throws(PacketError) {
    try bytes.require(headerLength, at: offset, .extensionHeader)
    guard bytes.uint8(at: offset) >> 4 == version else {
      throw PacketError(.extensionVersion, at: offset, .badVersion)
    }
    guard bytes.uint16(at: offset + 2) != 0 else { return }
    var sum = InternetChecksum()
    sum.add(bytes, in: offset..<bytes.byteCount)
    guard sum.holds else { throw PacketError(.extensionChecksum, at: offset + 2, .badChecksum) }
  }

  private mutating func readObjects(_ bytes: RawSpan, at start: Int) throws(PacketError) {
    var offset = start
    while offset < bytes.byteCount {
      guard objects.count < Self.maximumObjectCount else {
        throw PacketError(.extensionObject, at: offset, .tooMany)
      }
      try bytes.require(Self.headerLength, at: offset, .extensionObject)
      let length = Int(bytes.uint16(at: offset))
      guard length >= Self.headerLength, length <= bytes.byteCount - offset else {
        throw PacketError(.extensionObjectLength, at: offset, .badLength)
      }
      objects.append(try ICMPExtensionObject.parse(bytes, in: offset..<(offset + length)))
      offset += length
    }
  }
}
