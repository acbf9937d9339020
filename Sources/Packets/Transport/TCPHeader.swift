/// The header of a TCP segment, RFC 9293 section 3.1.
///
///      0…1    | source port
///      2…3    | destination port
///      4…7    | sequence number
///      8…11   | acknowledgment number
///      12     | header length in words (4 bits) | reserved (4 bits)
///      13     | flags
///      14…15  | window
///      16…17  | checksum
///      18…19  | urgent pointer
///      20…    | options, up to 40 bytes
package struct TCPHeader: Hashable, Sendable {
  /// The control bits.
  package struct Flags: OptionSet, Hashable, Sendable {
    /// Byte 13 of the header.
    package var rawValue: UInt8

    /// The flags of that byte.
    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// The sender has no more data.
    package static let fin = Flags(rawValue: 0x01)
    /// Opens a connection.
    package static let syn = Flags(rawValue: 0x02)
    /// Refuses or aborts one.
    package static let rst = Flags(rawValue: 0x04)
    /// Data shall be handed on without delay.
    package static let psh = Flags(rawValue: 0x08)
    /// `acknowledgment` is meant.
    package static let ack = Flags(rawValue: 0x10)
    /// `urgentPointer` is meant.
    package static let urg = Flags(rawValue: 0x20)
    /// Congestion was seen; in a SYN, the sender knows ECN (RFC 3168).
    package static let ece = Flags(rawValue: 0x40)
    /// The sender has slowed down (RFC 3168).
    package static let cwr = Flags(rawValue: 0x80)
  }

  /// The length of a header without options, in bytes.
  package static let minimumLength = 20

  /// The sender's port.
  package var sourcePort: UInt16
  /// The receiver's port.
  package var destinationPort: UInt16
  /// The number of the first byte of data; of a SYN, the initial number.
  package var sequence: UInt32
  /// The next number that the sender expects, when `flags` has ACK.
  package var acknowledgment: UInt32
  /// The length of the header with its options: 20…60 bytes, a multiple of 4.
  package var headerLength: Int
  /// The control bits.
  package var flags: Flags
  /// How many bytes the sender would take, before any scaling.
  package var window: UInt16
  /// Over a pseudo header, header and data.
  package var checksum: UInt16
  /// Where urgent data ends, when `flags` has URG.
  package var urgentPointer: UInt16
  /// Where the options lie in the parsed span; empty in a header made by `init`.
  package var options: Range<Int>

  /// A header without options.
  package init(
    sourcePort: UInt16, destinationPort: UInt16, sequence: UInt32, acknowledgment: UInt32 = 0, flags: Flags,
    window: UInt16 = 0, checksum: UInt16 = 0, urgentPointer: UInt16 = 0
  ) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.sequence = sequence
    self.acknowledgment = acknowledgment
    headerLength = Self.minimumLength
    self.flags = flags
    self.window = window
    self.checksum = checksum
    self.urgentPointer = urgentPointer
    options = 0..<0
  }

  /// Reads a header; the checksum is not verified.
  ///
  /// - Throws: `truncated` unless the whole header is there, with its options; `badLength` when its length is under 20.
  package static func parse(_ bytes: RawSpan, at offset: Int = 0) throws(PacketError) -> TCPHeader {
    try bytes.require(minimumLength, at: offset, .tcpHeader)
    let headerLength = Int(bytes.uint8(at: offset + 12) >> 4) * 4
    guard headerLength >= minimumLength else { throw PacketError(.tcpDataOffset, at: offset + 12, .badLength) }
    try bytes.require(headerLength, at: offset, .tcpOptions)
    var header = TCPHeader(
      sourcePort: bytes.uint16(at: offset), destinationPort: bytes.uint16(at: offset + 2),
      sequence: bytes.uint32(at: offset + 4), acknowledgment: bytes.uint32(at: offset + 8),
      flags: Flags(rawValue: bytes.uint8(at: offset + 13)), window: bytes.uint16(at: offset + 14),
      checksum: bytes.uint16(at: offset + 16), urgentPointer: bytes.uint16(at: offset + 18))
    header.headerLength = headerLength
    header.options = (offset + minimumLength)..<(offset + headerLength)
    return header
  }

  /// Appends the header with its checksum as it is.
  ///
  /// - Parameter options: at most 40 bytes, a multiple of 4; `headerLength` must count them.
  package func write(into writer: inout ByteWriter, options: [UInt8] = []) {
    precondition(
      headerLength == Self.minimumLength + options.count && headerLength <= 60 && headerLength.isMultiple(of: 4),
      "the header length of a TCP header counts its options")
    writer.append(sourcePort)
    writer.append(destinationPort)
    writer.append(sequence)
    writer.append(acknowledgment)
    writer.append(UInt8(headerLength / 4) << 4)
    writer.append(flags.rawValue)
    writer.append(window)
    writer.append(checksum)
    writer.append(urgentPointer)
    writer.append(options)
  }
}
