import Packets
import Tracing

/// What a node of a simulated network says to a probe that has come to it.
enum ProbeAnswer {
  case timeExceeded
  case networkUnreachable
  case hostUnreachable
  /// A UDP probe at its destination: nothing listens on its port.
  case portUnreachable
  /// An echo request at its destination.
  case echoReply

  init(to flight: Flight) {
    guard flight.departureTTL >= flight.route.reach else {
      self = .timeExceeded
      return
    }
    switch (flight.route.ending, flight.protocolName) {
    case (.noRoute, _): self = .networkUnreachable
    case (.noHost, _): self = .hostUnreachable
    case (.delivered, .icmp): self = .echoReply
    case (.delivered, .udp): self = .portUnreachable
    }
  }

  /// Whether rate limits bound it.
  var isError: Bool {
    switch self {
    case .timeExceeded, .networkUnreachable, .hostUnreachable, .portUnreachable: true
    case .echoReply: false
    }
  }

  /// The TTL with which its datagram starts: 255 as from most routers, 64 as from a Linux host.
  private var firstTTL: Int {
    switch self {
    case .timeExceeded, .networkUnreachable, .hostUnreachable: 255
    case .portUnreachable, .echoReply: 64
    }
  }

  /// The TTL left at the vantage point; nil when the way back is longer than the TTL.
  func arrivalTTL(fromHop hop: Int) -> UInt8? {
    let left = firstTTL - max(0, hop - 1)
    return left >= 1 ? UInt8(left) : nil
  }

  /// Appends the reply as the vantage point's socket gives it out: an IPv4 datagram, or an ICMPv6 message.
  ///
  /// - Parameters:
  ///   - probe: the datagram that is answered, as it came to the node.
  ///   - ttl: as it arrives at the vantage point.
  /// - Returns: false for a probe that a host leaves unanswered: a wrong checksum, or no echo request.
  func write(
    to probe: [UInt8], family: AddressFamily, from responder: IPAddress, ttl: UInt8, identification: UInt16,
    into writer: inout ByteWriter
  ) -> Bool {
    let probe = probe.span.bytes
    let header = ProbeDatagram.headerLength(family)
    let vantage: IPAddress
    switch family {
    case .ipv4: vantage = IPAddress(ipv4: probe.uint32(at: 12))
    case .ipv6: vantage = IPAddress(high: probe.uint64(at: 8), low: probe.uint64(at: 16))
    }
    if case .echoReply = self, !Self.isSoundEchoRequest(probe, at: header, family) { return false }
    let quoteLength = min(probe.byteCount, Self.longestQuote(family))
    if family == .ipv4 {
      let length = isError ? ICMPMessage.headerLength + quoteLength : probe.byteCount - header
      IPv4Header(
        source: responder, destination: vantage, protocolNumber: .icmp, timeToLive: ttl, payloadLength: length,
        typeOfService: isError ? Self.errorTypeOfService : 0, identification: identification
      ).write(into: &writer)
    }
    let checksum = family == .ipv4 ? ICMPChecksum.message : .pseudoHeader(source: responder, destination: vantage)
    if let (type, code) = errorCode(family) {
      ICMPMessage.writeError(
        family: family, type: type, code: code, quote: probe.extracting(first: quoteLength), checksum: checksum,
        into: &writer)
    } else {
      ICMPMessage.writeEcho(
        isReply: true, family: family, identifier: probe.uint16(at: header + 4), sequence: probe.uint16(at: header + 6),
        payload: probe.extracting((header + ICMPMessage.headerLength)..<probe.byteCount), checksum: checksum,
        into: &writer)
    }
    return true
  }

  /// Linux sends ICMP errors with the precedence "internetwork control" (net/ipv4/icmp.c).
  private static let errorTypeOfService: UInt8 = 0xc0

  /// How much of a probe an error quotes at most, so that the whole error has 576 bytes (RFC 1812 section 4.3.2.3) or
  /// 1,280 (RFC 4443 section 2.4 c).
  private static func longestQuote(_ family: AddressFamily) -> Int {
    switch family {
    case .ipv4: 576 - IPv4Header.minimumLength - ICMPMessage.headerLength
    case .ipv6: 1_280 - IPv6Header.length - ICMPMessage.headerLength
    }
  }

  /// Type and code of an error, RFC 792 and RFC 4443; nil for an echo reply.
  private func errorCode(_ family: AddressFamily) -> (type: UInt8, code: UInt8)? {
    switch (self, family) {
    case (.timeExceeded, .ipv4): (ICMPType.timeExceeded, 0)
    case (.timeExceeded, .ipv6): (ICMPv6Type.timeExceeded, 0)
    case (.networkUnreachable, .ipv4): (ICMPType.destinationUnreachable, 0)
    case (.networkUnreachable, .ipv6): (ICMPv6Type.destinationUnreachable, 0)
    case (.hostUnreachable, .ipv4): (ICMPType.destinationUnreachable, 1)
    case (.hostUnreachable, .ipv6): (ICMPv6Type.destinationUnreachable, 3)
    case (.portUnreachable, .ipv4): (ICMPType.destinationUnreachable, 3)
    case (.portUnreachable, .ipv6): (ICMPv6Type.destinationUnreachable, 4)
    case (.echoReply, _): nil
    }
  }

  private static func isSoundEchoRequest(_ probe: RawSpan, at offset: Int, _ family: AddressFamily) -> Bool {
    guard probe.uint8(at: offset) == (family == .ipv4 ? ICMPType.echoRequest : ICMPv6Type.echoRequest) else {
      return false
    }
    // The simulated kernel has filled in ICMPv6's checksum itself.
    guard family == .ipv4 else { return true }
    var checksum = InternetChecksum()
    checksum.add(probe, in: offset..<probe.byteCount)
    return checksum.holds
  }
}
