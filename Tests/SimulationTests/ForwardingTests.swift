import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Forwarding")
struct ForwardingTests {
  private static let web = IPAddress(203, 0, 113, 80)
  private static let web6 = IPAddress(high: 0x2001_0db8_0003_0000, low: 0x80)

  /// Three routers in a row and a host, in both families, with words for the second router and for the link behind it.
  private func chain(_ router: String = "", link: String = "") throws -> Topology {
    try network(
      "new chain 'three routers'", "node home 192.0.2.10 2001:db8::10", "hop r1 192.0.2.1 2001:db8::1 delay 1ms",
      "hop r2 198.51.100.2 2001:db8:2::2 delay 1ms \(router)", "hop r3 198.51.100.3 2001:db8:2::3 delay 1ms \(link)",
      "hop web 203.0.113.80 2001:db8:3::80 delay 1ms")
  }

  private static let r1 = IPAddress(192, 0, 2, 1)
  private static let r2 = IPAddress(198, 51, 100, 2)
  private static let r3 = IPAddress(198, 51, 100, 3)

  /// Who answers each TTL.
  private func responders(_ topology: Topology, ttls: [UInt8] = [1, 2, 3, 4, 5]) throws -> [IPAddress] {
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    try sender.sendEchoes(to: Self.web, ttls: ttls)
    return try sender.receive().sorted { $0.sequence < $1.sequence }.map(\.responder)
  }

  @Test("a node that keeps the TTL is not seen, and the next one answers in its place")
  func keptTTL() throws {
    #expect(try responders(chain("keeps-ttl")) == [Self.r1, Self.r3, Self.web, Self.web, Self.web])
  }

  @Test("behind a node that forwards a TTL of 0 the next one answers twice, and quotes the 0")
  func zeroTTL() throws {
    var sender = ProbeSender(SimulatedNetwork(try chain("forwards-zero"), seed: 1))
    try sender.sendEchoes(to: Self.web, ttls: [1, 2, 3, 4])
    let replies = try sender.receive().sorted { $0.sequence < $1.sequence }
    #expect(replies.map(\.responder) == [Self.r1, Self.r3, Self.r3, Self.web])
    #expect(replies.map(\.quotedTTL) == [1, 0, 1, nil])
  }

  @Test("a black hole answers for itself and forwards nothing; one for UDP forwards the rest")
  func drop() throws {
    #expect(try responders(chain("drop")) == [Self.r1, Self.r2])
    #expect(try responders(chain("drop udp")).count == 5)
    #expect(try responders(chain("drop icmp")) == [Self.r1, Self.r2])
  }

  @Test("a firewall that rejects answers for itself, and for what is beyond with prohibited")
  func reject() throws {
    for (target, type, code) in [(Self.web, 3, 13), (Self.web6, 1, 1)] as [(IPAddress, UInt8, UInt8)] {
      var sender = ProbeSender(SimulatedNetwork(try chain("reject icmp"), seed: 1))
      try sender.sendEchoes(to: target, ttls: [2, 3, 9])
      let replies = try sender.receive().sorted { $0.sequence < $1.sequence }
      #expect(Set(replies.map(\.responder)).count == 1)
      #expect(replies.dropFirst().map(\.type) == [type, type] && replies.dropFirst().map(\.code) == [code, code])
      #expect(replies.map(\.quotedTTL) == [1, 1, 7])
    }
  }

  @Test("two routes that point at each other are a loop until the TTL is used up")
  func loop() throws {
    let topology = try chain("route 203.0.113.0/24,2001:db8:3::/48 via r1")
    #expect(try responders(topology, ttls: [1, 2, 3, 4, 5]) == [Self.r1, Self.r2, Self.r1, Self.r2, Self.r1])
    #expect(try responders(topology, ttls: [255]).count == 1)
  }

  @Test("nodes that keep the TTL and loop lose the datagram, and nothing hangs")
  func endlessLoop() throws {
    let topology = try network(
      "new ring 'two that never count'", "node home 192.0.2.10", "hop r1 192.0.2.1 keeps-ttl",
      "hop r2 198.51.100.2 keeps-ttl route 203.0.113.0/24 via r1", "hop web 203.0.113.80")
    #expect(try responders(topology) == [])
  }

