/// The beginning of a probe as an ICMP error gives it back: its IP header and the first bytes of its transport header.
///
/// A flat value of numbers; everything in it was written by the probe's sender, changed by routers on the way (TTL, type of
/// service) and then claimed by the responder, so nothing in it is to be trusted before it is matched.
package struct QuotedDatagram: Hashable, Sendable {
  /// The version of the quoted IP header.
  package var family: AddressFamily
  /// Whom the responder takes for the sender; behind a NAT not the address that the probe was sent from.
  package var source: IPAddress
  /// Where the responder saw the probe go; a NAT may have changed it.
  package var destination: IPAddress
  /// The TTL or hop limit that the probe had left when the responder got it.
  package var timeToLive: UInt8
  /// IPv4: type of service; IPv6: traffic class.
  package var trafficClass: UInt8
  /// IPv6: the flow label; 0 for IPv4.
  package var flowLabel: UInt32
  /// IPv4: the identification; 0 for IPv6.
  package var identification: UInt16
  /// The length of the whole probe as its header says, in bytes; some hosts quote it in a wrong byte order.
  package var totalLength: Int
  /// The upper-layer protocol, behind any IPv6 extension headers.
  package var protocolNumber: IPProtocol
  /// Where the quoted data belongs in the unfragmented probe, in bytes; above 0 there is no transport header to quote.
  package var fragmentOffset: Int
  /// Where the transport header starts, in bytes of the span; never beyond `end` by less than a whole header.
  package var transportOffset: Int
  /// Where the quote ends, in bytes of the span: without padding, if `totalLength` tells.
  package var end: Int
  /// The transport header; nil when fewer than 8 bytes of it are quoted, or the protocol is neither ICMP, UDP nor TCP.
  package var transport: QuotedTransport?

  /// The bytes of the probe behind the first 8 of its transport header, as far as they are quoted; may be empty.
  ///
  /// For ICMP and UDP that is the payload; for TCP the rest of its header comes first.
  package var payload: Range<Int> {
    let start = min(transportOffset + QuotedTransport.length, end)
    return start..<end
  }

  /// Reads the datagram that an ICMP error quotes.
  ///
  /// - Parameters:
  ///   - offset: where the quoted IP header starts.
  ///   - end: where the quote ends; beyond the span it means the span's end.
  /// - Throws: when the IP header itself is not there whole or is malformed. A transport header that is cut short, also by
  ///   options or extension headers, is no error: `transport` is nil then.
  @inline(__always)
  package static func parse(
    _ bytes: RawSpan, at offset: Int, end: Int, family: AddressFamily
  ) throws(PacketError) -> QuotedDatagram {
    let quote = bytes.extracting(first: max(0, min(end, bytes.byteCount)))
    return switch family {
    case .ipv4: try parseIPv4(quote, at: offset)
    case .ipv6: try parseIPv6(quote, at: offset)
    }
  }

  @inline(__always)
  private static func parseIPv4(_ bytes: RawSpan, at offset: Int) throws(PacketError) -> QuotedDatagram {
    let header = try IPv4Header.parseFixedPart(bytes, at: offset)
    let transportOffset = offset + header.headerLength
    let end = end(of: bytes, at: offset, transportOffset: transportOffset, totalLength: header.totalLength)
    return QuotedDatagram(
      family: .ipv4, source: header.source, destination: header.destination, timeToLive: header.timeToLive,
      trafficClass: header.typeOfService, flowLabel: 0, identification: header.identification,
      totalLength: header.totalLength, protocolNumber: header.protocolNumber, fragmentOffset: header.fragmentOffset,
      transportOffset: transportOffset, end: end,
      transport: header.fragmentOffset > 0
        ? nil : QuotedTransport.parse(bytes, at: transportOffset, end: end, protocol: header.protocolNumber))
  }

  @inline(__always)
  private static func parseIPv6(_ bytes: RawSpan, at offset: Int) throws(PacketError) -> QuotedDatagram {
    let header = try IPv6Header.parse(bytes, at: offset)
    let totalLength = IPv6Header.length + header.payloadLength
    var upperLayer = IPv6ExtensionChain(upperLayer: header.nextHeader, offset: offset + IPv6Header.length)
    var isWhole = true
    do {
      upperLayer = try IPv6ExtensionChain.walk(bytes, from: header.nextHeader, at: upperLayer.offset)
    } catch {
      // The quote ends inside an extension header, or never gets past them: there is no transport header in it.
      isWhole = false
    }
    let end = end(of: bytes, at: offset, transportOffset: upperLayer.offset, totalLength: totalLength)
    return QuotedDatagram(
      family: .ipv6, source: header.source, destination: header.destination, timeToLive: header.hopLimit,
      trafficClass: header.trafficClass, flowLabel: header.flowLabel, identification: 0, totalLength: totalLength,
      protocolNumber: upperLayer.upperLayer, fragmentOffset: upperLayer.fragmentOffset,
      transportOffset: upperLayer.offset, end: end,
      transport: !isWhole || upperLayer.fragmentOffset > 0
        ? nil : QuotedTransport.parse(bytes, at: upperLayer.offset, end: end, protocol: upperLayer.upperLayer))
  }

  /// The end of the quote without the padding that RFC 4884 section 5 asks for, unless the total length is implausible.
  @inline(__always)
  static func end(of bytes: RawSpan, at offset: Int, transportOffset: Int, totalLength: Int) -> Int {
    let claimed = offset + totalLength
    return claimed >= transportOffset + QuotedTransport.length ? min(claimed, bytes.byteCount) : bytes.byteCount
  }
}

extension QuotedDatagram {
  /// The probe's source port; nil for ICMP and when it is not quoted.
  package var sourcePort: UInt16? {
    switch transport {
    case .udp(let sourcePort, _, _, _), .tcp(let sourcePort, _, _): sourcePort
    case .icmp, nil: nil
    }
  }

  /// The probe's destination port; nil for ICMP and when it is not quoted.
  package var destinationPort: UInt16? {
    switch transport {
    case .udp(_, let destinationPort, _, _), .tcp(_, let destinationPort, _): destinationPort
    case .icmp, nil: nil
    }
  }
}
