/// Reads libpcap's classic format (draft-ietf-opsawg-pcap).
///
///      0…3    | magic: a1b2c3d4 stamps in microseconds, a1b23c4d in nanoseconds; its order is that of all numbers
///      4…7    | version, 2 and 4
///      8…15   | nothing
///      16…19  | snap length
///      20…23  | frame check sequence (4 bits) | nothing (12 bits) | link type (16 bits)
///
/// and then records: seconds, fraction, bytes kept, bytes on the wire (4 bytes each), the bytes kept.
enum PcapReader {
  private static let headerLength = 24
  private static let recordHeaderLength = 16

  static func read(_ bytes: [UInt8]) throws(CaptureError) -> CaptureFile {
    guard bytes.count >= headerLength else { throw CaptureError(.truncated("file header"), at: 0) }
    var input = CaptureBytes(bytes: bytes, isBigEndian: true)
    let magic = input.uint32(at: 0)
    input.isBigEndian = magic == 0xa1b2_c3d4 || magic == 0xa1b2_3c4d
    let isNanoseconds = input.uint32(at: 0) == 0xa1b2_3c4d
    let version = (input.uint16(at: 4), input.uint16(at: 6))
    guard version.0 == 2 else {
      throw CaptureError(.unsupported("version \(version.0).\(version.1) of pcap"), at: 4)
    }
    let number = input.uint32(at: 20) & 0xffff
    guard let link = LinkType(number: number) else { throw CaptureError(.linkType(number), at: 20) }
    var file = CaptureFile(format: .pcap)
    var offset = headerLength
    while offset < input.count {
      do throws(CaptureError) {
        let packet = try record(input, at: offset, number: file.packets.count + 1, link, isNanoseconds)
        file.packets.append(packet)
        offset += recordHeaderLength + packet.bytes.count
      } catch {
        file.fault = error
        break
      }
    }
    return file
  }

  private static func record(
    _ input: CaptureBytes, at offset: Int, number: Int, _ link: LinkType, _ isNanoseconds: Bool
  ) throws(CaptureError) -> CapturedPacket {
    guard number <= CaptureFile.mostPackets else {
      throw CaptureError(.tooMany("packets", limit: CaptureFile.mostPackets), at: offset)
    }
    guard input.has(recordHeaderLength, at: offset) else { throw CaptureError(.truncated("packet record"), at: offset) }
    let length = Int(input.uint32(at: offset + 8))
    guard length <= CaptureFile.longestPacket else { throw CaptureError(.malformed("packet record"), at: offset) }
    let start = offset + recordHeaderLength
    guard input.has(length, at: start) else { throw CaptureError(.truncated("packet record"), at: offset) }
    let fraction = Int64(input.uint32(at: offset + 4)) * (isNanoseconds ? 1 : 1_000)
    return CapturedPacket(
      number: number, stamp: Int64(input.uint32(at: offset)) * 1_000_000_000 + fraction, link: link,
      bytes: Array(input.bytes[start..<(start + length)]), wireLength: max(length, Int(input.uint32(at: offset + 12))))
  }
}
