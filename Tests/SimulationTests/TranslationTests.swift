import Packets
import Probing
import Simulation
import Testing
import Time

@Suite("Address translation")
struct TranslationTests {
  private static let web = IPAddress(203, 0, 113, 80)
  private static let office = IPAddress(203, 0, 113, 81)

  private func topology(_ source: String = "", _ destination: String = "") throws -> Topology {
    try network(
      "new nat 'two gateways'", "node home 192.168.1.10 2001:db8::10", "hop gateway 192.168.1.1 2001:db8::1 \(source)",
      "hop r1 198.51.100.1 2001:db8:1::1", "hop web 203.0.113.80 2001:db8:3::80",
      "hop edge 198.51.100.2 from r1 dnat 203.0.113.81 to 10.0.0.80 \(destination)", "hop wall 10.0.0.1",
      "hop server 10.0.0.80")
  }

  /// The addresses in the datagram that an error quotes, whose checksums are verified.
  private func quoted(_ arrival: TunnelProbe.Arrival) throws -> QuotedDatagram {
    let family = arrival.source.family
    let bytes = arrival.bytes.span.bytes
    let message = try ICMPMessage.parse(bytes, at: arrival.offset, family: family)
    let quoted = try #require(message.quoted)
    var sum = InternetChecksum()
    if quoted.protocolNumber != .icmp {
      sum.addPseudoHeader(
        source: quoted.source, destination: quoted.destination, protocol: quoted.protocolNumber,
        length: quoted.end - quoted.transportOffset)
    }
    sum.add(bytes, in: quoted.transportOffset..<quoted.end)
    let holds = sum.holds
    #expect(holds)
    if family == .ipv4 {
      let start = message.body.lowerBound
      let header = try IPv4Header.parse(bytes, at: start)
      let headerHolds = header.checksumHolds(in: bytes, at: start)
      #expect(headerHolds)
    }
    return quoted
  }

  @Test("a translated source is translated back in quotes, unless they stay raw")
  func source() throws {
    for (words, shown) in [
      ("snat 198.51.100.77", TunnelProbe.source), ("snat 198.51.100.77 raw", IPAddress(198, 51, 100, 77)),
    ] {
      var probe = TunnelProbe(try topology(words))
      probe.sendUDP(to: Self.web, port: 33_434, ttl: 1)
      probe.sendUDP(to: Self.web, port: 33_434, ttl: 2)
      probe.sendEcho(to: Self.web, ttl: 2)
      probe.sendUDP(to: Self.web, port: 33_434)
      probe.sendEcho(to: Self.web)
      let arrivals = try probe.receive()
      #expect(arrivals.map(\.destination) == Array(repeating: TunnelProbe.source, count: 5))
      let sources = try arrivals.prefix(4).map { try quoted($0).source }
      // The gateway itself answers before it translates.
      #expect(sources == [TunnelProbe.source, shown, shown, shown])
    }
  }

  @Test("a translation of IPv6 keeps the checksums of what is quoted")
  func sourceIPv6() throws {
    let outside = try #require(IPAddress("2001:db8:9::9"))
    var probe = TunnelProbe(try topology("snat 2001:db8:9::9 raw"))
    let web = try #require(IPAddress("2001:db8:3::80"))
    probe.sendEcho(to: web, ttl: 2)
    probe.sendUDP(to: web, port: 33_434, ttl: 2)
    #expect(try probe.receive().map { try quoted($0).source } == [outside, outside])
  }

  @Test("everything behind a translated destination answers with its address")
  func destination() throws {
    var probe = TunnelProbe(try topology())
    for ttl in 1...5 as ClosedRange<UInt8> { probe.sendEcho(to: Self.office, ttl: ttl) }
    let arrivals = try probe.receive()
    #expect(
      arrivals.map(\.source) == [
        IPAddress(192, 168, 1, 1), IPAddress(198, 51, 100, 1), IPAddress(198, 51, 100, 2), Self.office, Self.office,
      ])
    #expect(arrivals.map { $0.icmp[0] } == [11, 11, 11, 11, 0])
    #expect(try quoted(arrivals[3]).destination == Self.office)
  }

  @Test("a raw quote shows the address inside")
  func rawDestination() throws {
    var probe = TunnelProbe(try topology("", "raw"))
    probe.sendUDP(to: Self.office, port: 33_434, ttl: 4)
    let arrival = try #require(try probe.receive().first)
    #expect(arrival.source == Self.office)
    #expect(try quoted(arrival).destination == IPAddress(10, 0, 0, 80))
  }
}
