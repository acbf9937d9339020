import Packets
import Time
import Tracing

/// What an arrival says about one of our probes, before it is known which.
///
/// A flat value without allocations: RFC 4884 objects are decoded only behind a match (`extensions`).
package struct ParsedReply {
  /// How the probe is found.
  package enum Key {
    case identity(WireIdentity)
    /// An echo reply, which quotes nothing: the destination is taken to be its sender.
    case echo(WireIdentity)
    /// The socket alone tells.
    case launch(LaunchID)
    /// A queued error whose quote is too short to tell which of the probes to this destination and port it is for.
    case ambiguous(destination: IPAddress, local: UInt16, port: UInt16)
    /// A UDP datagram, which quotes nothing either. Anyone can send one to a socket, also to one of a probe's own,
    /// whose launch then comes with it.
    case datagram(from: IPAddress, local: UInt16, port: UInt16, launch: LaunchID?)
  }

  package var key: Key
  package var kind: ReplyKind
  package var responder: IPAddress
  /// nil for a UDP datagram, and so is the code.
  package var icmpType: UInt8?
  package var icmpCode: UInt8?
  package var replyTTL: UInt8?
  package var quotedTTL: UInt8?
  /// Where the extension structure lies in the parsed bytes.
  package var extensions: Range<Int>?
}

