/// What an ICMP message says about a probe: what finds the probe, and what is kept of the answer.
///
/// `ICMPMessage` and `QuotedDatagram` hold every field, for those who look at a packet. Every packet that reaches a raw
/// socket comes by here, so this takes the same steps over the same headers and leaves out what a tracer does not ask
/// for: 430 instructions a packet instead of 620. A test holds it against the whole parsers, byte by byte.
package struct ICMPReply: Sendable {
  // Stored, though the type and the rest of the header would give most of them: what a caller in another module reads
  // from a property in memory it would otherwise call a function for, with a copy of all the rest.

  /// The version of the message's IP header.
  package var family: AddressFamily
  /// As in `ICMPMessage`.
  package var type: UInt8
  /// As in `ICMPMessage`.
  package var code: UInt8
  /// What the message is.
  package var kind: ICMPMessage.Kind
  /// See `ICMPMessage.nextHopMTU`.
  package var nextHopMTU: UInt32?
  /// The identifier of an echo message; meaningless in others.
  package var identifier: UInt16
  /// The sequence number of an echo message; meaningless in others.
  package var sequence: UInt16
  /// The sender of the datagram, as claimed.
  package var source: IPAddress
  /// TTL or hop limit of the datagram; nil when it is not known.
  package var hopLimit: UInt8?
  /// What an error quotes of the probe's transport header; nil for a message that is no error, and when none is quoted.
  package var quotedTransport: QuotedTransport?
  /// Where the quoted probe went; meaningful with a quoted transport header only, as are the next two.
  package var quotedDestination: IPAddress
  /// The TTL or hop limit that the probe had left.
  package var quotedTTL: UInt8 = 0
  /// Where the quoted payload lies in the span.
  package var quotedPayload: Range<Int> = 0..<0
  /// Where an extension structure lies in the span, for `ICMPExtension.parse`; nil when there is none.
  package var extensions: Range<Int>?

  /// Reads an IPv4 datagram.
  ///
  /// A raw socket is given the datagram before the kernel looks at the ICMP checksum (net/ipv4/ip_input.c), so it is
  /// looked at here, where the message is whole.
  ///
  /// - Returns: nil when it is malformed, damaged, a fragment, or no ICMP.
  package static func parse(ipv4Datagram bytes: RawSpan) -> ICMPReply? {
    do throws(PacketError) {
      let header = try IPv4Header.parse(bytes)
      guard header.protocolNumber == .icmp, !header.isFragment else { return nil }
      guard !isDamaged(bytes, header) else { return nil }
      return try parse(
        bytes, at: header.headerLength, family: .ipv4, from: header.source, hopLimit: header.timeToLive)
    } catch {
      return nil
    }
  }

  /// Reads an IPv6 datagram.
  ///
  /// - Returns: nil when it is malformed, a fragment, or no ICMPv6.
  @inline(never)
  package static func parse(ipv6Datagram bytes: RawSpan) -> ICMPReply? {
    do throws(PacketError) {
      let header = try IPv6Header.parse(bytes)
      let chain = try IPv6ExtensionChain.walk(bytes, from: header.nextHeader, at: IPv6Header.length)
      guard chain.upperLayer == .icmpv6, !chain.isFragment else { return nil }
      return try parse(bytes, at: chain.offset, family: .ipv6, from: header.source, hopLimit: header.hopLimit)
    } catch {
      return nil
    }
  }

  /// Whether an IPv4 datagram is a whole ICMP message whose checksum says that something on the way has changed it.
  package static func isDamaged(ipv4Datagram bytes: RawSpan) -> Bool {
    do throws(PacketError) {
      let header = try IPv4Header.parse(bytes)
      return header.protocolNumber == .icmp && !header.isFragment && isDamaged(bytes, header)
    } catch {
      return false
    }
  }

  @inline(__always)
  private static func isDamaged(_ bytes: RawSpan, _ header: IPv4Header) -> Bool {
    guard header.totalLength <= bytes.byteCount else { return false }
    var checksum = InternetChecksum()
    checksum.add(bytes, in: header.headerLength..<header.totalLength)
    return !checksum.holds
  }

  /// Reads a message whose IP header is not there.
  ///
  /// - Parameters:
  ///   - source: as the kernel gave it beside the bytes.
  ///   - hopLimit: likewise.
  /// - Returns: nil when it is malformed.
  package static func parse(
    message bytes: RawSpan, family: AddressFamily, from source: IPAddress, hopLimit: UInt8?
  ) -> ICMPReply? {
    do throws(PacketError) {
      return try parse(bytes, at: 0, family: family, from: source, hopLimit: hopLimit)
    } catch {
      return nil
    }
  }

  @inline(__always)
  private static func parse(
    _ bytes: RawSpan, at offset: Int, family: AddressFamily, from source: IPAddress, hopLimit: UInt8?
  ) throws(PacketError) -> ICMPReply {
    try bytes.require(ICMPMessage.headerLength, at: offset, .icmpHeader)
    let header = bytes.extracting(offset..<(offset &+ ICMPMessage.headerLength))
    let type = header.uint8(at: 0)
    let code = header.uint8(at: 1)
    let rest = header.uint32(at: 4)
    var reply = ICMPReply(
      family: family, type: type, code: code, kind: ICMPMessage.kind(family, type: type, restOfHeader: rest),
      nextHopMTU: ICMPMessage.nextHopMTU(family, type: type, code: code, restOfHeader: rest),
      identifier: UInt16(truncatingIfNeeded: rest >> 16), sequence: UInt16(truncatingIfNeeded: rest), source: source,
      hopLimit: hopLimit, quotedDestination: source)
    guard ICMPMessage.isError(family, type: type) else { return reply }
    let body = (offset &+ ICMPMessage.headerLength)..<bytes.byteCount
    let layout = ErrorLayout(
      bytes, body: body, quoteLength: ICMPMessage.quoteLength(family, type: type, restOfHeader: rest))
    reply.extensions = layout.extensions
    try reply.readQuote(bytes, at: body.lowerBound, end: layout.quoteEnd)
    return reply
  }

  @inline(__always)
  private mutating func readQuote(_ bytes: RawSpan, at offset: Int, end: Int) throws(PacketError) {
    switch family {
    case .ipv4:
      let quote = bytes.extracting(first: max(0, min(end, bytes.byteCount)))
      let header = try IPv4Header.parseFixedPart(quote, at: offset)
      let transportOffset = offset + header.headerLength
      let end = QuotedDatagram.end(
        of: quote, at: offset, transportOffset: transportOffset, totalLength: header.totalLength)
      guard header.fragmentOffset == 0 else { return }
      quotedTransport = QuotedTransport.parse(
        quote, at: transportOffset, end: end, protocol: header.protocolNumber)
      quotedDestination = header.destination
      quotedTTL = header.timeToLive
      quotedPayload = min(transportOffset + QuotedTransport.length, end)..<end
    case .ipv6:
      let quoted = try QuotedDatagram.parse(bytes, at: offset, end: end, family: .ipv6)
      quotedTransport = quoted.transport
      quotedDestination = quoted.destination
      quotedTTL = quoted.timeToLive
      quotedPayload = quoted.payload
    }
  }
}
