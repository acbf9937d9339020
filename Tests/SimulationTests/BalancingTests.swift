import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Load balancing")
struct BalancingTests {
  private static let web = IPAddress(203, 0, 113, 80)

  /// A balancer, two ways of equal cost and unequal length, and hosts behind them.
  private func diamond(_ mode: String) throws -> Topology {
    try network(
      "new diamond 'two ways'", "node home 192.0.2.10 2001:db8::10", "hop lb 192.0.2.1 2001:db8::1 \(mode)",
      "hop short 198.51.100.1 2001:db8:1::1 cost 2", "hop join 198.51.100.9 2001:db8:1::9 cost 2",
      "hop long1 198.51.100.2 2001:db8:1::2 from lb", "hop long2 198.51.100.3 2001:db8:1::3",
      "link long2 join cost 2", "hop web 203.0.113.80 2001:db8:3::80 from join",
      "hop other 203.0.113.81 from join", "hop third 203.0.113.82 from join", "hop fourth 203.0.113.83 from join")
  }

  /// Who answers at hop 2, for each flow.
  private func choices(
    _ topology: Topology, to target: IPAddress = web, flows: ClosedRange<UInt16>, _ name: ProbeProtocolName = .icmp
  ) throws -> [IPAddress] {
    let transport = SimulatedNetwork(topology, seed: 3)
    var batch = DepartureBatch()
    let method = ProbeMethod(protocolName: name, socket: .lab, family: target.family)
    for flow in flows {
      var request = TraceRequest(target: target, method: method)
      request.flow = FlowID(flow)
      let encoder = ProbeProtocol(request, local: try transport.open(method, flow: request.flow))
      for attempt in 0..<4 as Range<UInt16> {
        let start = batch.bytes.count
        encoder.encode(sequence: flow * 4 + attempt, port: request.port, into: &batch.bytes)
        batch.records.append(
          DepartureBatch.Record(
            launch: LaunchID(slot: 0, generation: 0), method: method, flow: request.flow, ownSocket: false,
            destination: target, port: request.port, source: nil, interfaceIndex: 0, hopLimit: 2,
            range: start..<batch.bytes.count))
      }
    }
    transport.send(&batch, at: .zero)
    var arrivals = ArrivalBatch()
    while let next = transport.nextArrivalTime { transport.receive(into: &arrivals, by: next) }
    return arrivals.records.compactMap(\.source)
  }

  private static let short = IPAddress(198, 51, 100, 1)
  private static let long = IPAddress(198, 51, 100, 2)

  @Test("of equally short ways the one over the link stated first is taken, whatever its parts cost")
  func firstStated() throws {
    let topology = try network(
      "new two 'two ways'", "node home 192.0.2.10", "hop x 192.0.2.1", "hop y 198.51.100.1 cost 2",
      "hop z 198.51.100.2 from x cost 1", "hop web 203.0.113.80 from z cost 2", "link y web cost 1")
    #expect(Set(try choices(topology, flows: 0...3)) == [Self.short])
  }

  @Test(
    "a balancer by flow sends all probes of a flow one way, and flows both ways", arguments: ProbeProtocolName.allCases)
  func flow(name: ProbeProtocolName) throws {
    let topology = try diamond("balance flow")
    var counts: [IPAddress: Int] = [:]
    for flow in 0...39 as ClosedRange<UInt16> {
      let found = Set(try choices(topology, flows: flow...flow, name))
      #expect(found.count == 1)
      for address in found { counts[address, default: 0] += 1 }
    }
    #expect(Set(counts.keys) == [Self.short, Self.long])
    #expect(counts.values.allSatisfy { $0 >= 8 })
  }

  @Test("a balancer by packet sends the probes of one flow both ways")
  func packet() throws {
    let found = try choices(diamond("balance packet"), flows: 0...9)
    #expect(found.count == 40)
    #expect(found.count { $0 == Self.short } > 8 && found.count { $0 == Self.long } > 8)
  }

  @Test("a balancer by destination sends all flows to one host one way, and hosts both ways")
  func destination() throws {
    let topology = try diamond("balance destination")
    let found = try (80...83).map { host in
      Set(try choices(topology, to: IPAddress(203, 0, 113, UInt8(host)), flows: 0...9))
    }
    #expect(found.allSatisfy { $0.count == 1 })
    #expect(Set(found.joined()).count == 2)
  }

  @Test("the seed of a balancer decides its choices, and the lab's seed does not")
  func seeds() throws {
    let ways = try (1...12).map { try choices(diamond("balance flow seed \($0)"), flows: 0...0).first }
    #expect(Set(ways).count == 2)
    #expect(try choices(diamond("balance flow"), flows: 0...9) == choices(diamond("balance flow"), flows: 0...9))
  }

  @Test("without a balancer the first of equal ways is always taken")
  func none() throws {
    #expect(Set(try choices(diamond(""), flows: 0...9)) == [Self.short])
  }

  @Test("answers come home on the way that the probe went")
  func home() throws {
    let topology = try network(
      "new diamond 'two ways'", "node home 192.0.2.10", "hop lb 192.0.2.1 balance packet", "hop a 198.51.100.1",
      "hop web 203.0.113.80", "hop b 198.51.100.2 from lb delay 10ms", "link b web delay 10ms")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    try sender.sendEchoes(to: Self.web, ttls: Array(repeating: 9, count: 20))
    #expect(Set(try sender.receive().map { $0.arrival.nanoseconds / 1_000_000 }) == [0, 40])
  }
}
