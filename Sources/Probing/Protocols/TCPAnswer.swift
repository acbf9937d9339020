import Packets
import Tracing

/// The target's own answer to a TCP probe, as a capture has it: a reset, or the SYN with ACK of an open port.
enum TCPAnswer {
  /// - Parameter bytes: a datagram of either family.
  /// - Returns: nil for everything else.
  @inline(never)
  static func parse(_ bytes: RawSpan) -> ParsedReply? {
    do throws(PacketError) {
      try bytes.require(1, at: 0, .ipv4Header)
      switch bytes.uint8(at: 0) >> 4 {
      case 4:
        let header = try IPv4Header.parse(bytes)
        guard header.protocolNumber == .tcp, !header.isFragment else { return nil }
        return try parse(bytes, at: header.headerLength, from: header.source, hopLimit: header.timeToLive)
      case 6:
        let header = try IPv6Header.parse(bytes)
        let chain = try IPv6ExtensionChain.walk(bytes, from: header.nextHeader, at: IPv6Header.length)
        guard chain.upperLayer == .tcp, !chain.isFragment else { return nil }
        return try parse(bytes, at: chain.offset, from: header.source, hopLimit: header.hopLimit)
      default: return nil
      }
    } catch {
      return nil
    }
  }

  private static func parse(
    _ bytes: RawSpan, at offset: Int, from source: IPAddress, hopLimit: UInt8
  ) throws(PacketError) -> ParsedReply? {
    let header = try TCPHeader.parse(bytes, at: offset)
    let kind: ReplyKind
    if header.flags.contains(.rst) {
      kind = .reset
    } else if header.flags.isSuperset(of: [.syn, .ack]) {
      kind = .synAck
    } else {
      return nil
    }
    let identity = WireIdentity(
      protocolName: .tcp, destination: source, local: header.destinationPort, port: header.sourcePort,
      sequence: UInt16(truncatingIfNeeded: header.acknowledgment &- 1))
    return ParsedReply(key: .identity(identity), kind: kind, responder: source, replyTTL: hopLimit)
  }
}
