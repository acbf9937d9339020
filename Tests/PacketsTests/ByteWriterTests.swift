import Packets
import Testing

@Suite("ByteWriter")
struct ByteWriterTests {
  @Test("integers are written in network order, and grow the room")
  func integers() {
    var writer = ByteWriter(capacity: 0)
    writer.append(0x01 as UInt8)
    writer.append(0x0203 as UInt16)
    writer.append(0x0405_0607 as UInt32)
    writer.append(0x0809_0a0b_0c0d_0e0f as UInt64)
    #expect(writer.bytes == Array(1...15))
    writer.set(0xfffe, at: 13)
    #expect(writer.bytes.suffix(3) == [0x0d, 0xff, 0xfe])
  }

  @Test("bytes and zeros of every length are written, over what was there before")
  func lengths() {
    var writer = ByteWriter(capacity: 8)
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8($0 + 1) }
      writer.removeAll()
      writer.append([0xee])
      writer.append(bytes)
      writer.append(zeros: count)
      writer.append([0xdd])
      #expect(writer.bytes == [0xee] + bytes + [UInt8](repeating: 0, count: count) + [0xdd])
      #expect(writer.count == 2 * count + 2)
    }
  }

  @Test("a checksum covers what was written from a start on, not the room behind it")
  func checksum() {
    var writer = ByteWriter()
    writer.append([0xff, 0xff, 0xff, 0xff])
    writer.removeAll()
    writer.append([0x12, 0x34, 0x00, 0x01, 0xf2, 0x03])
    #expect(writer.checksum(from: 2) == ~0xf204)
  }
}
