import Packets

/// What a simulated network looks at in an IP datagram, read once when it enters.
struct DatagramHeader: Sendable {
  let source: IPAddress
  let destination: IPAddress
  /// Behind any extension headers.
  let protocolNumber: IPProtocol
  /// Where the transport-layer message begins.
  let transportOffset: Int
  /// The whole datagram's, as its header says.
  let length: Int
  /// As it leaves the host: the hop limit of IPv6.
  let timeToLive: UInt8
  /// Whether it must not be cut into fragments: always so over IPv6, on the way.
  let dontFragment: Bool
  let isFragment: Bool
  /// Whether it holds data from the middle of a larger one, and so no transport header.
  let isLaterFragment: Bool

  var family: AddressFamily { destination.family }

  /// The header of a datagram that is known: one of our own making, without options or extension headers.
  init(
    source: IPAddress, destination: IPAddress, protocolNumber: IPProtocol, transportOffset: Int, length: Int,
    timeToLive: UInt8, dontFragment: Bool
  ) {
    self.source = source
    self.destination = destination
    self.protocolNumber = protocolNumber
    self.transportOffset = transportOffset
    self.length = length
    self.timeToLive = timeToLive
    self.dontFragment = dontFragment || destination.family == .ipv6
    isFragment = false
    isLaterFragment = false
  }

  /// Reads the IP header and what extends it.
  ///
  /// - Throws: for bytes that a router would throw away: no IP datagram, shorter than they say, a wrong header
  ///   checksum.
  init(of bytes: RawSpan) throws(PacketError) {
    try bytes.require(1, at: 0, .ipv4Header)
    if bytes.uint8(at: 0) >> 4 == 4 {
      let header = try IPv4Header.parse(bytes)
      guard header.checksumHolds(in: bytes) else { throw PacketError(.ipv4Header, at: 10, .badChecksum) }
      try bytes.require(header.totalLength, at: 0, .ipv4TotalLength)
      source = header.source
      destination = header.destination
      protocolNumber = header.protocolNumber
      transportOffset = header.headerLength
      length = header.totalLength
      timeToLive = header.timeToLive
      dontFragment = header.dontFragment
      isFragment = header.isFragment
      isLaterFragment = header.fragmentOffset > 0
    } else {
      let header = try IPv6Header.parse(bytes)
      try bytes.require(header.payloadLength, at: IPv6Header.length, .ipv6Header)
      length = IPv6Header.length + header.payloadLength
      let chain = try IPv6ExtensionChain.walk(
        bytes.extracting(first: length), from: header.nextHeader, at: IPv6Header.length)
      source = header.source
      destination = header.destination
      protocolNumber = chain.upperLayer
      transportOffset = chain.offset
      timeToLive = header.hopLimit
      dontFragment = true
      isFragment = chain.isFragment
      isLaterFragment = chain.fragmentOffset > 0
    }
  }

  /// Whether the datagram is an ICMP message about another one, which is never answered by an error (RFC 1122 section
  /// 3.2.2, RFC 4443 section 2.4 e).
  func isICMPError(_ bytes: RawSpan) -> Bool {
    guard transportOffset < length else { return false }
    let type = bytes.uint8(at: transportOffset)
    return switch (family, protocolNumber) {
    case (.ipv4, .icmp): type != ICMPType.echoRequest && type != ICMPType.echoReply
    case (.ipv6, .icmpv6): type < ICMPv6Type.echoRequest
    default: false
    }
  }

  /// Whether the checksum over the transport-layer message is right, as a host wants it. A UDP datagram over IPv4 may
  /// have none.
  func transportChecksumHolds(_ bytes: RawSpan) -> Bool {
    if family == .ipv4, protocolNumber == .udp, length - transportOffset >= UDPHeader.length,
      bytes.uint16(at: transportOffset + 6) == 0
    {
      return true
    }
    var checksum = InternetChecksum()
    if protocolNumber != .icmp {
      checksum.addPseudoHeader(
        source: source, destination: destination, protocol: protocolNumber, length: length - transportOffset)
    }
    checksum.add(bytes, in: transportOffset..<length)
    return checksum.holds
  }
}
