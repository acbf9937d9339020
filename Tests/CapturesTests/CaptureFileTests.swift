import Captures
import Testing

/// Bytes from hex digits; a `#` begins a remark that runs to the end of the line.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.split(separator: "\n").flatMap { line in line.prefix { $0 != "#" }.compactMap(\.hexDigitValue) }
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// An empty UDP datagram from 192.0.2.1 to 192.0.2.9.
private let datagram = "4500001c000100000111f5c6c0000201c0000209 8235829b00080000"

@Suite("Capture files")
struct CaptureFileTests {
  /// Header and one record, in both byte orders and with both kinds of stamps: all say 1.000002003 or 1.000002 s.
  @Test(
    "classic pcap is read in either byte order, with stamps of either kind",
    arguments: [
      ("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065", "00000001 00000002 0000001c 0000001c", 1_000_002_000),
      ("d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000", "01000000 02000000 1c000000 1c000000", 1_000_002_000),
      ("a1b23c4d 0002 0004 00000000 00000000 00040000 00000065", "00000001 000007d3 0000001c 0000001c", 1_000_002_003),
      ("4d3cb2a1 0200 0400 00000000 00000000 00000400 65000000", "01000000 d3070000 1c000000 1c000000", 1_000_002_003),
    ])
  func classic(header: String, record: String, stamp: Int64) throws {
    let file = try CaptureFile.read(bytes(header + record + datagram))
    let packet = try #require(file.packets.first)
    #expect(file.format == .pcap && file.packets.count == 1 && file.fault == nil)
    #expect(packet.stamp == stamp && packet.number == 1 && !packet.isCut)
    #expect(packet.datagram.map { Array($0) } == bytes(datagram))
  }

