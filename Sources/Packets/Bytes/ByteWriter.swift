/// Builds packets in network order in storage that it keeps: one packet after the other, or a batch side by side.
///
/// The first `count` bytes of `storage` are what was written; the rest is room. Once the storage has grown to the size of
/// a batch, writing allocates nothing.
package struct ByteWriter: Sendable {
  /// The bytes written, then room; take a span of it and extract what is needed.
  package private(set) var storage: [UInt8]
  /// How many bytes were written.
  package private(set) var count = 0

  /// An empty writer with room for `capacity` bytes; it grows when that is not enough.
  package init(capacity: Int = 2048) {
    storage = Array(repeating: 0, count: capacity)
  }

  /// A copy of what was written, as an array of its own.
  package var bytes: [UInt8] {
    Array(storage[..<count])
  }

  /// Forgets what was written and keeps the room.
  package mutating func removeAll() {
    count = 0
  }

  /// Appends a byte.
  @inline(__always)
  package mutating func append(_ value: UInt8) {
    store(value)
  }

  /// Appends 16 bits.
  @inline(__always)
  package mutating func append(_ value: UInt16) {
    store(value.bigEndian)
  }

  /// Appends 32 bits.
  @inline(__always)
  package mutating func append(_ value: UInt32) {
    store(value.bigEndian)
  }

  /// Appends 64 bits.
  @inline(__always)
  package mutating func append(_ value: UInt64) {
    store(value.bigEndian)
  }

  /// Appends `length` zero bytes.
  package mutating func append(zeros length: Int) {
    reserve(length)
    let start = count
    var room = storage.mutableSpan
    var target = room.mutableBytes
    var index = 0
    while index + 8 <= length {
      target.storeBytes(of: 0, toByteOffset: start + index, as: UInt64.self)
      index += 8
    }
    while index < length {
      target.storeBytes(of: 0, toByteOffset: start + index, as: UInt8.self)
      index += 1
    }
    count += length
  }

  /// Appends bytes as they are.
  package mutating func append(_ bytes: RawSpan) {
    let length = bytes.byteCount
    reserve(length)
    let start = count
    var room = storage.mutableSpan
    var target = room.mutableBytes
    var index = 0
    while index + 8 <= length {
      let word = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      target.storeBytes(of: word, toByteOffset: start + index, as: UInt64.self)
      index += 8
    }
    while index < length {
      target.storeBytes(of: bytes.uint8(at: index), toByteOffset: start + index, as: UInt8.self)
      index += 1
    }
    count += length
  }

  /// Appends bytes as they are.
  package mutating func append(_ bytes: [UInt8]) {
    append(bytes.span.bytes)
  }

  /// Overwrites 16 bits that were written before, as for a checksum or a length.
  @inline(__always)
  package mutating func set(_ value: UInt16, at offset: Int) {
    precondition(offset >= 0 && offset <= count - 2, "a field can be set only where bytes were written")
    var room = storage.mutableSpan
    var target = room.mutableBytes
    target.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }

  @inline(__always)
  private mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    reserve(MemoryLayout<Value>.size)
    let start = count
    var room = storage.mutableSpan
    var target = room.mutableBytes
    target.storeBytes(of: value, toByteOffset: start, as: Value.self)
    count += MemoryLayout<Value>.size
  }

  @inline(__always)
  private mutating func reserve(_ length: Int) {
    if storage.count - count < length { grow(by: length) }
  }

  @inline(never)
  private mutating func grow(by length: Int) {
    storage.append(contentsOf: repeatElement(0, count: max(length, storage.count)))
  }
}
