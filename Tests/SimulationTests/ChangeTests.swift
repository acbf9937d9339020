import Lexing
import NameWire
import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Changes of a network")
struct ChangeTests {
  private static let web = IPAddress(203, 0, 113, 80)
  private static let r1 = IPAddress(192, 0, 2, 1)
  private static let short = IPAddress(198, 51, 100, 1)
  private static let long = IPAddress(198, 51, 100, 2)

  private static let lines = [
    "lab new ring 'a short way and a long one'", "lab node home 192.0.2.10", "lab hop r1 192.0.2.1 delay 1ms",
    "lab hop short 198.51.100.1 delay 1ms", "lab hop far 198.51.100.9 delay 1ms",
    "lab hop long 198.51.100.2 from r1 delay 5ms",
    "lab hop longer 198.51.100.3 delay 5ms", "lab link longer far delay 5ms",
    "lab hop web 203.0.113.80 from far delay 1ms",
  ]

  /// A builder that has read the ring and then more, each line with its `lab` left out.
  private func builder(_ more: String...) throws -> TopologyBuilder {
    var builder = TopologyBuilder()
    for line in Self.lines + more.map({ "lab " + $0 }) { try Self.apply(line, to: &builder) }
    return builder
  }

  private static func apply(_ line: String, to builder: inout TopologyBuilder) throws {
    let source = try SourceText(line)
    let statement = try #require(try Script(source, keepsOperators: { _ in false }).statements.first)
    let words = statement.words.dropFirst().map { LabWord($0.literal ?? "", at: $0.range) }
    try builder.apply(words, in: source)
  }

  /// Who answers TTL 2 of a probe at that moment, and when a probe to the end is back.
  private func path(_ sender: inout ProbeSender, at seconds: Int) throws -> (IPAddress?, Duration?) {
    let now = Instant(nanoseconds: Int64(seconds) * 1_000_000_000)
    try sender.sendEchoes(to: Self.web, ttls: [2, 9], at: now)
    let replies = try sender.receive()
    let second = replies.first { $0.type == ICMPType.timeExceeded }?.responder
    return (second, replies.first { $0.type == ICMPType.echoReply }.map { $0.arrival - now })
  }

  @Test("what has failed is gone round, and when it has healed the short way is back")
  func failAndHeal() throws {
    for part in ["short", "link r1 short"] {
      var sender = ProbeSender(SimulatedNetwork(try builder("fail \(part)").finish(), seed: 1))
      #expect(try path(&sender, at: 0) == (Self.long, .milliseconds(34)))
      for heal in ["heal \(part)", "heal"] {
        var healed = ProbeSender(SimulatedNetwork(try builder("fail \(part)", heal).finish(), seed: 1))
        #expect(try path(&healed, at: 0) == (Self.short, .milliseconds(8)))
      }
    }
  }

  @Test("a schedule counts from the first datagram, whenever that is")
  func schedule() throws {
    let topology = try builder("at 10s fail short", "at 20s heal short").finish()
    for start in [0, 1_000] {
      var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
      let ways = try [0, 9, 10, 19, 20].map { try path(&sender, at: start + $0).0 }
      #expect(ways == [Self.short, Self.short, Self.long, Self.long, Self.short])
    }
  }

  @Test("where no way leads round a failure, the last router before it says so")
  func broken() throws {
    let expected: [(String, IPAddress, UInt8)] = [
      // A dead host is missed by its neighbour; a dead link takes the route away.
      ("fail web", IPAddress(198, 51, 100, 9), 1), ("fail link far web", IPAddress(198, 51, 100, 9), 0),
      ("fail far", Self.short, 0),
    ]
    for (line, responder, code) in expected {
      var sender = ProbeSender(SimulatedNetwork(try builder(line).finish(), seed: 1))
      try sender.sendEchoes(to: Self.web, ttls: [9])
      let reply = try #require(try sender.receive().first)
      #expect(reply.responder == responder && reply.type == ICMPType.destinationUnreachable && reply.code == code)
    }
    var sender = ProbeSender(SimulatedNetwork(try builder("fail r1").finish(), seed: 1))
    guard case .failed = try sender.sendEchoes(to: Self.web, ttls: [9]).first else {
      Issue.record("without a first hop nothing can leave")
      return
    }
  }

