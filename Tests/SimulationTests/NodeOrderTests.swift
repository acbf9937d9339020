import Glibc
import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

/// In which order a node looks at a datagram: as a Linux that forwards does, in namespaces where it was tried.
@Suite("What a node looks at first")
struct NodeOrderTests {
  private static let near = IPAddress(192, 0, 2, 1)
  private static let wall = IPAddress(198, 51, 100, 2)

  /// A router that serves a network, one host of which is there, and words for it; and words for the link to the host.
  private func served(_ words: String, host: String = "") throws -> Topology {
    try network(
      "new order 'a router and what it serves'", "node home 192.0.2.10", "hop near 192.0.2.1 delay 1ms",
      "hop wall 198.51.100.2 delay 1ms serves 203.0.113.0/24 \(words)", "hop web 203.0.113.80 delay 1ms \(host)")
  }

  private func replies(_ topology: Topology, to target: IPAddress, ttls: [UInt8], payload: Int = 16) throws
    -> [SeenReply]
  {
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    try sender.sendEchoes(to: target, ttls: ttls, payload: [UInt8](repeating: 7, count: payload))
    return try sender.receive().sorted { $0.sequence < $1.sequence }
  }

  @Test(
    "the MTU comes behind the TTL, and before the TTL is counted down and the firewall",
    arguments: ["", "reject", "drop"])
  func mtu(words: String) throws {
    let found = try replies(
      try served(words, host: "mtu 1000"), to: IPAddress(203, 0, 113, 80), ttls: [2, 6], payload: 1_300)
    #expect(found.map(\.responder) == [Self.wall, Self.wall])
    #expect(found.map(\.type) == [ICMPType.timeExceeded, ICMPType.destinationUnreachable])
    #expect(found.map(\.code) == [0, 4])
    #expect(found.map(\.quotedTTL) == [1, 5])
  }

  @Test("a source is translated behind the MTU")
  func translation() throws {
    var probe = TunnelProbe(try served("snat 198.51.100.77 raw", host: "mtu 600"))
    probe.send(
      [8, 0, 0, 0, 0, 1, 0, 1] + [UInt8](repeating: 7, count: 900), .icmp, to: IPAddress(203, 0, 113, 80),
      checksumAt: 2,
      damage: TunnelProbe.forbidFragments)
    let arrival = try #require(try probe.receive().first)
    #expect(arrival.icmp == [3, 4])
    let message = try ICMPMessage.parse(arrival.bytes.span.bytes, at: arrival.offset, family: .ipv4)
    #expect(message.quoted?.source == TunnelProbe.source)
  }

  @Test("the firewall comes before the host that is missing")
  func missingHost() throws {
    let missing = IPAddress(203, 0, 113, 99)
    #expect(try replies(served(""), to: missing, ttls: [9]).map(\.code) == [1])
    let rejected = try replies(served("reject"), to: missing, ttls: [2, 9])
    #expect(rejected.map(\.type) == [ICMPType.timeExceeded, ICMPType.destinationUnreachable])
    #expect(rejected.map(\.code) == [0, 13] && rejected.map(\.quotedTTL) == [1, 7])
    #expect(try replies(served("drop"), to: missing, ttls: [9]).isEmpty)
    // A node that keeps the TTL has no TTL of its own here either.
    #expect(try replies(served("keeps-ttl"), to: missing, ttls: [1, 2]).map(\.code) == [0, 1])
  }

  @Test(
    "a node's own route also leads on where the way would end, and makes a loop",
    arguments: ["border", "serves 203.0.113.0/24"])
  func staticRoute(words: String) throws {
    let topology = try network(
      "new loop 'a default route and an aggregate'", "node home 192.0.2.10", "hop near 192.0.2.1",
      "hop wall 198.51.100.2 \(words) route 203.0.113.0/25 via edge", "hop edge 198.51.100.3")
    let edge = IPAddress(198, 51, 100, 3)
    let found = try replies(topology, to: IPAddress(203, 0, 113, 7), ttls: [1, 2, 3, 4, 5])
    #expect(found.map(\.responder) == [Self.near, Self.wall, edge, Self.wall, edge])
    #expect(found.allSatisfy { $0.type == ICMPType.timeExceeded })
    // Beyond the prefix the way ends there.
    #expect(try replies(topology, to: IPAddress(203, 0, 113, 200), ttls: [9]).map(\.responder) == [Self.wall])
  }

  @Test("of several routes of a node the longest prefix counts, in whatever order they were stated")
  func longestPrefix() throws {
    let topology = try network(
      "new two 'two routes'", "node home 192.0.2.10",
      "hop near 192.0.2.1 route 203.0.113.0/24 via a route 203.0.113.128/25 via b", "hop a 198.51.100.3",
      "hop b 198.51.100.4 from near", "hop far 203.0.113.200 from a", "link b far")
    let found = try replies(topology, to: IPAddress(203, 0, 113, 200), ttls: [2])
    #expect(found.map(\.responder) == [IPAddress(198, 51, 100, 4)])
  }

