import Packets
import Testing

@Suite("InternetChecksum")
struct InternetChecksumTests {
  /// The definition of RFC 1071, word by word.
  private func slow(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
      sum = (sum >> 16) + (sum & 0xffff)
    }
    return ~UInt16(sum)
  }

  @Test("the example of RFC 1071 section 3 comes out")
  func example() {
    let bytes: [UInt8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]
    #expect(InternetChecksum.of(bytes.span.bytes) == ~0xddf2)
  }

  @Test("every length and alignment agrees with the definition", arguments: SeededGenerator.seeds(for: "checksums"))
  func definition(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<160).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in 0..<9 {
      for end in start...bytes.count {
        var checksum = InternetChecksum()
        checksum.add(bytes.span.bytes, in: start..<end)
        #expect(checksum.value == slow(Array(bytes[start..<end])), "seed \(seed), \(start)..<\(end)")
      }
    }
  }

  @Test("all ones, whose sum carries at every step, agree with the definition")
  func carries() {
    for count in 0..<100 {
      let bytes = [UInt8](repeating: 0xff, count: count)
      #expect(InternetChecksum.of(bytes.span.bytes) == slow(bytes))
    }
  }

  @Test(
    "pieces add up to the whole, also when one ends at an odd byte", arguments: SeededGenerator.seeds(for: "pieces"))
  func pieces(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<97).map { _ in UInt8.random(in: 0...255, using: &random) }
    for _ in 0..<200 {
      let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      var checksum = InternetChecksum()
      for (start, end) in zip([0] + cuts, cuts + [bytes.count]) {
        checksum.add(bytes.span.bytes, in: start..<end)
      }
      #expect(checksum.value == slow(bytes), "seed \(seed), cuts \(cuts)")
    }
  }

  @Test("an incremental update agrees with RFC 1624 section 4 and with computing anew")
  func update() {
    #expect(InternetChecksum.updated(0xdd2f, replacing: 0x5555, with: 0x3285) == 0x0000)
    // The TTL word of a router: from 64 to 63, ICMP.
    var bytes: [UInt8] = [0x45, 0, 0, 0x54, 0x1c, 0x46, 0, 0, 0x40, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7]
    let before = slow(bytes)
    bytes[8] = 0x3f
    #expect(InternetChecksum.updated(before, replacing: 0x4001, with: 0x3f01) == slow(bytes))
  }

  @Test("a compensation gives every wanted checksum but 0xffff, which gives its equal 0")
  func compensation() {
    // An echo request with the word at offset 8.
    var bytes: [UInt8] = [8, 0, 0, 0, 0xbe, 0xef, 0, 7, 0, 0, 0x66, 0x74, 0x72]
    for (identifier, old) in [(0xbeef, 0), (0x0000, 0xffff), (0xf800, 0x1234), (0x07ff, 0)] as [(UInt16, UInt16)] {
      (bytes[4], bytes[5]) = (UInt8(identifier >> 8), UInt8(truncatingIfNeeded: identifier))
      (bytes[8], bytes[9]) = (UInt8(old >> 8), UInt8(truncatingIfNeeded: old))
      let current = slow(bytes)
      for wanted in 0...UInt16.max {
        let word = InternetChecksum.compensation(from: current, to: wanted, replacing: old)
        var compensated = bytes
        (compensated[8], compensated[9]) = (UInt8(word >> 8), UInt8(truncatingIfNeeded: word))
        let expected = wanted == 0xffff ? 0 : wanted
        if slow(compensated) != expected {
          Issue.record("identifier \(identifier), old word \(old), wanted \(wanted): got \(slow(compensated))")
        }
      }
    }
  }
}
