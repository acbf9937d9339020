/// The first 8 bytes of a probe's transport header as an ICMP error quotes them: all that RFC 792 promises.
package enum QuotedTransport: Hashable, Sendable {
  /// The length of what suffices, in bytes.
  package static let length = 8

  /// ICMP or ICMPv6; the last two mean what they say in an echo message, otherwise they are bytes 4…7 of the message.
  case icmp(type: UInt8, code: UInt8, checksum: UInt16, identifier: UInt16, sequence: UInt16)
  /// UDP; the length is that of header and data as the probe's header said.
  case udp(sourcePort: UInt16, destinationPort: UInt16, length: UInt16, checksum: UInt16)
  /// TCP, as far as the sequence number.
  case tcp(sourcePort: UInt16, destinationPort: UInt16, sequence: UInt32)

  /// Reads a transport header, also one from an error queue, which quotes without the IP header.
  ///
  /// - Parameter end: where the quoted bytes end; beyond the span it means the span's end.
  /// - Returns: nil when fewer than 8 bytes are quoted or the protocol is another one.
  @inline(__always)
  package static func parse(
    _ bytes: RawSpan, at offset: Int, end: Int, protocol number: IPProtocol
  ) -> QuotedTransport? {
    let end = min(end, bytes.byteCount)
    guard offset >= 0, offset <= end, end - offset >= length else { return nil }
    let bytes = bytes.extracting(offset..<(offset &+ length))
    switch number {
    case .icmp, .icmpv6:
      return .icmp(
        type: bytes.uint8(at: 0), code: bytes.uint8(at: 1), checksum: bytes.uint16(at: 2),
        identifier: bytes.uint16(at: 4), sequence: bytes.uint16(at: 6))
    case .udp:
      return .udp(
        sourcePort: bytes.uint16(at: 0), destinationPort: bytes.uint16(at: 2),
        length: bytes.uint16(at: 4), checksum: bytes.uint16(at: 6))
    case .tcp:
      return .tcp(
        sourcePort: bytes.uint16(at: 0), destinationPort: bytes.uint16(at: 2),
        sequence: bytes.uint32(at: 4))
    default:
      return nil
    }
  }
}
