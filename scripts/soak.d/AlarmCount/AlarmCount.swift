import Packets
import Probing
import Results
import Simulation
import Statistics
import Time
import Tracing

/// Comparisons of so many pairs of simulated paths.
struct AlarmCount {
  struct Counts {
    /// Comparisons with a claim.
    var any = 0
    /// With a claim of a shift.
    var found = 0
    /// With one that begins where the delay is.
    var right = 0
    /// With one that begins before.
    var early = 0
    /// With a claim of something else.
    var other = 0
  }

  /// Where the extra delay is.
  private static let delayedHop = 5

  let pairs: Int
  /// Probes a hop.
  let queries: Int
  /// Microseconds that the link takes longer, each way, for the second path of each pair.
  let extra: Int

  func counted() throws -> Counts {
    let (one, other) = (try topology(extra: 0), try topology(extra: extra))
    var counts = Counts()
    for pair in 0..<pairs {
      let seed = UInt64(queries) << 40 | UInt64(extra) << 24 | UInt64(pair) << 1
      let comparison = PathComparison(
        result(one, seed: seed), result(other, seed: seed | 1), labels: ("%1", "%2"),
        bootstrap: Bootstrap(resamples: 500))
      let shifts = comparison.claims.filter { $0.kind == .shift }.map { $0.ttl ?? 0 }
      if !comparison.claims.isEmpty { counts.any += 1 }
      if !shifts.isEmpty { counts.found += 1 }
      if shifts.contains(Self.delayedHop) { counts.right += 1 }
      if shifts.contains(where: { $0 < Self.delayedHop }) { counts.early += 1 }
      if shifts.count < comparison.claims.count { counts.other += 1 }
    }
    return counts
  }

  private func topology(extra: Int) throws -> Topology {
    var lines = ["lab new alarm 'twelve hops'", "lab node home 192.0.2.10"]
    for hop in 1...12 {
      let address = hop == 12 ? "203.0.113.80" : "198.51.100.\(hop)"
      let delay = 800 + (hop == Self.delayedHop ? extra : 0)
      lines.append("lab hop h\(hop) \(address) delay \(delay)us jitter 1ms loss 0.5%" + (hop == 7 ? " silent" : ""))
    }
    return try LabScript.topology(of: lines.joined(separator: "\n").utf8, name: "alarm.ftr")
  }

  private func result(_ topology: Topology, seed: UInt64) -> TraceResult {
    var rehearsal = Rehearsal(SimulatedNetwork(topology, seed: seed))
    var request = TraceRequest(
      target: IPAddress(203, 0, 113, 80), method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4))
    request.queries = queries
    rehearsal.begin(request, id: TraceID(1))
    var trace = Trace(request: request, began: .zero)
    for event in rehearsal.run() { trace.apply(event.event) }
    var generator = SeededGenerator(seed: seed)
    return TraceResult(
      id: .draw(using: &generator), commandLine: "trace", target: "target", network: "lab alarm",
      started: WallTime(milliseconds: 0), version: "1.0", trace: trace)
  }
}
