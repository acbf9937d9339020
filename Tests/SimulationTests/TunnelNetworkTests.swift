import Packets
import Simulation
import Testing
import Time

private let web = IPAddress(203, 0, 113, 80)
private let web6 = IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80)

private func chain() throws -> Topology {
  try network(
    "new chain 'three hops'", "node home 192.0.2.10 2001:db8::10", "hop r1 198.51.100.1 2001:db8:1::1 delay 1ms",
    "hop r2 198.51.100.2 2001:db8:1::2 delay 2ms", "hop web 203.0.113.80 2001:db8:2::80 delay 4ms")
}

private func target(_ family: AddressFamily) -> IPAddress { family == .ipv4 ? web : web6 }

@Suite("Network behind a tunnel")
struct TunnelNetworkTests {
  @Test("each TTL is answered by its hop, to whatever address asked", arguments: AddressFamily.allCases)
  func hops(family: AddressFamily) throws {
    var probe = TunnelProbe(try chain())
    let others = family == .ipv4 ? IPAddress(10, 1, 2, 3) : IPAddress(high: 0x2001_0db8_0077_0000, low: 3)
    for source in [TunnelProbe.source(family), others] {
      for ttl in 1...4 as ClosedRange<UInt8> { probe.sendEcho(to: target(family), ttl: ttl, source: source) }
      let arrivals = try probe.receive()
      #expect(arrivals.allSatisfy { $0.destination == source })
      #expect(arrivals.map(\.time.nanoseconds) == [2, 6, 14, 14].map { $0 * 1_000_000 })
      #expect(arrivals.map(\.ttl) == [255, 254, 62, 62])
      let expected: [[UInt8]] =
        family == .ipv4 ? [[11, 0], [11, 0], [0, 0], [0, 0]] : [[3, 0], [3, 0], [129, 0], [129, 0]]
      #expect(arrivals.map(\.icmp) == expected)
    }
  }

  @Test("an error quotes the datagram as it came to the router", arguments: AddressFamily.allCases)
  func quote(family: AddressFamily) throws {
    var probe = TunnelProbe(try chain())
    probe.sendEcho(to: target(family), ttl: 2)
    let arrival = try #require(try probe.receive().first)
    let quote = arrival.bytes[(arrival.offset + 8)...]
    if family == .ipv4 {
      #expect(quote[quote.startIndex + 8] == 1)
      let header = try IPv4Header.parse(Array(quote).span.bytes)
      let holds = header.checksumHolds(in: Array(quote).span.bytes)
      #expect(holds)
      #expect(header.identification == 0x1234)
    } else {
      #expect(quote[quote.startIndex + 7] == 1)
    }
    #expect(quote.suffix(4) == [1, 2, 3, 4])
  }

  @Test("a closed UDP port is unreachable", arguments: AddressFamily.allCases)
  func closedPort(family: AddressFamily) throws {
    var probe = TunnelProbe(try chain())
    probe.sendUDP(to: target(family), port: 53)
    #expect(try probe.receive().map(\.icmp) == [family == .ipv4 ? [3, 3] : [1, 4]])
  }

  /// A segment without data, and what comes of it: sequence, acknowledgment, flags; nil for nothing.
  private func answer(
    toSegment sequence: UInt32, _ acknowledgment: UInt32, _ flags: TCPHeader.Flags, data: Int = 0,
    _ family: AddressFamily
  ) throws -> TCPHeader? {
    var writer = ByteWriter(capacity: 64)
    TCPHeader(
      sourcePort: 50_000, destinationPort: 443, sequence: sequence, acknowledgment: acknowledgment, flags: flags
    ).write(into: &writer)
    writer.append(zeros: data)
    var probe = TunnelProbe(try chain())
    probe.send(writer.bytes, .tcp, to: target(family), checksumAt: 16)
    guard let arrival = try probe.receive().first else { return nil }
    #expect(arrival.protocolNumber == .tcp)
    let header = try TCPHeader.parse(arrival.bytes.span.bytes, at: arrival.offset)
    #expect(header.sourcePort == 443 && header.destinationPort == 50_000)
    return header
  }

  @Test("a TCP segment is reset as RFC 9293 wants it", arguments: AddressFamily.allCases)
  func reset(family: AddressFamily) throws {
    let toSYN = try #require(try answer(toSegment: 0xffff_ffff, 0, .syn, family))
    #expect(toSYN.flags == [.rst, .ack] && toSYN.sequence == 0 && toSYN.acknowledgment == 0)
    let toData = try #require(try answer(toSegment: 100, 0, [.fin, .psh], data: 5, family))
    #expect(toData.flags == [.rst, .ack] && toData.acknowledgment == 106)
    let toACK = try #require(try answer(toSegment: 100, 777, .ack, family))
    #expect(toACK.flags == .rst && toACK.sequence == 777)
    #expect(try answer(toSegment: 100, 0, .rst, family) == nil)
  }

