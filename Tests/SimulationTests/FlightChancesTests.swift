import Packets
import Probing
import Testing
import Time
import Tracing

@testable import Simulation

@Suite("The chances of a probe")
struct FlightChancesTests {
  private static let web = IPAddress(203, 0, 113, 80)

  private static func lossy() throws -> Topology {
    try network(
      "new lossy 'two hops'", "node home 192.0.2.10", "hop r1 198.51.100.1 delay 1ms jitter 5ms loss 30%",
      "hop web 203.0.113.80 delay 1ms jitter 5ms loss 30%")
  }

  /// A probe, and which of its kind it is.
  private struct Sent {
    let ttl: UInt8
    let attempt: Int
  }

  /// When each answer comes, by launch; probes leave in that order, all at once, with numbers that begin at `first`.
  private static func arrivals(_ order: [Sent], seed: UInt64, first: UInt16) throws -> [UInt32: Instant] {
    let lab = LabSockets(try lossy(), seed: seed)
    defer { lab.shutDown() }
    var host = VantageHost(try lossy(), seed: seed, capacity: 1_000, hasOwnChances: true)
    let method = ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4)
    let encoder = ProbeProtocol(
      TraceRequest(target: web, method: method), local: try lab.open(method, flow: .standard))
    for (index, sent) in order.enumerated() {
      var bytes: [UInt8] = []
      encoder.encode(sequence: first &+ UInt16(index), port: TraceRequest.usualPort, into: &bytes)
      let launch = LaunchID(slot: UInt32(sent.ttl) * 1_000 + UInt32(sent.attempt), generation: 1)
      let record = DepartureBatch.Record(
        launch: launch, method: method, flow: .standard, ownSocket: false, destination: web,
        port: TraceRequest.usualPort,
        source: nil, interfaceIndex: 0, hopLimit: sent.ttl, range: 0..<bytes.count)
      try host.send(record, message: bytes, from: FlightSender(socket: 1, launch: launch), at: Instant(nanoseconds: 1))
    }
    var found: [UInt32: Instant] = [:]
    while let next = host.nextEventTime {
      host.takeAnswer(by: next) { _, due, sender in found[sender.launch.slot] = due }
    }
    return found
  }

  @Test("the same seed gives the same losses and times, in whatever order the probes leave")
  func order() throws {
    let byTTL = (1...2).flatMap { ttl in (0..<50).map { Sent(ttl: ttl, attempt: $0) } }
    let byAttempt = (0..<50).flatMap { attempt in [2, 1].map { Sent(ttl: $0, attempt: attempt) } }
    let first = try Self.arrivals(byTTL, seed: 7, first: 0)
    #expect(try Self.arrivals(byAttempt, seed: 7, first: 40_000) == first)
    // Each attempt has its own luck, and so has each seed.
    #expect((10..<90).contains(first.count))
    #expect(Set(first.values).count == first.count)
    #expect(try Self.arrivals(byTTL, seed: 8, first: 0) != first)
  }
}