  @Test("an answer from a routing loop goes home on the short way: one router answers alike in every round")
  func homeFromLoop() throws {
    let topology = try network(
      "new loop 'two routers'", "node home 192.0.2.10", "hop near 192.0.2.1 delay 1ms",
      "hop wall 198.51.100.2 delay 1ms",
      "hop edge 198.51.100.3 delay 1ms route 203.0.113.0/24 via wall", "hop web 203.0.113.80 delay 1ms")
    let found = try replies(topology, to: IPAddress(203, 0, 113, 80), ttls: [2, 3, 4, 5, 6])
    #expect(found.map(\.ttl) == [254, 253, 254, 253, 254])
    #expect(found.map { $0.arrival.nanoseconds / 1_000_000 } == [4, 6, 6, 8, 8])
  }

  @Test("a node that keeps the TTL ends a tunnel: behind it another one begins")
  func tunnelEnd() throws {
    let topology = try network(
      "new two 'two tunnels'", "node home 192.0.2.10", "hop v 198.51.100.2 delay 1ms mpls visible",
      "hop k 198.51.100.3 delay 1ms keeps-ttl", "hop u 198.51.100.4 delay 1ms mpls visible",
      "hop web 203.0.113.80 delay 1ms")
    let found = try replies(topology, to: IPAddress(203, 0, 113, 80), ttls: [1, 2, 3])
    #expect(found.map(\.quotedTTL) == [1, 1, nil])
    #expect(found.map { $0.arrival.nanoseconds / 1_000_000 } == [4, 8, 8])
  }

  @Test("the host refuses what is too long for its own link, in both families, also when the link changes")
  func ownLink() throws {
    func refusal(_ words: String, _ payload: Int, to target: IPAddress) throws -> Int32? {
      let topology = try network(
        "new own 'a short link'", "node home 192.0.2.10 2001:db8::10", "hop near 192.0.2.1 2001:db8::1 \(words)")
      var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
      let results = try sender.sendEchoes(to: target, ttls: [9], payload: [UInt8](repeating: 7, count: payload))
      guard case .failed(let failure)? = results.first else {
        return try sender.receive().isEmpty ? 0 : nil
      }
      return failure.errno
    }
    let near6 = try #require(IPAddress("2001:db8::1"))
    #expect(try refusal("mtu 1300", 1_272, to: Self.near) == nil)
    #expect(try refusal("mtu 1300", 1_273, to: Self.near) == EMSGSIZE)
    #expect(try refusal("mtu 1300", 1_252, to: near6) == nil)
    #expect(try refusal("mtu 1300", 1_253, to: near6) == EMSGSIZE)
    #expect(try refusal("mtu 1300 silent", 1_273, to: Self.near) == 0)
    #expect(try refusal("mtu 9000", 1_473, to: Self.near) == EMSGSIZE)
    let lab = SimulatedNetwork(
      try network("new own 'a link'", "node home 192.0.2.10", "hop near 192.0.2.1"), seed: 1)
    var sender = ProbeSender(lab)
    let long = [UInt8](repeating: 7, count: 900)
    _ = try sender.sendEchoes(to: Self.near, ttls: [9], payload: long)
    #expect(try sender.receive().count == 1)
    lab.mailbox.leave(try Self.shortLink())
    guard case .failed? = try sender.sendEchoes(to: Self.near, ttls: [9], payload: long).first else {
      Issue.record("the link is shorter now")
      return
    }
    // A kernel behind a TUN device is told nothing, and nothing leaves.
    var probe = TunnelProbe(try Self.shortLink())
    probe.send(
      [8, 0, 0, 0, 0, 1, 0, 1] + [UInt8](repeating: 7, count: 900), .icmp, to: Self.near, checksumAt: 2,
      damage: TunnelProbe.forbidFragments)
    #expect(try probe.receive().isEmpty && probe.network.counts.refused == 1)
  }

  private static func shortLink() throws -> Topology {
    try network("new own 'a short link'", "node home 192.0.2.10", "hop near 192.0.2.1 mtu 600")
  }

  @Test("a black hole on the way home throws the answers away; a filter there lets them pass")
  func blackHoleHome() throws {
    for (words, count) in [("drop", 0), ("drop icmp", 1), ("", 1)] {
      let topology = try network(
        "new home 'another way home'", "node home 192.0.2.10", "hop near 192.0.2.1",
        "hop a 198.51.100.3 return via r,near",
        "hop web 203.0.113.80", "hop r 198.51.100.4 from a cost 10 \(words)", "link r near cost 10")
      #expect(try replies(topology, to: IPAddress(203, 0, 113, 80), ttls: [9]).count == count)
    }
  }

  @Test("without a first hop that works the host says that no way leads out")
  func noWayOut() throws {
    let topology = try network(
      "new cut 'a failure'", "node home 192.0.2.10", "hop near 192.0.2.1", "fail near")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    guard case .failed(let failure)? = try sender.sendEchoes(to: Self.near, ttls: [9]).first else {
      Issue.record("nothing can leave")
      return
    }
    #expect(failure.errno == ENETUNREACH)
    #expect(failure.description.contains("no way leads out: the lab's host has no IPv4 link that works"))
  }
}
