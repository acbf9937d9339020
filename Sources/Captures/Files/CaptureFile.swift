/// A packet as a capture has it.
package struct CapturedPacket: Hashable, Sendable {
  /// Its place in the file, counted from 1 as other programs count.
  package var number: Int
  /// When it was captured, in nanoseconds since 1970; nil when the file does not say (simple packet blocks).
  package var stamp: Int64?
  /// What its bytes begin with.
  package var link: LinkType
  /// The bytes that were kept of it.
  package var bytes: [UInt8]
  /// How long it was on the wire, in bytes; more than `bytes` when the capture cut it (snap length).
  package var wireLength: Int

  /// The IP datagram in it, as far as it was kept; nil when it carries something else.
  package var datagram: ArraySlice<UInt8>? { link.datagramOffset(in: bytes).map { bytes[$0...] } }

  /// Whether the capture kept less of it than there was.
  package var isCut: Bool { wireLength > bytes.count }
}

/// What was read of a capture file.
///
/// A file that was cut off, as by a full disk, gives the packets before the cut, and says so in `fault`.
package struct CaptureFile: Hashable, Sendable {
  /// The two formats; the raw value is what people call them.
  package enum Format: String, Hashable, Sendable {
    /// libpcap's classic format: one header, then records.
    case pcap
    /// Blocks, each of its type and length (draft-ietf-opsawg-pcapng).
    case pcapng
  }

  /// Which one it is.
  package var format: Format
  /// In the order of the file.
  package var packets: [CapturedPacket] = []
  /// Why reading ended before the file did; nil when all was read.
  package var fault: CaptureError?

  /// The longest file that is read, in bytes: an hour of tracing by other programs is under 10 MB.
  package static let longestBytes = 256 << 20
  /// Most packets read from a file: a trace has at most some thousand, and the rest of a busy link is read over.
  static let mostPackets = 2_000_000
  /// The longest packet, in bytes: what libpcap itself takes for the most (MAXIMUM_SNAPLEN).
  static let longestPacket = 262_144

  /// Reads a file of either format.
  ///
  /// - Throws: when nothing of it can be used: another format, a link type without IP, a damaged header. What is wrong
  ///   behind the first packets is `fault`.
  package static func read(_ bytes: [UInt8]) throws(CaptureError) -> CaptureFile {
    let start = bytes.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    guard bytes.count >= 4 else { throw CaptureError(.truncated("file header"), at: 0) }
    switch start {
    case 0xa1b2_c3d4, 0xd4c3_b2a1, 0xa1b2_3c4d, 0x4d3c_b2a1: return try PcapReader.read(bytes)
    case PcapngReader.sectionHeader: return try PcapngReader.read(bytes)
    case 0xa1b2_cd34, 0x34cd_b2a1: throw CaptureError(.unsupported("the modified pcap of an old Linux"), at: 0)
    default: break
    }
    let kinds: [(start: [UInt8], name: String)] = [
      ([0x1f, 0x8b], "a file compressed by gzip"), ([0x28, 0xb5, 0x2f, 0xfd], "a file compressed by zstd"),
      (Array("snoop".utf8), "a snoop file"), (Array("{".utf8), "JSON"), ([0x12, 0x05], "a warts file of scamper"),
    ]
    throw CaptureError(.notACapture(kinds.first { bytes.starts(with: $0.start) }?.name), at: 0)
  }
}

/// The bytes of a file in the byte order of whoever wrote it.
struct CaptureBytes {
  let bytes: [UInt8]
  var isBigEndian: Bool

  var count: Int { bytes.count }

  /// Whether `length` bytes start at `offset`.
  func has(_ length: Int, at offset: Int) -> Bool { offset >= 0 && offset <= count && count - offset >= length }

  /// The caller has checked that they are there.
  func uint16(at offset: Int) -> UInt16 {
    let high = UInt16(bytes[offset + (isBigEndian ? 0 : 1)])
    let low = UInt16(bytes[offset + (isBigEndian ? 1 : 0)])
    return high << 8 | low
  }

  /// The caller has checked that they are there.
  func uint32(at offset: Int) -> UInt32 {
    let first = UInt32(uint16(at: offset))
    let second = UInt32(uint16(at: offset + 2))
    return isBigEndian ? first << 16 | second : second << 16 | first
  }
}
