import Packets

/// What a node of a simulated network says to a datagram that has come to it.
enum NodeAnswer {
  case timeExceeded
  case networkUnreachable
  case hostUnreachable
  /// A firewall's.
  case prohibited
  /// The datagram is longer than the link carries that comes next.
  case tooBig(mtu: Int)
  /// A UDP datagram at its destination: nothing listens on its port.
  case portUnreachable
  /// A transport protocol that no host here speaks.
  case protocolUnreachable
  /// An echo request at its destination.
  case echoReply
  /// A TCP segment at its destination: no port is open.
  case reset
  /// A service's answer by UDP: the payload, without header.
  case datagram([UInt8])

  /// nil for what is left unanswered.
  init?(to flight: borrowing Flight) {
    switch flight.fate.kind {
    case .timeExceeded: self = .timeExceeded
    case .networkUnreachable: self = .networkUnreachable
    case .hostUnreachable: self = .hostUnreachable
    case .prohibited: self = .prohibited
    case .tooBig(let mtu): self = .tooBig(mtu: mtu)
    case .dropped: return nil
    case .delivered:
      guard let answer = Self.hostAnswer(to: flight) else { return nil }
      self = answer
    }
    if isError {
      // No error about an error, and none about a fragment that says nothing of its sender (RFC 1122 section 3.2.2).
      guard !flight.header.isLaterFragment, !flight.header.isICMPError(flight.bytes.span.bytes) else { return nil }
    }
  }

  /// What the host says to which the datagram was sent. Hosts here do not put fragments together.
  private static func hostAnswer(to flight: borrowing Flight) -> NodeAnswer? {
    let header = flight.header
    let bytes = flight.bytes.span.bytes
    guard !header.isFragment else { return nil }
    let messageLength = header.length - header.transportOffset
    switch (header.family, header.protocolNumber) {
    case (.ipv4, .icmp), (.ipv6, .icmpv6):
      let request = header.family == .ipv4 ? ICMPType.echoRequest : ICMPv6Type.echoRequest
      guard messageLength >= ICMPMessage.headerLength, bytes.uint8(at: header.transportOffset) == request,
        header.transportChecksumHolds(bytes)
      else { return nil }
      return .echoReply
    case (_, .udp):
      guard messageLength >= UDPHeader.length, header.transportChecksumHolds(bytes) else { return nil }
      return .portUnreachable
    case (_, .tcp):
      guard messageLength >= TCPHeader.minimumLength, header.transportChecksumHolds(bytes) else { return nil }
      let flags = TCPHeader.Flags(rawValue: bytes.uint8(at: header.transportOffset + 13))
      return flags.contains(.rst) ? nil : .reset
    case (.ipv6, .noNextHeader): return nil
    default: return .protocolUnreachable
    }
  }

  /// Whether it is an ICMP error, which rate limits bound.
  var isError: Bool {
    switch self {
    case .timeExceeded, .networkUnreachable, .hostUnreachable, .prohibited, .tooBig, .portUnreachable,
      .protocolUnreachable:
      true
    case .echoReply, .reset, .datagram: false
    }
  }

  /// The TTL with which its datagram starts: 255 as from most routers, 64 as from a Linux host.
  private var firstTTL: Int {
    switch self {
    case .timeExceeded, .networkUnreachable, .hostUnreachable, .prohibited, .tooBig: 255
    case .portUnreachable, .protocolUnreachable, .echoReply, .reset, .datagram: 64
    }
  }

  /// The TTL left at the vantage point; nil when the way back is longer than the TTL.
  ///
  /// - Parameter count: how many nodes on the way back count it down.
  func arrivalTTL(behind count: Int) -> UInt8? {
    let left = firstTTL - count
    return left >= 1 ? UInt8(left) : nil
  }
}
