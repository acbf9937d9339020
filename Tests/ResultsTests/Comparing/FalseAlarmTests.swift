import Packets
import Probing
import Results
import Simulation
import Statistics
import Testing
import Time
import Tracing

/// Comparisons of simulated paths by the hundred: how often equal ones seem to differ, and how often a delay is found.
///
/// `FTRSH_ALARMS=1000 swift test --filter FalseAlarmTests`, or `scripts/soak alarms`, counts so many pairs and prints
/// the table.
@Suite("False alarms")
struct FalseAlarmTests {
  private static let pairs = 10

  /// Twelve hops, one of them silent. Each link delays by up to a millisecond more, a third of it on average, and loses
  /// one datagram in 200, both ways: at the target the RTT has a deviation of 1.5 ms, and 11 % of the probes are lost.
  ///
  /// - Parameter extra: microseconds that the fifth link takes longer.
  private func topology(extra: Int = 0) throws -> Topology {
    var lines = ["lab new alarm 'twelve hops'", "lab node home 192.0.2.10"]
    for hop in 1...12 {
      let address = hop == 12 ? "203.0.113.80" : "198.51.100.\(hop)"
      let delay = 800 + (hop == 5 ? extra : 0)
      lines.append(
        "lab hop h\(hop) \(address) delay \(delay)us jitter 1ms loss 0.5%" + (hop == 7 ? " silent" : ""))
    }
    return try LabScript.topology(of: lines.joined(separator: "\n").utf8, name: "alarm.ftr")
  }

  private func result(_ topology: Topology, seed: UInt64, queries: Int) throws -> TraceResult {
    var rehearsal = Rehearsal(SimulatedNetwork(topology, seed: seed))
    var request = TraceRequest(
      target: IPAddress(203, 0, 113, 80), method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4))
    request.queries = queries
    rehearsal.begin(request, id: TraceID(1))
    var trace = Trace(request: request, began: .zero)
    for event in rehearsal.run() { trace.apply(event.event) }
    let id = try #require(ResultID("@k7f3"))
    return TraceResult(
      id: id, commandLine: "trace", target: "target", network: "lab alarm", started: WallTime(milliseconds: 0),
      version: "1.0", trace: trace)
  }

  /// The claims of each of the pairs, the second path of which has the extra delay.
  private func claims(extra: Int, queries: Int, seed: UInt64) throws -> [[PathComparison.Claim]] {
    let (one, other) = (try topology(), try topology(extra: extra))
    return try (0..<Self.pairs).map { pair in
      let seeds = (seed + 2 * UInt64(pair), seed + 2 * UInt64(pair) + 1)
      let first = try result(one, seed: seeds.0, queries: queries)
      let second = try result(other, seed: seeds.1, queries: queries)
      return PathComparison(first, second, labels: ("%1", "%2"), bootstrap: Bootstrap(resamples: 200)).claims
    }
  }

  // With a true rate of 5 % four or more of ten are one in a thousand seeds; these are fixed.
  @Test("equal paths hardly ever seem to differ", arguments: [1, 5, 10, 30])
  func equalPaths(queries: Int) throws {
    let all = try claims(extra: 0, queries: queries, seed: 1_000_000 * UInt64(queries))
    #expect(all.count { !$0.isEmpty } <= 3)
  }

  @Test("a delay of 5 ms on one link is found with ten probes a hop, and the first hop behind it is named")
  func delays() throws {
    // Each way.
    let all = try claims(extra: 2_500, queries: 10, seed: 77)
    #expect(all.count { claims in claims.contains { $0.kind == .shift && $0.ttl == 5 } } >= 8)
    #expect(all.count { claims in claims.contains { $0.kind != .shift } } <= 3)
  }
}