/// Reads what arrives, from every kind of socket alike.
///
/// A reply is ours only if protocol, quoted destination, identifier or ports, and number are those of a probe. That
/// the parser can tell only half of; the table that the key is looked up in decides the rest.
package enum ReplyParser {
  /// - Parameter bytes: the bytes of this arrival alone.
  /// - Returns: nil for what cannot be about a probe of ours: malformed, or other programs' traffic.
  package static func parse(_ record: ArrivalBatch.Record, _ bytes: RawSpan) -> ParsedReply? {
    let found: ICMPReply?
    switch record.form {
    case .ipv4Datagram:
      if record.protocolName == .tcp, let answer = TCPAnswer.parse(bytes) { return answer }
      found = ICMPReply.parse(ipv4Datagram: bytes)
    case .ipv6Datagram:
      if record.protocolName == .tcp, let answer = TCPAnswer.parse(bytes) { return answer }
      found = ICMPReply.parse(ipv6Datagram: bytes)
    case .icmpMessage:
      guard let source = record.source else { return nil }
      found = ICMPReply.parse(message: bytes, family: record.family, from: source, hopLimit: record.hopLimit)
    case .queuedError: return parseQueuedError(record, bytes)
    case .udpDatagram: return parseDatagram(record)
    case .departureStamp: return nil
    }
    // A malformed packet from the network is nobody's reply; it is counted as foreign.
    guard let reply = found else { return nil }
    let kind: ReplyKind
    switch reply.kind {
    case .echoReply:
      let identity = WireIdentity(
        protocolName: .icmp, destination: reply.source, local: reply.identifier, sequence: reply.sequence)
      return ParsedReply(
        key: .echo(identity), kind: .echoReply, responder: reply.source, icmpType: reply.type, icmpCode: reply.code,
        replyTTL: reply.hopLimit)
    case .timeExceeded:
      kind = .timeExceeded
    case .destinationUnreachable, .packetTooBig, .parameterProblem:
      kind = .unreachable(
        UnreachableCode(family: reply.family, type: reply.type, code: reply.code, mtu: reply.nextHopMTU))
    case .echoRequest, .other:
      return nil
    }
    guard let key = key(of: reply, bytes) else { return nil }
    return ParsedReply(
      key: key, kind: kind, responder: reply.source, icmpType: reply.type, icmpCode: reply.code,
      replyTTL: reply.hopLimit, quotedTTL: reply.quotedTTL, extensions: reply.extensions)
  }

  @inline(__always)
  private static func key(of reply: ICMPReply, _ bytes: RawSpan) -> ParsedReply.Key? {
    let destination = reply.quotedDestination
    switch reply.quotedTransport {
    case .icmp(let type, _, _, let identifier, let sequence):
      let request =
        switch reply.family {
        case .ipv4: ICMPType.echoRequest
        case .ipv6: ICMPv6Type.echoRequest
        }
      guard type == request else { return nil }
      return .identity(
        WireIdentity(protocolName: .icmp, destination: destination, local: identifier, sequence: sequence))
    case .udp(let sourcePort, let destinationPort, _, _):
      guard let number = UDPProtocol.number(inPayload: reply.quotedPayload, of: bytes) else {
        return .ambiguous(destination: destination, local: sourcePort, port: destinationPort)
      }
      return .identity(
        WireIdentity(
          protocolName: .udp, destination: destination, local: sourcePort, port: destinationPort, sequence: number))
    case .tcp(let sourcePort, let destinationPort, let sequence):
      return .identity(
        WireIdentity(
          protocolName: .tcp, destination: destination, local: sourcePort, port: destinationPort,
          sequence: UInt16(truncatingIfNeeded: sequence)))
    case nil: return nil
    }
  }

  private static func parseQueuedError(_ record: ArrivalBatch.Record, _ bytes: RawSpan) -> ParsedReply? {
    guard let responder = record.source, let key = queuedKey(record, bytes),
      let kind = queuedKind(record)
    else { return nil }
    let extensions = record.extensionOffset.flatMap { $0 < bytes.byteCount ? $0..<bytes.byteCount : nil }
    return ParsedReply(
      key: key, kind: kind, responder: responder, icmpType: record.errorType, icmpCode: record.errorCode,
      replyTTL: record.hopLimit, extensions: extensions)
  }

  private static func parseDatagram(_ record: ArrivalBatch.Record) -> ParsedReply? {
    guard let source = record.source else { return nil }
    return ParsedReply(
      key: .datagram(from: source, local: record.localIdentity, port: record.quotedPort, launch: record.launch),
      kind: .datagram, responder: source, replyTTL: record.hopLimit)
  }

  private static func queuedKind(_ record: ArrivalBatch.Record) -> ReplyKind? {
    let mtu = record.errorInfo == 0 ? nil : record.errorInfo
    let unreachable = ReplyKind.unreachable(
      UnreachableCode(family: record.family, type: record.errorType, code: record.errorCode, mtu: mtu))
    switch (record.family, record.errorType) {
    case (.ipv4, ICMPType.timeExceeded), (.ipv6, ICMPv6Type.timeExceeded): return .timeExceeded
    case (.ipv4, ICMPType.destinationUnreachable), (.ipv4, ICMPType.parameterProblem): return unreachable
    case (.ipv6, ICMPv6Type.destinationUnreachable), (.ipv6, ICMPv6Type.packetTooBig),
      (.ipv6, ICMPv6Type.parameterProblem):
      return unreachable
    case (.ipv4, _), (.ipv6, _): return nil
    }
  }

  private static func queuedKey(_ record: ArrivalBatch.Record, _ bytes: RawSpan) -> ParsedReply.Key? {
    if let launch = record.launch { return .launch(launch) }
    guard let destination = record.quotedDestination else { return nil }
    switch record.protocolName {
    case .icmp:
      let number: IPProtocol = record.family == .ipv4 ? .icmp : .icmpv6
      guard
        case .icmp(_, _, _, _, let sequence) = QuotedTransport.parse(
          bytes, at: 0, end: bytes.byteCount, protocol: number)
      else { return nil }
      return .identity(
        WireIdentity(
          protocolName: .icmp, destination: destination, local: record.localIdentity, sequence: sequence))
    case .udp:
      let end = min(record.extensionOffset ?? bytes.byteCount, bytes.byteCount)
      guard let number = UDPProtocol.number(inPayload: 0..<max(0, end), of: bytes) else {
        return .ambiguous(destination: destination, local: record.localIdentity, port: record.quotedPort)
      }
      return .identity(
        WireIdentity(
          protocolName: .udp, destination: destination, local: record.localIdentity, port: record.quotedPort,
          sequence: number))
    case .tcp: return nil
    }
  }
}
