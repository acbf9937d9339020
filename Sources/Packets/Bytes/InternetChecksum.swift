/// The checksum of the internet protocols, RFC 1071: the complement of the ones' complement sum of 16-bit words.
///
/// Collects the sum over any number of pieces (a pseudo header, a header, data), each of which counts as if it followed
/// the one before. Values are in host order, as written by `ByteWriter.append`.
package struct InternetChecksum: Sendable {
  /// The sum so far in the machine's byte order, which the arithmetic does not mind (RFC 1071 section 2).
  private var sum: UInt64 = 0
  /// Whether an odd number of bytes came so far, so that the next piece starts at the second byte of a word.
  private var isOdd = false

  /// The sum of nothing.
  package init() {}

  /// The checksum of what was added, to be written into the packet.
  package var value: UInt16 {
    ~UInt16(bigEndian: Self.folded(sum))
  }

  /// Whether the checksum inside the bytes that were added is right: their sum is all ones.
  package var holds: Bool {
    Self.folded(sum) == 0xffff
  }

  /// Adds the bytes in `range`, which must be inside the span; a missing last byte counts as 0.
  ///
  /// In blocks of 32 bytes, so that one bounds check serves four loads: a third faster than 8 bytes at a time.
  package mutating func add(_ bytes: RawSpan, in range: Range<Int>) {
    let piece = bytes.extracting(range)
    let count = piece.byteCount
    var partial: UInt64 = 0
    var offset = 0
    while count - offset >= 32 {
      let block = piece.extracting(offset..<(offset &+ 32))
      partial = Self.added(partial, block.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
      partial = Self.added(partial, block.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self))
      partial = Self.added(partial, block.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt64.self))
      partial = Self.added(partial, block.unsafeLoadUnaligned(fromByteOffset: 24, as: UInt64.self))
      offset &+= 32
    }
    while count - offset >= 8 {
      partial = Self.added(partial, piece.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset &+= 8
    }
    if count - offset >= 4 {
      partial = Self.added(partial, UInt64(piece.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      offset &+= 4
    }
    if count - offset >= 2 {
      partial = Self.added(partial, UInt64(piece.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)))
      offset &+= 2
    }
    if count - offset == 1 {
      partial = Self.added(partial, UInt64((UInt16(piece.uint8(at: offset)) << 8).bigEndian))
    }
    sum = Self.added(sum, isOdd ? UInt64(Self.folded(partial).byteSwapped) : partial)
    if !count.isMultiple(of: 2) { isOdd.toggle() }
  }

  /// Adds the pseudo header of an upper-layer packet: RFC 768 and RFC 9293 section 3.1 for IPv4, RFC 8200 section 8.1 for IPv6.
  ///
  /// - Parameters:
  ///   - destination: of the same family as `source`, and the final one when there is a routing header.
  ///   - length: of the upper-layer header and its data, in bytes.
  package mutating func addPseudoHeader(
    source: IPAddress, destination: IPAddress, protocol number: IPProtocol, length: Int
  ) {
    precondition(source.family == destination.family, "a pseudo header has two addresses of one family")
    addAddress(source)
    addAddress(destination)
    sum = Self.added(sum, (UInt64(UInt32(truncatingIfNeeded: length)) << 32 | UInt64(number.rawValue)).bigEndian)
  }

  private mutating func addAddress(_ address: IPAddress) {
    sum = Self.added(sum, address.high.bigEndian)
    sum = Self.added(sum, address.low.bigEndian)
  }

  /// The checksum of a whole span.
  package static func of(_ bytes: RawSpan) -> UInt16 {
    var checksum = InternetChecksum()
    checksum.add(bytes, in: 0..<bytes.byteCount)
    return checksum.value
  }

  @inline(__always)
  private static func added(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, carry) = left.addingReportingOverflow(right)
    return sum &+ (carry ? 1 : 0)
  }

  @inline(__always)
  private static func folded(_ sum: UInt64) -> UInt16 {
    var folded = (sum >> 32) + (sum & 0xffff_ffff)
    folded = (folded >> 16) + (folded & 0xffff)
    folded = (folded >> 16) + (folded & 0xffff)
    return UInt16(truncatingIfNeeded: (folded >> 16) + (folded & 0xffff))
  }
}

extension InternetChecksum {
  /// The checksum after one aligned word of the packet has changed, RFC 1624 equation 3.
  package static func updated(_ checksum: UInt16, replacing old: UInt16, with new: UInt16) -> UInt16 {
    ~ones(ones(~checksum, ~old), new)
  }

  /// The word that turns a packet's checksum into a wanted one: the flow of ICMP-Paris is constant because its checksum is.
  ///
  /// 0 and 0xffff are the same sum, and no packet that has a byte other than 0 has the checksum 0xffff: asked for that, the
  /// word gives 0. Every other wanted value is met exactly.
  ///
  /// - Parameters:
  ///   - checksum: of the packet as it is, with `old` in the word's place, which is at an even offset.
  ///   - wanted: what the checksum shall be once the word is written.
  package static func compensation(from checksum: UInt16, to wanted: UInt16, replacing old: UInt16 = 0) -> UInt16 {
    ones(ones(~wanted, checksum), old)
  }

  private static func ones(_ left: UInt16, _ right: UInt16) -> UInt16 {
    let (sum, carry) = left.addingReportingOverflow(right)
    return sum &+ (carry ? 1 : 0)
  }
}
