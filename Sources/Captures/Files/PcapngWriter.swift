import Packets

/// Writes pcapng: one section, one interface of link type RAW with stamps in nanoseconds, a block for each packet.
///
/// Not classic pcap, which could not say which packets were synthesised: here each has a comment.
package struct PcapngWriter {
  /// A packet to be written.
  package struct Packet: Hashable, Sendable {
    /// In nanoseconds since 1970; earlier ones are written as 0.
    package var stamp: Int64
    /// An IP datagram, or its beginning.
    package var bytes: [UInt8]
    /// How long it was on the wire: as many bytes, or more.
    package var wireLength: Int
    /// What a reader is told about it; nil for nothing.
    package var comment: String?
    /// Whether this host sent it.
    package var isOutbound: Bool

    /// A packet with its circumstances.
    ///
    /// - Parameter wireLength: nil when the datagram is whole.
    package init(stamp: Int64, bytes: [UInt8], wireLength: Int? = nil, comment: String?, isOutbound: Bool) {
      self.stamp = stamp
      self.bytes = bytes
      self.wireLength = max(bytes.count, wireLength ?? 0)
      self.comment = comment
      self.isOutbound = isOutbound
    }
  }

  private enum Option {
    static let comment: UInt16 = 1
    static let flags: UInt16 = 2
    static let application: UInt16 = 4
    static let interfaceName: UInt16 = 2
    static let resolution: UInt16 = 9
  }

  /// The longest text of an option, in bytes: its length has 16 bits.
  private static let longestText = 4_096

  /// A file of these packets.
  ///
  /// - Parameters:
  ///   - application: who wrote it.
  ///   - comment: about the whole.
  ///   - interface: where the packets passed.
  package static func file(
    _ packets: [Packet], application: String, comment: String, interface: String
  ) -> [UInt8] {
    var writer = ByteWriter(capacity: 256 + packets.reduce(0) { $0 + $1.bytes.count + 160 })
    block(type: PcapngReader.sectionHeader, into: &writer) { writer in
      writer.append(0x1a2b_3c4d as UInt32)
      writer.append(1 as UInt16)
      writer.append(0 as UInt16)
      // The length of the section is not told.
      writer.append(UInt64.max)
      option(Option.comment, Array(comment.utf8), into: &writer)
      option(Option.application, Array(application.utf8), into: &writer)
      writer.append(0 as UInt32)
    }
    block(type: 1, into: &writer) { writer in
      writer.append(LinkType.rawNumber)
      writer.append(0 as UInt16)
      writer.append(0 as UInt32)
      option(Option.interfaceName, Array(interface.utf8), into: &writer)
      option(Option.resolution, [9], into: &writer)
      writer.append(0 as UInt32)
    }
    for packet in packets { write(packet, into: &writer) }
    return writer.bytes
  }

  private static func write(_ packet: Packet, into writer: inout ByteWriter) {
    block(type: 6, into: &writer) { writer in
      writer.append(0 as UInt32)
      writer.append(UInt64(max(0, packet.stamp)))
      writer.append(UInt32(packet.bytes.count))
      writer.append(UInt32(clamping: packet.wireLength))
      append(padded: packet.bytes, to: &writer)
      if let comment = packet.comment { option(Option.comment, Array(comment.utf8), into: &writer) }
      option(Option.flags, [0, 0, 0, packet.isOutbound ? 2 : 1], into: &writer)
      writer.append(0 as UInt32)
    }
  }

  private static func block(
    type: UInt32, into writer: inout ByteWriter, body: (inout ByteWriter) -> Void
  ) {
    let start = writer.count
    writer.append(type)
    writer.append(0 as UInt32)
    body(&writer)
    let length = UInt32(writer.count - start + 4)
    writer.append(length)
    writer.set(UInt16(length >> 16), at: start + 4)
    writer.set(UInt16(length & 0xffff), at: start + 6)
  }

  private static func option(_ code: UInt16, _ value: [UInt8], into writer: inout ByteWriter) {
    let value = Array(value.prefix(longestText))
    writer.append(code)
    writer.append(UInt16(value.count))
    append(padded: value, to: &writer)
  }

  private static func append(padded bytes: [UInt8], to writer: inout ByteWriter) {
    writer.append(bytes)
    writer.append(zeros: (4 - bytes.count % 4) % 4)
  }
}
