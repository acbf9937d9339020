import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

/// Three routers, the second of which takes part in IPv4 only for the sake of the network's first version.
private func chain(_ extra: String = "") throws -> Topology {
  try network(
    "new chain 'three routers in a row'",
    "node home 192.0.2.10 2001:db8::10",
    "hop r1 198.51.100.1 2001:db8:1::1 delay 1ms",
    "hop r2 198.51.100.2 2001:db8:1::2 delay 2ms",
    "hop r3 198.51.100.3 2001:db8:1::3 delay 3ms serves 203.0.113.0/24 serves 2001:db8:2::/64 \(extra)",
    "hop web 203.0.113.80 2001:db8:2::80 delay 4ms")
}

private let web = IPAddress(203, 0, 113, 80)
private let web6 = IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80)

@Suite("Simulated network: what comes back for a probe")
struct SimulatedNetworkTests {
  @Test("each TTL is answered by the node at that distance, after the links there and back")
  func hops() throws {
    var sender = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try sender.sendEchoes(to: web, ttls: [1, 2, 3, 4, 5], at: Instant(nanoseconds: 1_000))
    let replies = try sender.receive()
    #expect(
      replies.map(\.responder) == [
        IPAddress(198, 51, 100, 1), IPAddress(198, 51, 100, 2), IPAddress(198, 51, 100, 3), web, web,
      ])
    #expect(replies.map(\.type) == [11, 11, 11, 0, 0])
    #expect(replies.map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(replies.map(\.arrival.nanoseconds) == [2, 6, 12, 20, 20].map { 1_000 + $0 * 1_000_000 })
  }

  @Test("TTLs are what the hops between leave of them", arguments: [AddressFamily.ipv4, .ipv6])
  func timesToLive(family: AddressFamily) throws {
    var sender = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try sender.sendEchoes(to: family == .ipv4 ? web : web6, ttls: [1, 2, 3, 4])
    let replies = try sender.receive()
    #expect(replies.map(\.ttl) == [255, 254, 253, 61])
    #expect(replies.map(\.quotedTTL) == [1, 1, 1, nil])
  }

  @Test("a UDP probe at its destination is told that the port is closed, with the TTL it came with")
  func closedPort() throws {
    var sender = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try sender.sendDatagrams(to: web, ttls: [3, 4, 9])
    try sender.sendDatagrams(to: web6, ttls: [4])
    let replies = try sender.receive()
    #expect(replies.map { [$0.type, $0.code] } == [[11, 0], [3, 3], [3, 3], [1, 4]])
    #expect(replies.map(\.quotedTTL) == [1, 1, 6, 1])
    #expect(replies.map(\.ttl) == [253, 61, 61, 61])
  }

  @Test("a host that is not there: its router answers time exceeded at its own TTL, host unreachable beyond it")
  func noHost() throws {
    var sender = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try sender.sendEchoes(to: IPAddress(203, 0, 113, 9), ttls: [3, 4, 8])
    try sender.sendEchoes(to: IPAddress(high: 0x2001_0db8_0002_0000, low: 9), ttls: [4])
    let replies = try sender.receive()
    #expect(replies.map { [$0.type, $0.code] } == [[11, 0], [3, 1], [3, 1], [1, 3]])
    #expect(replies.prefix(3).allSatisfy { $0.responder == IPAddress(198, 51, 100, 3) })
    #expect(replies.map(\.quotedTTL) == [1, 1, 5, 1])
  }

  @Test("a network that no one knows: the border answers network unreachable, without a border the first router")
  func noRoute() throws {
    let unknown = IPAddress(10, 9, 9, 9)
    var sender = ProbeSender(SimulatedNetwork(try chain("border"), seed: 1))
    try sender.sendEchoes(to: unknown, ttls: [2, 3, 7])
    try sender.sendEchoes(to: IPAddress(high: 0xfd00_0000_0000_0000, low: 9), ttls: [7])
    let replies = try sender.receive()
    #expect(replies.map { [$0.type, $0.code] } == [[11, 0], [3, 0], [3, 0], [1, 0]])
    #expect(replies.map(\.quotedTTL) == [1, 1, 5, 5])

    var borderless = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try borderless.sendEchoes(to: unknown, ttls: [7])
    #expect(try borderless.receive().map(\.responder) == [IPAddress(198, 51, 100, 1)])
  }

  @Test("a silent node forwards and never answers; a silent host swallows")
  func silence() throws {
    let topology = try network(
      "new quiet 'two nodes that do not answer'", "node home 192.0.2.10", "hop r1 198.51.100.1 silent",
      "hop r2 198.51.100.2", "hop vault 203.0.113.99 silent")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    try sender.sendEchoes(to: IPAddress(203, 0, 113, 99), ttls: [1, 2, 3, 4])
    #expect(try sender.receive().map(\.responder) == [IPAddress(198, 51, 100, 2)])
  }

  @Test("a reply whose TTL is too small for the way back does not come: 64 lasts to hop 64, 255 to the last")
  func longWayBack() throws {
    var lines = ["new far 'seventy hops'", "node home 192.0.2.10"]
    for hop in 1...70 { lines.append("hop r\(hop) 10.0.0.\(hop)") }
    let text = lines.map { "lab \($0)\n" }.joined()
    var sender = ProbeSender(SimulatedNetwork(try LabScript.topology(of: text.utf8, name: "far.ftr"), seed: 1))
    for last in [64, 65, 70] as [UInt8] {
      try sender.sendEchoes(to: IPAddress(10, 0, 0, last), ttls: [last - 1, last])
    }
    let replies = try sender.receive()
    #expect(replies.map(\.responder) == [63, 64, 64, 69].map { IPAddress(10, 0, 0, $0) })
    #expect(replies.map(\.ttl) == [193, 1, 192, 187])
  }

  @Test("the vantage point answers for itself, at once")
  func ownAddress() throws {
    var sender = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try sender.sendEchoes(to: ProbeSender.home, ttls: [1])
    let replies = try sender.receive()
    #expect(replies.map(\.type) == [0])
    #expect(replies.map(\.ttl) == [64])
  }

  @Test("an echo request with a wrong checksum reaches no one's ears at its destination")
  func wrongChecksum() throws {
    var sender = ProbeSender(SimulatedNetwork(try chain(), seed: 1))
    try sender.sendEchoes(to: web, ttls: [3, 4]) { batch in
      for record in batch.records { batch.bytes[record.range.lowerBound + 2] ^= 1 }
    }
    #expect(try sender.receive().map(\.type) == [11])
  }

  @Test("what the kernel of the simulated host refuses is refused with its errno")
  func refusals() throws {
    let only4 = try network("new only4 'one family'", "node home 192.0.2.10", "hop r1 198.51.100.1")
    var sender = ProbeSender(SimulatedNetwork(only4, seed: 1))
    func reason(_ results: [DepartureBatch.Result]) -> String? {
      guard case .failed(let failure)? = results.first else { return nil }
      return "\(failure.errno): \(failure.reason)"
    }
    #expect(
      reason(try sender.sendEchoes(to: web6, ttls: [1])) == "101: the lab's host has no IPv6 address")
    #expect(
      reason(try sender.sendEchoes(to: web, ttls: [1]) { $0.records[0].source = IPAddress(192, 0, 2, 99) })
        == "99: the lab's host has the IPv4 address 192.0.2.10 only")
    #expect(
      reason(try sender.sendEchoes(to: web, ttls: [1]) { $0.records[0].interfaceIndex = 3 })
        == "19: the lab's host has one interface, which has no number")
    #expect(
      reason(try sender.sendEchoes(to: web, ttls: [1], payload: Array(repeating: 0, count: 2_000)))
        == "90: a datagram of the lab's host has at most 1500 bytes")
    #expect(try sender.receive().isEmpty)
  }

  @Test("identifiers are stable, and different for each flow")
  func identifiers() throws {
    let transport = SimulatedNetwork(try chain(), seed: 1)
    for name in ProbeProtocolName.allCases {
      let method = ProbeMethod(protocolName: name, socket: .lab, family: .ipv4)
      let identifiers = try (0..<100).map { flow in try transport.open(method, flow: FlowID(flow)) }
      #expect(Set(identifiers).count == 100)
      #expect(try identifiers == (0..<100).map { flow in try transport.open(method, flow: FlowID(flow)) })
    }
  }
}