  @Test("a running network takes a change, and what is under way comes home")
  func live() throws {
    var builder = try builder()
    let network = SimulatedNetwork(try builder.finish(), seed: 1)
    var sender = ProbeSender(network)
    try sender.sendEchoes(to: Self.web, ttls: [9])
    try Self.apply("lab fail short", to: &builder)
    network.mailbox.leave(try builder.finish())
    try sender.sendEchoes(to: Self.web, ttls: [9])
    #expect(try sender.receive().map { $0.arrival.nanoseconds / 1_000_000 } == [8, 34])
    try Self.apply("lab heal", to: &builder)
    try Self.apply("lab hop new 198.51.100.44 from r1 delay 2ms", to: &builder)
    try Self.apply("lab set link r1 short delay 3ms", to: &builder)
    network.mailbox.leave(try builder.finish())
    #expect(try path(&sender, at: 1) == (Self.short, .milliseconds(12)))
    try sender.sendEchoes(to: IPAddress(198, 51, 100, 44), ttls: [9])
    #expect(try sender.receive().count == 1)
  }

  @Test("a change that is typed does not undo what the schedule has done")
  func scheduleAndTyped() throws {
    var builder = try builder("at 1s fail short")
    let network = SimulatedNetwork(try builder.finish(), seed: 1)
    var sender = ProbeSender(network)
    #expect(try path(&sender, at: 0).0 == Self.short)
    #expect(try path(&sender, at: 2).0 == Self.long)
    try Self.apply("lab set longer silent", to: &builder)
    network.mailbox.leave(try builder.finish())
    #expect(try path(&sender, at: 3).0 == Self.long)
    try Self.apply("lab heal short", to: &builder)
    network.mailbox.leave(try builder.finish())
    #expect(try path(&sender, at: 4).0 == Self.short)
  }

  @Test("a rate limit goes on where it was, unless it is stated anew")
  func limits() throws {
    var builder = try builder("set r1 ratelimit 1/s burst 2")
    let network = SimulatedNetwork(try builder.finish(), seed: 1)
    var sender = ProbeSender(network)
    try sender.sendEchoes(to: Self.web, ttls: [1, 1, 1])
    #expect(try sender.receive().count == 2)
    try Self.apply("lab fail short", to: &builder)
    network.mailbox.leave(try builder.finish())
    try sender.sendEchoes(to: Self.web, ttls: [1, 1, 1])
    #expect(try sender.receive().isEmpty)
    try Self.apply("lab set r1 no ratelimit", to: &builder)
    network.mailbox.leave(try builder.finish())
    try sender.sendEchoes(to: Self.web, ttls: [1, 1, 1])
    #expect(try sender.receive().count == 3)
  }

  @Test("an address that a node gives up is free, unless the resolver has it; others stay taken")
  func addressesGivenUp() throws {
    var builder = try builder("set short replies from 198.51.100.77 dnat 198.51.100.78 to 203.0.113.80")
    #expect(throws: Diagnostic.self) { try Self.apply("lab hop new 198.51.100.77", to: &builder) }
    #expect(throws: Diagnostic.self) { try Self.apply("lab hop new 198.51.100.78", to: &builder) }
    try Self.apply("lab set short no replies no dnat", to: &builder)
    #expect(throws: Diagnostic.self) { try Self.apply("lab resolver 198.51.100.77", to: &builder) }
    try Self.apply("lab hop new 198.51.100.77", to: &builder)
    try Self.apply("lab hop other 198.51.100.78", to: &builder)
    try Self.apply("lab set r1 replies from 198.51.100.99", to: &builder)
    try Self.apply("lab resolver 198.51.100.99", to: &builder)
    #expect(throws: Diagnostic.self) { try Self.apply("lab set r1 no replies", to: &builder) }
  }

  @Test("of what a node can have several, a statement replaces all there were by all it states")
  func several() throws {
    var builder = try builder("set r1 route 203.0.113.0/24 via long route 203.0.113.64/26 via short")
    func routes() throws -> [String] { try builder.finish().nodes[1].behaviors.map(\.description) }
    #expect(try routes() == ["route 203.0.113.0/24 via long", "route 203.0.113.64/26 via short"])
    try Self.apply("lab set r1 route 10.0.0.0/8 via short", to: &builder)
    #expect(try routes() == ["route 10.0.0.0/8 via short"])
    #expect(throws: Diagnostic.self) { try Self.apply("lab set r1 silent silent", to: &builder) }
  }