  @Test("a protocol that no host speaks is told so", arguments: AddressFamily.allCases)
  func unknownProtocol(family: AddressFamily) throws {
    var probe = TunnelProbe(try chain())
    probe.send([1, 2, 3, 4], IPProtocol(rawValue: 132), to: target(family), checksumAt: nil)
    #expect(try probe.receive().map(\.icmp) == [family == .ipv4 ? [3, 2] : [4, 1]])
  }

  @Test("an error is never answered by an error, and an echo reply not by another")
  func errors() throws {
    var probe = TunnelProbe(try chain())
    let unreachable: [UInt8] = [3, 3, 0, 0, 0, 0, 0, 0] + Array(repeating: 0, count: 28)
    for ttl in [1, 64] as [UInt8] { probe.send(unreachable, .icmp, to: web, ttl: ttl, checksumAt: 2) }
    let packetTooBig: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 0, count: 48)
    for ttl in [1, 64] as [UInt8] { probe.send(packetTooBig, .icmpv6, to: web6, ttl: ttl, checksumAt: 2) }
    probe.send([0, 0, 0, 0, 0, 0, 0, 0], .icmp, to: web, checksumAt: 2)
    #expect(try probe.receive().isEmpty)
    #expect(probe.network.counts.carried == 5)
  }

  @Test("a wrong checksum is left unanswered at the end, and a router does not look at it")
  func wrongChecksums() throws {
    var probe = TunnelProbe(try chain())
    for family in AddressFamily.allCases {
      for ttl in [1, 64] as [UInt8] {
        probe.sendEcho(to: target(family), ttl: ttl) { $0[$0.count - 1] ^= 1 }
      }
    }
    #expect(try probe.receive().count == 2)
  }

  @Test("the first fragment can expire on the way, but no host puts fragments together")
  func fragments() throws {
    var probe = TunnelProbe(try chain())
    for (flags, ttl) in [(0x20, 1), (0x20, 64), (0x01, 1)] as [(UInt8, UInt8)] {
      probe.sendEcho(to: web, ttl: ttl) { bytes in
        bytes[6] = flags
        bytes[10] = 0
        bytes[11] = 0
        let sum = InternetChecksum.of(bytes.span.bytes.extracting(first: 20))
        bytes[10] = UInt8(sum >> 8)
        bytes[11] = UInt8(truncatingIfNeeded: sum)
      }
    }
    #expect(try probe.receive().map(\.icmp) == [[11, 0]])
  }

  @Test("what is no datagram is thrown away, at every length and with every byte changed")
  func malformed() throws {
    for family in AddressFamily.allCases {
      var probe = TunnelProbe(try chain())
      probe.sendEcho(to: target(family)) { bytes in bytes.removeLast() }
      #expect(probe.network.counts.malformed == 1)
      for length in 0..<40 { probe.sendEcho(to: target(family)) { $0 = Array($0.prefix(length)) } }
      for place in 0..<52 {
        for change in [1, 0x80, 0xff] as [UInt8] {
          probe.sendEcho(to: target(family)) { if place < $0.count { $0[place] ^= change } }
        }
      }
      _ = try probe.receive()
      probe.network.send([], count: 0, at: .zero)
      #expect(probe.network.counts.malformed > 40)
    }
  }

  @Test("what a kernel says to its link alone is ignored")
  func linkLocal() throws {
    var probe = TunnelProbe(try chain())
    probe.sendEcho(to: IPAddress(high: 0xff02_0000_0000_0000, low: 2))
    probe.sendEcho(to: IPAddress(high: 0xfe80_0000_0000_0000, low: 2))
    probe.sendEcho(to: IPAddress(224, 0, 0, 251))
    probe.sendEcho(to: web, source: .unspecified(.ipv4))
    #expect(probe.network.counts.ignored == 4)
    #expect(probe.network.nextEventTime == nil)
  }

  @Test("more than the network holds is refused")
  func full() throws {
    var network = TunnelNetwork(try chain(), seed: 1, capacity: 2)
    var probe = TunnelProbe(try chain())
    probe.sendEcho(to: web)
    let datagram = try #require(try probe.receive().first).bytes
    for _ in 0..<3 { network.send(datagram, count: datagram.count, at: .zero) }
    #expect(network.counts.refused == 1)
    #expect(network.counts.carried == 2)
  }
}
