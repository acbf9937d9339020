/// The header of a UDP datagram, RFC 768.
///
///      0…1  | source port
///      2…3  | destination port
///      4…5  | length of header and data
///      6…7  | checksum, 0 when there is none (IPv4 only)
package struct UDPHeader: Hashable, Sendable {
  /// The length of the header, in bytes.
  package static let length = 8

  /// The sender's port; 0 when there is none.
  package var sourcePort: UInt16
  /// The receiver's port.
  package var destinationPort: UInt16
  /// The length of header and data as the header says, in bytes; not checked against the bytes at hand.
  package var length: Int
  /// Over a pseudo header, header and data; 0 when it was not computed.
  package var checksum: UInt16

  /// A header for `payloadLength` bytes of data.
  package init(sourcePort: UInt16, destinationPort: UInt16, payloadLength: Int, checksum: UInt16 = 0) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    length = Self.length + payloadLength
    self.checksum = checksum
  }

  /// Reads a header; the checksum is not verified.
  ///
  /// - Throws: `truncated`; `badLength` when the length is under 8.
  package static func parse(_ bytes: RawSpan, at offset: Int = 0) throws(PacketError) -> UDPHeader {
    try bytes.require(length, at: offset, .udpHeader)
    let length = Int(bytes.uint16(at: offset + 4))
    guard length >= Self.length else { throw PacketError(.udpLength, at: offset + 4, .badLength) }
    return UDPHeader(
      sourcePort: bytes.uint16(at: offset), destinationPort: bytes.uint16(at: offset + 2),
      payloadLength: length - Self.length, checksum: bytes.uint16(at: offset + 6))
  }

  /// Appends the header with its checksum as it is.
  package func write(into writer: inout ByteWriter) {
    let ports = UInt64(sourcePort) << 48 | UInt64(destinationPort) << 32
    writer.append(ports | UInt64(UInt16(truncatingIfNeeded: length)) << 16 | UInt64(checksum))
  }

  /// The checksum of the UDP datagram that was written from `start` to the end of the writer, whose checksum field is still 0.
  ///
  /// - Returns: what belongs into the field, never 0 (RFC 768: an all-zero checksum is sent as all ones).
  package static func checksum(
    in writer: borrowing ByteWriter, from start: Int, source: IPAddress, destination: IPAddress
  ) -> UInt16 {
    let value = writer.checksum(from: start, protocol: .udp, source: source, destination: destination)
    return value == 0 ? 0xffff : value
  }
}
