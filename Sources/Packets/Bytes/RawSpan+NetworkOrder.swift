// Reading integers in network order. A parser calls `require` once for a header, which throws, and then loads the header's
// fields, each of which is still bounds-checked: a load that no `require` covers is a programmer's error and traps
// instead of reading outside. The loads are named unsafe because the library cannot know that every pattern of bits is a
// value of the type; for integers it is.

extension RawSpan {
  /// Checks that `count` bytes start at `offset`.
  ///
  /// - Throws: `truncated`, naming `field`, when they do not.
  @inline(__always)
  package func require(_ count: Int, at offset: Int, _ field: PacketField) throws(PacketError) {
    guard offset >= 0, offset <= byteCount, byteCount - offset >= count else {
      throw PacketError(field, at: offset, .truncated)
    }
  }

  /// The byte at `offset`, which must be inside.
  @inline(__always)
  package func uint8(at offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The 16 bits at `offset`, which must be inside; any alignment.
  @inline(__always)
  package func uint16(at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The 32 bits at `offset`, which must be inside; any alignment.
  @inline(__always)
  package func uint32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The 64 bits at `offset`, which must be inside; any alignment.
  @inline(__always)
  package func uint64(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
