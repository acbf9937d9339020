import Packets
import Tracing

/// An IP datagram of a capture that may be a probe or an answer to one, taken apart as far as matching needs.
struct CapturedDatagram {
  /// Of its packet.
  var number: Int
  /// In nanoseconds since 1970.
  var stamp: Int64
  var family: AddressFamily
  var source: IPAddress
  var destination: IPAddress
  /// TTL or hop limit.
  var hopLimit: UInt8
  /// IPv4: the identification; IPv6: the flow label. What tools number their probes with.
  var mark: UInt32
  var upperLayer: IPProtocol
  /// From the IP header on.
  var bytes: [UInt8]
  /// Where the upper layer starts.
  var offset: Int

  /// What it is to a trace.
  enum Role: Hashable {
    case probe(ProbeProtocolName)
    /// An ICMP error, which quotes a datagram.
    case error(QuotedDatagram)
    /// An echo reply with identifier and sequence number.
    case echoReply(UInt16, UInt16)
    /// A TCP segment that answers a SYN: destination port, source port, the sequence number that it acknowledges.
    case tcpAnswer(local: UInt16, port: UInt16, sequence: UInt32)
  }

  /// The stamps that are taken, in nanoseconds since 1970: those of the years 1897 to 2043. Between any two of them the time
  /// can be told.
  private static let stamps: ClosedRange<Int64> = -(1 << 61)...(1 << 61)

  /// - Returns: nil for what is no whole datagram, or has no stamp that can be.
  init?(_ packet: CapturedPacket) {
    guard let stamp = packet.stamp, Self.stamps.contains(stamp), let slice = packet.datagram, let first = slice.first
    else { return nil }
    number = packet.number
    self.stamp = stamp
    var bytes = Array(slice)
    do throws(PacketError) {
      switch first >> 4 {
      case 4:
        let header = try IPv4Header.parse(bytes.span.bytes)
        guard header.fragmentOffset == 0 else { return nil }
        (family, source, destination) = (.ipv4, header.source, header.destination)
        (hopLimit, mark) = (header.timeToLive, UInt32(header.identification))
        (upperLayer, offset) = (header.protocolNumber, header.headerLength)
        // What stands behind it is padding of the link.
        if header.totalLength < bytes.count { bytes.removeLast(bytes.count - header.totalLength) }
      case 6:
        let header = try IPv6Header.parse(bytes.span.bytes)
        let length = IPv6Header.length + header.payloadLength
        if length < bytes.count { bytes.removeLast(bytes.count - length) }
        let chain = try IPv6ExtensionChain.walk(bytes.span.bytes, from: header.nextHeader, at: IPv6Header.length)
        guard chain.fragmentOffset == 0 else { return nil }
        (family, source, destination) = (.ipv6, header.source, header.destination)
        (hopLimit, mark) = (header.hopLimit, header.flowLabel)
        (upperLayer, offset) = (chain.upperLayer, chain.offset)
      default: return nil
      }
    } catch {
      return nil
    }
    self.bytes = bytes
  }

  /// The bytes behind the IP header.
  var message: [UInt8] { Array(bytes[min(offset, bytes.count)...]) }

  /// The two words of 16 bits that tell probes of a protocol apart: identifier and sequence number, or the ports; nil when they
  /// are cut off.
  var words: (local: UInt16, other: UInt16)? {
    let start = upperLayer == .icmp || upperLayer == .icmpv6 ? offset + 4 : offset
    guard start + 4 <= bytes.count else { return nil }
    return (word(at: start), word(at: start + 2))
  }

  /// Of a TCP segment.
  var sequence: UInt32? {
    guard upperLayer == .tcp, offset + 8 <= bytes.count else { return nil }
    return UInt32(word(at: offset + 4)) << 16 | UInt32(word(at: offset + 6))
  }

  func word(at place: Int) -> UInt16 { UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]) }

  /// nil for what is no part of a trace.
  var role: Role? {
    guard bytes.count >= offset + 8 else { return nil }
    switch upperLayer {
    case .udp: return .probe(.udp)
    case .tcp: return tcpRole
    case .icmp where family == .ipv4, .icmpv6 where family == .ipv6: return icmpRole
    default: return nil
    }
  }

  private var tcpRole: Role? {
    do throws(PacketError) {
      let header = try TCPHeader.parse(bytes.span.bytes, at: offset)
      if header.flags.contains(.syn), !header.flags.contains(.ack) { return .probe(.tcp) }
      guard header.flags.contains(.rst) || header.flags.isSuperset(of: [.syn, .ack]) else { return nil }
      return .tcpAnswer(
        local: header.destinationPort, port: header.sourcePort, sequence: header.acknowledgment &- 1)
    } catch {
      return nil
    }
  }

  private var icmpRole: Role? {
    do throws(PacketError) {
      let message = try ICMPMessage.parse(bytes.span.bytes, at: offset, family: family)
      switch message.kind {
      case .echoRequest: return .probe(.icmp)
      case .echoReply: return .echoReply(message.identifier, message.sequence)
      case .timeExceeded, .destinationUnreachable, .packetTooBig, .parameterProblem:
        return message.quoted.map { .error($0) }
      case .other: return nil
      }
    } catch {
      return nil
    }
  }
}
