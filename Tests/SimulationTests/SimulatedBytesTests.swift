import Packets
import Simulation
import Testing
import Time

/// Hex with a comment a field, read from left to right.
private func bytes(_ fields: (String, String)...) -> [UInt8] {
  var bytes: [UInt8] = []
  for (hex, _) in fields {
    let digits = hex.filter { $0 != " " }
    var rest = digits[...]
    while rest.count >= 2 {
      bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
  }
  return bytes
}

@Suite("Simulated network: bytes")
struct SimulatedBytesTests {
  private let topology = Result {
    try network(
      "new two 'two hops'", "node home 192.0.2.10 2001:db8::10", "hop r1 198.51.100.1 2001:db8:1::1 delay 1ms",
      "hop web 203.0.113.80 2001:db8:2::80 delay 1ms")
  }

  @Test("time exceeded over IPv4 is a datagram as a raw socket gives it out, and quotes the probe")
  func timeExceeded() throws {
    var sender = ProbeSender(SimulatedNetwork(try topology.get(), seed: 7))
    try sender.sendEchoes(to: IPAddress(203, 0, 113, 80), ttls: [1], payload: [0xab, 0xcd])
    _ = try sender.receive()
    var received = try #require(sender.transcript.first).bytes
    // The identifications follow from the seed; they are not what this test is about.
    let identifications = [4, 5, 10, 11, 32, 33, 38, 39]
    for place in identifications { received[place] = 0 }
    #expect(
      received
        == bytes(
          ("45 c0 003a", "IPv4, 20 bytes of header, internetwork control, 58 bytes in all"),
          ("0000 0000", "identification, not fragmented"),
          ("ff 01 0000", "TTL 255 as sent by the first hop, ICMP, checksum"),
          ("c6336401 c000020a", "from 198.51.100.1 to 192.0.2.10"),
          ("0b 00 f4ff", "time exceeded in transit, checksum: what is quoted adds nothing, as its own checksums hold"),
          ("00000000", "unused"),
          ("45 00 001e", "quote: 30 bytes in all"),
          ("0000 4000", "identification, not to be fragmented"),
          ("01 01 0000", "TTL 1 as it came to the router, ICMP, checksum"),
          ("c000020a cb007150", "from 192.0.2.10 to 203.0.113.80"),
          ("08 00 ffcf 4c61 0001", "echo request: checksum, identifier, sequence"),
          ("abcd", "payload")))
  }

  @Test("an error quotes as much of the probe as fits", arguments: [(AddressFamily.ipv4, 576), (.ipv6, 1_240)])
  func longQuote(family: AddressFamily, length: Int) throws {
    var sender = ProbeSender(SimulatedNetwork(try topology.get(), seed: 7))
    let web =
      family == .ipv4 ? IPAddress(203, 0, 113, 80) : IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80)
    try sender.sendEchoes(to: web, ttls: [1], payload: Array(repeating: 1, count: 1_400))
    #expect(try sender.receive().count == 1)
    #expect(sender.transcript.first?.bytes.count == length)
  }

  @Test("an echo reply repeats the payload of its request", arguments: [AddressFamily.ipv4, .ipv6])
  func echo(family: AddressFamily) throws {
    var sender = ProbeSender(SimulatedNetwork(try topology.get(), seed: 7))
    let payload = (0..<200).map { UInt8($0) }
    let web =
      family == .ipv4 ? IPAddress(203, 0, 113, 80) : IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80)
    try sender.sendEchoes(to: web, ttls: [9], payload: payload)
    _ = try sender.receive()
    #expect(sender.transcript.first?.bytes.suffix(payload.count) == payload[...])
  }
}