  /// A section in either byte order, an interface with stamps in 2^-10 s and 100 s to add, and the three packet blocks.
  @Test("pcapng is read in either byte order: sections, interfaces, enhanced, obsolete and simple packets")
  func blocks() throws {
    let big = """
      0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c   # section
      00000001 0000002c 0065 0000 00000000                             # interface, RAW
        0009 0001 8a000000                                             # if_tsresol 2^-10
        000e 0008 0000000000000064                                     # if_tsoffset
        0000 0000 0000002c
      00000bad 00000010 deadbeef 00000010                              # a block that nobody knows
      00000006 0000003c 00000000 00000000 00000600 0000001c 0000001c   # enhanced, at 1.5 s
        \(datagram) 0000003c
      00000002 0000003c 0000 0000 00000000 00000400 0000001c 0000001c  # obsolete, at 1 s
        \(datagram) 0000003c
      00000003 0000002c 0000001c \(datagram) 0000002c                  # simple
      """
    let little = """
      0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
      01000000 14000000 6500 0000 00000000 14000000
      06000000 3c000000 00000000 00000000 40420f00 1c000000 1c000000
        \(datagram) 3c000000
      """
    let file = try CaptureFile.read(bytes(big + "\n" + little))
    #expect(file.format == .pcapng && file.fault == nil)
    #expect(file.packets.map(\.stamp) == [101_500_000_000, 101_000_000_000, nil, 1_000_000_000])
    #expect(file.packets.map(\.number) == [1, 2, 3, 4])
    for packet in file.packets { #expect(packet.datagram.map { Array($0) } == bytes(datagram)) }
  }

  @Test(
    "each link layer gives up its datagram, and nothing else",
    arguments: [
      (0 as UInt32, "02000000", true), (0, "0000001e", true), (108, "00000002", true), (101, "", true), (228, "", true),
      (1, "0000000000010000000000020800", true), (1, "0000000000010000000000020806", false),
      (1, "000000000001000000000002 8100 0064 0800", true),
      (1, "000000000001000000000002 88a8 0064 8100 0065 0800", true),
      (1, "000000000001000000000002 8100 0064 88cc", false),
      (113, "0000 0001 0006 0000000000010000 0800", true), (113, "0000 0001 0006 0000000000010000 0806", false),
      (276, "0800 0000 00000002 0001 00 06 0000000000010000", true),
    ])
  func links(number: UInt32, header: String, carries: Bool) throws {
    let link = bytes(header)
    let length: [UInt8] = [0, 0, 0, UInt8(link.count + 28)]
    let type: [UInt8] = [0, 0, UInt8(number >> 8), UInt8(number & 0xff)]
    let start = bytes("a1b2c3d4 0002 0004 00000000 00000000 00040000") + type + bytes("00000001 00000002")
    let file = try CaptureFile.read(start + length + length + link + bytes(datagram))
    #expect(file.packets[0].datagram.map { Array($0) } == (carries ? bytes(datagram) : nil))
  }

  @Test(
    "what cannot be read is refused in words",
    arguments: [
      ("", "the file header at byte 0 is cut off by the end of the file"),
      ("a1b2c3d4 0002", "the file header at byte 0 is cut off by the end of the file"),
      ("7b0a2020 2020", "it is JSON, not a capture file"),
      ("1f8b0800", "it is a file compressed by gzip, not a capture file"),
      ("00000000", "it begins like no capture file"),
      ("a1b2c3d4 0003 0000 00000000 00000000 00040000 00000065", "version 3.0 of pcap (at byte 4) is not read here"),
      (
        "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000069",
        "its packets are of link type IEEE802_11 (105) (at byte 20), from which IP is not read here"
      ),
      (
        "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000fff",
        "its packets are of link type 4095 (at byte 20), from which IP is not read here"
      ),
      (
        "0a0d0d0a 0000001c 12345678 0001 0000 ffffffff",
        "the byte order of the section at byte 8 contradicts the format"
      ),
      ("0a0d0d0a 0000001d 1a2b3c4d 0001 0000 ffffffff", "the block length at byte 4 contradicts the format"),
    ])
  func refusals(hex: String, words: String) {
    let error = #expect(throws: CaptureError.self) { try CaptureFile.read(bytes(hex)) }
    #expect(error?.description == words)
  }

  @Test("a file that is cut off gives the packets before the cut, and says where it ends")
  func truncated() throws {
    let header = bytes("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065")
    let record = bytes("00000001 00000002 0000001c 0000001c" + datagram)
    for length in 1..<record.count {
      let file = try CaptureFile.read(header + record + record.prefix(length))
      #expect(file.packets.count == 1)
      #expect(file.fault?.description == "the packet record at byte 68 is cut off by the end of the file")
    }
  }

  @Test("what is written is read back, and no prefix or changed byte of it does more than be refused")
  func writing() throws {
    let packets = (0..<3).map { index in
      PcapngWriter.Packet(
        stamp: 1_795_479_443_042_000_001 + Int64(index), bytes: bytes(datagram) + Array(repeating: 0, count: index),
        comment: index == 1 ? "synthesised: IP header" : nil, isOutbound: index == 0)
    }
    let written = PcapngWriter.file(packets, application: "ftrsh", comment: "a trace", interface: "lab")
    let file = try CaptureFile.read(written)
    #expect(file.packets.map(\.stamp) == packets.map(\.stamp))
    #expect(file.packets.map(\.bytes) == packets.map(\.bytes))
    #expect(file.packets.allSatisfy { $0.link == .raw && !$0.isCut })
    for length in 0..<written.count {
      do throws(CaptureError) {
        #expect(try CaptureFile.read(Array(written.prefix(length))).packets.count <= 3)
      } catch {
        #expect(error.offset <= length)
      }
    }
    for index in written.indices {
      for bit in 0..<8 {
        var damaged = written
        damaged[index] ^= 1 << UInt8(bit)
        do throws(CaptureError) {
          #expect(try CaptureFile.read(damaged).packets.count <= 3)
        } catch {
          #expect(error.offset <= damaged.count)
        }
      }
    }
  }
}