  @Test("what is too long ends at the node before the link, with the MTU, in both families")
  func mtu() throws {
    for (target, type, code) in [(Self.web, 3, 4), (Self.web6, 2, 0)] as [(IPAddress, UInt8, UInt8)] {
      var probe = TunnelProbe(try chain(link: "mtu 1400"))
      let isIPv4 = target.family == .ipv4
      let payload = [isIPv4 ? 8 : 128, 0, 0, 0, 0, 1, 0, 1] + [UInt8](repeating: 7, count: 1_432)
      probe.send(payload, isIPv4 ? .icmp : .icmpv6, to: target, checksumAt: 2) { bytes in
        guard isIPv4 else { return }
        TunnelProbe.forbidFragments(of: &bytes)
      }
      probe.send(Array(payload[..<1_300]), isIPv4 ? .icmp : .icmpv6, to: target, checksumAt: 2)
      let arrivals = try probe.receive()
      try #require(arrivals.count == 2)
      #expect(arrivals[0].icmp == [type, code])
      #expect(Array(arrivals[0].bytes[(arrivals[0].offset + 4)..<(arrivals[0].offset + 8)]) == [0, 0, 0x05, 0x78])
      #expect(arrivals[0].source == (isIPv4 ? Self.r2 : IPAddress("2001:db8:2::2")))
      #expect(arrivals[1].icmp == [isIPv4 ? 0 : 129, 0])
    }
  }

  @Test("what is too long vanishes at a silent link, and passes where it may be cut")
  func silentMTU() throws {
    var probe = TunnelProbe(try chain(link: "mtu 1400 silent"))
    let payload: [UInt8] = [8, 0, 0, 0, 0, 1, 0, 1] + [UInt8](repeating: 7, count: 1_432)
    probe.send(payload, .icmp, to: Self.web, checksumAt: 2, damage: TunnelProbe.forbidFragments)
    #expect(try probe.receive().isEmpty)
    probe.send(payload, .icmp, to: Self.web, checksumAt: 2)
    #expect(try probe.receive().count == 1)
  }

  @Test("inside a tunnel the quoted TTL counts up, and a visible one shows its labels")
  func tunnel() throws {
    for mode in ["visible", "implicit"] {
      let topology = try network(
        "new tunnel 'two routers inside'", "node home 192.0.2.10", "hop r1 192.0.2.1 delay 1ms",
        "hop p1 198.51.100.2 delay 1ms mpls \(mode)", "hop p2 198.51.100.3 delay 1ms mpls \(mode)",
        "hop r2 198.51.100.4 delay 1ms", "hop web 203.0.113.80 delay 1ms")
      var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
      try sender.sendEchoes(to: Self.web, ttls: [1, 2, 3, 4, 5])
      let replies = try sender.receive().sorted { $0.sequence < $1.sequence }
      #expect(replies.map(\.quotedTTL) == [1, 1, 2, 1, nil])
      // Errors from inside go to the end of the tunnel first: as far as r2 and back.
      #expect(replies.map { $0.arrival.nanoseconds / 1_000_000 } == [2, 8, 8, 8, 10])
      let labels = try sender.transcript.map { try Self.labels($0.bytes) }
      #expect(labels.filter { !$0.isEmpty } == (mode == "visible" ? [[24_002], [24_003]] : []))
    }
  }

  private static func labels(_ bytes: [UInt8]) throws -> [UInt32] {
    let message = try ICMPMessage.parse(bytes.span.bytes, at: 20, family: .ipv4)
    guard let range = message.extensions else { return [] }
    return ICMPExtension.parse(bytes.span.bytes, in: range).objects.flatMap { object -> [UInt32] in
      guard case .mpls(let labels) = object else { return [] }
      return labels.map(\.label)
    }
  }

  @Test("an invisible tunnel hides its routers, and leaves the delay")
  func invisibleTunnel() throws {
    #expect(try responders(chain("mpls invisible")) == [Self.r1, Self.r3, Self.web, Self.web, Self.web])
  }
}
