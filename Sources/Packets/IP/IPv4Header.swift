/// The header of an IPv4 datagram, RFC 791 section 3.1.
///
///      0      | version 4 (4 bits) | header length in words (4 bits)
///      1      | type of service: DSCP (6 bits) and ECN (2 bits)
///      2…3    | total length
///      4…5    | identification
///      6…7    | 0, don't fragment, more fragments (1 bit each) | fragment offset in units of 8 bytes (13 bits)
///      8      | time to live
///      9      | protocol
///      10…11  | header checksum
///      12…15  | source address
///      16…19  | destination address
///      20…    | options, up to 40 bytes
package struct IPv4Header: Hashable, Sendable {
  /// The length of a header without options, in bytes.
  package static let minimumLength = 20

  /// The length of the header with its options: 20…60 bytes, a multiple of 4.
  package var headerLength: Int
  /// The former type of service: DSCP and ECN.
  package var typeOfService: UInt8
  /// The length of the whole datagram as its header says, in bytes; not checked against the bytes at hand.
  package var totalLength: Int
  /// What the fragments of one datagram have in common.
  package var identification: UInt16
  /// Whether routers must drop the datagram, with an error, where it does not fit.
  package var dontFragment: Bool
  /// Whether this is a fragment and not the last one.
  package var moreFragments: Bool
  /// Where the payload belongs in the unfragmented one, in bytes: a multiple of 8 up to 65,528.
  package var fragmentOffset: Int
  /// How many more routers the datagram may pass, counting the one that reads it.
  package var timeToLive: UInt8
  /// What the payload is.
  package var protocolNumber: IPProtocol
  /// As read; `write` computes it anew.
  package var checksum: UInt16
  /// The sender, as claimed.
  package var source: IPAddress
  /// The receiver; the next one of several when there is a source route among the options.
  package var destination: IPAddress
  /// Where the options lie in the parsed span; empty in a header made by `init`.
  package var options: Range<Int>

  /// A header without options, for a payload of `payloadLength` bytes; its checksum is made by `write`.
  package init(
    source: IPAddress, destination: IPAddress, protocolNumber: IPProtocol, timeToLive: UInt8, payloadLength: Int,
    typeOfService: UInt8 = 0, identification: UInt16 = 0, dontFragment: Bool = false, moreFragments: Bool = false,
    fragmentOffset: Int = 0
  ) {
    headerLength = Self.minimumLength
    self.typeOfService = typeOfService
    totalLength = Self.minimumLength + payloadLength
    self.identification = identification
    self.dontFragment = dontFragment
    self.moreFragments = moreFragments
    self.fragmentOffset = fragmentOffset
    self.timeToLive = timeToLive
    self.protocolNumber = protocolNumber
    checksum = 0
    self.source = source
    self.destination = destination
    options = 0..<0
  }

  /// Whether the datagram is a part of a larger one.
  package var isFragment: Bool {
    moreFragments || fragmentOffset > 0
  }

  /// Reads a header; the checksum is not verified (the kernel has done that, and a quoted header's may be stale).
  ///
  /// - Throws: `truncated` unless the whole header is there, with its options; `badVersion`; `badLength` when the header
  ///   length is under 20 or the total length under the header's.
  @inline(__always)
  package static func parse(_ bytes: RawSpan, at offset: Int = 0) throws(PacketError) -> IPv4Header {
    let header = try parseFixedPart(bytes, at: offset)
    try bytes.require(header.headerLength, at: offset, .ipv4Options)
    guard header.totalLength >= header.headerLength else {
      throw PacketError(.ipv4TotalLength, at: offset + 2, .badLength)
    }
    return header
  }

  /// Reads the first 20 bytes; `options` may lie beyond the span, and the total length may be nonsense.
  ///
  /// For quoted headers: hosts are known that quote the total length in their own byte order, or less the header's.
  @inline(__always)
  static func parseFixedPart(_ bytes: RawSpan, at offset: Int) throws(PacketError) -> IPv4Header {
    try bytes.require(minimumLength, at: offset, .ipv4Header)
    let first = bytes.uint8(at: offset)
    guard first >> 4 == 4 else { throw PacketError(.ipv4Version, at: offset, .badVersion) }
    let headerLength = Int(first & 0xf) * 4
    guard headerLength >= minimumLength else { throw PacketError(.ipv4HeaderLength, at: offset, .badLength) }
    return IPv4Header(bytes, at: offset, headerLength: headerLength)
  }

  /// Reads the fields of a header that is known to be at `offset` with its 20 bytes.
  @inline(__always)
  private init(_ bytes: RawSpan, at offset: Int, headerLength: Int) {
    // With the length known, the compiler proves the checks of the loads below.
    let header = bytes.extracting(offset..<(offset &+ Self.minimumLength))
    self.headerLength = headerLength
    typeOfService = header.uint8(at: 1)
    totalLength = Int(header.uint16(at: 2))
    identification = header.uint16(at: 4)
    let fragment = header.uint16(at: 6)
    dontFragment = fragment & 0x4000 != 0
    moreFragments = fragment & 0x2000 != 0
    fragmentOffset = Int(fragment & 0x1fff) * 8
    timeToLive = header.uint8(at: 8)
    protocolNumber = IPProtocol(rawValue: header.uint8(at: 9))
    checksum = header.uint16(at: 10)
    source = IPAddress(ipv4: header.uint32(at: 12))
    destination = IPAddress(ipv4: header.uint32(at: 16))
    options = (offset &+ Self.minimumLength)..<(offset &+ headerLength)
  }

  /// Appends the header with its checksum.
  ///
  /// - Parameter options: at most 40 bytes, a multiple of 4; `headerLength` must count them.
  package func write(into writer: inout ByteWriter, options: [UInt8] = []) {
    precondition(
      headerLength == Self.minimumLength + options.count && headerLength <= 60 && headerLength.isMultiple(of: 4),
      "the header length of an IPv4 header counts its options")
    guard let source = source.ipv4, let destination = destination.ipv4 else {
      preconditionFailure("an IPv4 header has IPv4 addresses")
    }
    let start = writer.count
    let fragment =
      UInt16(truncatingIfNeeded: fragmentOffset / 8) | (dontFragment ? 0x4000 : 0) | (moreFragments ? 0x2000 : 0)
    let words = UInt64(0x40 | UInt8(headerLength / 4)) << 56 | UInt64(typeOfService) << 48
    writer.append(
      words | UInt64(UInt16(truncatingIfNeeded: totalLength)) << 32 | UInt64(identification) << 16 | UInt64(fragment))
    writer.append(UInt64(timeToLive) << 56 | UInt64(protocolNumber.rawValue) << 48 | UInt64(source))
    writer.append(destination)
    writer.append(options)
    writer.set(writer.checksum(from: start), at: start + 10)
  }

  /// Whether the checksum of the header that was parsed at `offset` of `bytes` is right.
  package func checksumHolds(in bytes: RawSpan, at offset: Int = 0) -> Bool {
    var checksum = InternetChecksum()
    checksum.add(bytes, in: offset..<(offset + headerLength))
    return checksum.holds
  }
}
