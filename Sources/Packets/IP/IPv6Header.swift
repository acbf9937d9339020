/// The fixed header of an IPv6 datagram, RFC 8200 section 3.
///
///      0…3    | version 6 (4 bits) | traffic class (8 bits) | flow label (20 bits)
///      4…5    | payload length, extension headers included
///      6      | next header
///      7      | hop limit
///      8…23   | source address
///      24…39  | destination address
package struct IPv6Header: Hashable, Sendable {
  /// The length of the header, in bytes.
  package static let length = 40

  /// DSCP (6 bits) and ECN (2 bits).
  package var trafficClass: UInt8
  /// 20 bits; a writer drops higher ones.
  package var flowLabel: UInt32
  /// The length of all that follows the header, in bytes; not checked against the bytes at hand.
  package var payloadLength: Int
  /// What follows: an extension header or the upper layer; see `IPv6ExtensionChain`.
  package var nextHeader: IPProtocol
  /// How many more routers the datagram may pass, counting the one that reads it: the TTL of IPv6.
  package var hopLimit: UInt8
  /// The sender, as claimed.
  package var source: IPAddress
  /// The receiver; the next one of several when there is a routing header.
  package var destination: IPAddress

  /// A header for a payload of `payloadLength` bytes.
  package init(
    source: IPAddress, destination: IPAddress, nextHeader: IPProtocol, hopLimit: UInt8, payloadLength: Int,
    trafficClass: UInt8 = 0, flowLabel: UInt32 = 0
  ) {
    self.trafficClass = trafficClass
    self.flowLabel = flowLabel
    self.payloadLength = payloadLength
    self.nextHeader = nextHeader
    self.hopLimit = hopLimit
    self.source = source
    self.destination = destination
  }

  /// Reads a header.
  ///
  /// - Throws: `truncated` or `badVersion`.
  @inline(__always)
  package static func parse(_ bytes: RawSpan, at offset: Int = 0) throws(PacketError) -> IPv6Header {
    try bytes.require(length, at: offset, .ipv6Header)
    // With the length known, the compiler proves the checks of the loads below.
    let header = bytes.extracting(offset..<(offset &+ length))
    let first = header.uint32(at: 0)
    guard first >> 28 == 6 else { throw PacketError(.ipv6Version, at: offset, .badVersion) }
    return IPv6Header(
      source: IPAddress(high: header.uint64(at: 8), low: header.uint64(at: 16)),
      destination: IPAddress(high: header.uint64(at: 24), low: header.uint64(at: 32)),
      nextHeader: IPProtocol(rawValue: header.uint8(at: 6)),
      hopLimit: header.uint8(at: 7),
      payloadLength: Int(header.uint16(at: 4)),
      trafficClass: UInt8(truncatingIfNeeded: first >> 20),
      flowLabel: first & 0xf_ffff)
  }

  /// Appends the header.
  package func write(into writer: inout ByteWriter) {
    precondition(source.family == .ipv6 && destination.family == .ipv6, "an IPv6 header has IPv6 addresses")
    writer.append(6 << 28 | UInt32(trafficClass) << 20 | flowLabel & 0xf_ffff)
    writer.append(UInt16(truncatingIfNeeded: payloadLength))
    writer.append(nextHeader.rawValue)
    writer.append(hopLimit)
    source.write(into: &writer)
    destination.write(into: &writer)
  }
}