  @Test("a burst of losses at the resolver goes on where it was")
  func resolverBurst() throws {
    let name = try DomainName("r1.ring.test")
    // The state of the burst changes once in 10,000 questions, so that one statement changes nothing.
    var builder = try builder("resolver 203.0.113.80 loss 50% burst 10000")
    for seed in 1...4 as ClosedRange<UInt64> {
      var probe = TunnelProbe(try builder.finish(), seed: seed)
      func answers(_ count: Int) throws -> Int {
        for _ in 0..<count { probe.ask(name, .a, of: Self.web) }
        return try probe.receive().count
      }
      // Until a burst begins.
      var asked = 0
      while try answers(1) > 0, asked < 100_000 { asked += 1 }
      #expect(try answers(5) == 0)
      try Self.apply("lab set longer late 1% 1s", to: &builder)
      probe.network.apply(try builder.finish())
      #expect(try answers(5) == 0)
    }
  }

  @Test("a lab that is traced takes a change between two traces, on the virtual clock")
  func labNetwork() async throws {
    var builder = try builder("target web.ring.test 'the end'", "name web.ring.test 203.0.113.80")
    let catalog = LabCatalog([try builder.finish()])
    let lab = LabNetwork(try catalog.network(named: "ring"), of: catalog, clock: .virtual, seed: 1)
    #expect(try await hops(lab) == 4)
    try Self.apply("lab fail short", to: &builder)
    try Self.apply("lab name late.ring.test 203.0.113.80", to: &builder)
    lab.apply(try builder.finish())
    #expect(try await hops(lab) == 5)
    #expect(try await lab.resolve("late.ring.test", family: .auto) == Self.web)
    await lab.shutDown()
  }

  private func hops(_ lab: LabNetwork) async throws -> Int? {
    let request = TraceRequest(target: Self.web, method: try lab.method(for: Self.web, protocolName: nil, socket: nil))
    let run = try #require(await lab.begin([request]).first)
    await lab.sleep(for: .seconds(30))
    var trace = Trace(request: request, began: .zero)
    for await batch in run.events {
      for event in batch { trace.apply(event) }
      if batch.isEmpty { break }
    }
    return trace.reachedTTL.map { Int($0.value) }
  }

  @Test("answers go home another way from the node that says so on: later, and with a lower TTL")
  func returnWay() throws {
    let topology = try builder("set far return via longer,long").finish()
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    try sender.sendEchoes(to: Self.web, ttls: [1, 2, 3, 4])
    let replies = try sender.receive().sorted { $0.sequence < $1.sequence }
    #expect(replies.map { $0.arrival.nanoseconds / 1_000_000 } == [2, 4, 19, 21])
    #expect(replies.map(\.ttl) == [255, 254, 252, 60])
  }

  @Test("every shipped network, and one with changes, is written so that it reads back the same")
  func roundTrip() throws {
    var topologies = try LabCatalog.shipped().entries.map(\.topology)
    topologies.append(
      try builder("at 1500ms fail link r1 short", "at 2h heal", "fail long", "as 64500 'IT S' - - 192.0.2.0/24")
        .finish())
    for topology in topologies {
      let text = LabScript.text(of: topology)
      let again = try LabScript.topology(of: text.utf8, name: "again.ftr")
      #expect(LabScript.text(of: again) == text)
      #expect(Self.shape(again) == Self.shape(topology), "\(topology.name)")
    }
  }

  /// Everything that a topology says, in its own order.
  private static func shape(_ topology: Topology) -> [String] {
    var lines = [topology.name, topology.summary]
    lines += topology.nodes.map {
      "\($0.name) \($0.addresses) \($0.dnsName ?? "") \($0.behaviors.map(\.description)) \($0.servedPrefixes) \($0.isBorder)"
    }
    lines += topology.links.map { "\($0.ends) \($0.behaviors.map(\.description))" }
    lines += ["\(topology.names)", "\(topology.targets)", "\(topology.systems)", "\(topology.publicAddresses)"]
    lines.append("\(topology.nameServer.map { "\($0.addresses) \($0.behaviors.map(\.description))" } ?? "")")
    return lines + ["\(topology.failures.nodes.sorted()) \(topology.failures.links.sorted())", "\(topology.schedule)"]
  }

  @Test("a graph names every node and link, and dashes what has failed")
  func graph() throws {
    let lines = LabDrawing.dot(try builder("fail short", "fail link r1 long").finish())
    #expect(lines.first == "graph \"ring\" {" && lines.last == "}")
    #expect(lines.contains(#"  "short" [label="short\n198.51.100.1", style=dashed];"#))
    #expect(lines.contains(#"  "r1" -- "long" [label="delay 5ms", style=dashed];"#))
    #expect(lines.contains(#"  "home" [label="home\n192.0.2.10", shape=house];"#))
    #expect(lines.count { $0.contains(" -- ") } == 7)
  }
}
