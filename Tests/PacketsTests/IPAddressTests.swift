import Packets
import Testing

@Suite("IPAddress")
struct IPAddressTests {
  @Test(
    "canonical text is read and written unchanged",
    arguments: [
      "0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1", "2001:db8::1:0:0:1", "fe80::1",
      "2001:db8:0:1:1:1:1:1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1::", "0:1::", "1:0:0:2::", "64:ff9b::c000:201",
    ])
  func canonical(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == text)
  }

  @Test(
    "text is written as RFC 5952 says",
    arguments: [
      ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8::0:1", "2001:db8::1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::192.0.2.1", "::c000:201"), ("::FFFF:c000:0201", "::ffff:192.0.2.1"),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("0::0", "::"),
    ])
  func rewritten(text: String, canonical: String) throws {
    #expect(try #require(IPAddress(text)).description == canonical)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", ".", ":", ":::", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3.4", "256.0.0.1", "01.2.3.4", "1.2.3.0x4", "1.2.3.-4",
      " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "1..3.4", "1234.1.1.1", "１.2.3.4", "fe80::1%eth0", "[::1]", "::1/128",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4::5:6:7:8",
      "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:256.1.1.1", "::00001",
      "0000:0000:0000:0000:0000:ffff:255.255.255.2555", String(repeating: "1", count: 1_000_000), "::\u{0}",
    ])
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("numbers and halves are in host order")
  func hostOrder() {
    #expect(IPAddress(ipv4: 0x7f00_0001).description == "127.0.0.1")
    #expect(IPAddress(192, 0, 2, 1).ipv4 == 0xc000_0201)
    #expect(IPAddress(high: 0x2001_0db8_0000_0000, low: 1).description == "2001:db8::1")
    #expect(IPAddress(high: 0, low: 1).ipv4 == nil)
  }

  @Test("the order is IPv4 first, then numerical")
  func order() {
    let sorted = ["9.0.0.0", "10.0.0.0", "::", "::1", "1::", "ff::"].compactMap { IPAddress($0) }
    #expect(sorted.count == 6)
    #expect(sorted.reversed().sorted() == sorted)
    #expect(IPAddress("::ffff:192.0.2.1") != IPAddress(192, 0, 2, 1))
  }

  @Test(
    "special addresses know themselves",
    arguments: [
      ("0.0.0.0", "unspecified"), ("::", "unspecified"), ("127.255.0.1", "loopback"), ("::1", "loopback"),
      ("169.254.9.9", "link-local"), ("fe80::1", "link-local"), ("febf::1", "link-local"), ("224.0.0.1", "multicast"),
      ("239.255.255.255", "multicast"), ("ff02::1", "multicast"), ("192.0.2.1", ""), ("240.0.0.1", ""), ("fec0::1", ""),
      ("::7f00:1", ""), ("126.255.255.255", ""), ("2001:db8::", ""),
    ])
  func classes(text: String, expected: String) throws {
    let address = try #require(IPAddress(text))
    let classes = [
      address.isUnspecified ? "unspecified" : nil, address.isLoopback ? "loopback" : nil,
      address.isLinkLocal ? "link-local" : nil, address.isMulticast ? "multicast" : nil,
    ].compactMap { $0 }
    #expect(classes.joined(separator: " ") == expected)
  }

  @Test("text and bytes survive a round trip", arguments: SeededGenerator.seeds(for: "IPAddress round trips"))
  func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      // Zero groups are frequent, so that runs of them are.
      let groups = (0..<8).map { _ in Bool.random(using: &random) ? 0 : UInt64.random(in: 0...0xffff, using: &random) }
      let halves = [groups[..<4], groups[4...]].map { $0.reduce(0) { $0 << 16 | $1 } }
      for address in [
        IPAddress(high: halves[0], low: halves[1]), IPAddress(ipv4: UInt32(truncatingIfNeeded: halves[0])),
      ] {
        #expect(IPAddress(address.description) == address, "seed \(seed)")
        var writer = ByteWriter(capacity: 0)
        writer.append(0xee as UInt8)
        address.write(into: &writer)
        let bytes = writer.bytes
        #expect(bytes.count == 1 + address.family.addressByteCount)
        #expect(try IPAddress(reading: address.family, from: bytes.span.bytes, at: 1) == address, "seed \(seed)")
      }
    }
  }

  @Test("reading outside the bytes is an error", arguments: AddressFamily.allCases)
  func readingOutside(family: AddressFamily) {
    let bytes = [UInt8](repeating: 0, count: 15)
    for offset in [-1, 12, 15, 16, .max] {
      #expect(throws: PacketError(.address, at: offset, .truncated)) {
        try IPAddress(reading: family, from: bytes.span.bytes, at: offset)
      }
    }
  }
}
