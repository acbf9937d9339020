import Packets
import Probing
import Simulation
import Tracing

/// Traces of the network `long`, thirty hops, in virtual time.
enum LabTrace {
  private static let hops = 30
  private static let rounds = 500

  /// Microseconds a trace.
  static func cost() -> Double {
    do {
      let entry = try LabCatalog.shipped().network(named: "long")
      guard let target = entry.zone.addresses(of: "end.long.test").first(where: { $0.family == .ipv4 }) else {
        preconditionFailure("the network 'long' has the target 'end.long.test'")
      }
      return medianCost(count: 1, rounds: rounds) { trace(target, in: entry.topology) } / 1000
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func trace(_ target: IPAddress, in topology: Topology) {
    var rehearsal = Rehearsal(SimulatedNetwork(topology, seed: 1))
    let method = ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4)
    rehearsal.begin(TraceRequest(target: target, method: method), id: TraceID(1))
    let replies = rehearsal.run().filter { if case .replied = $0.event { true } else { false } }
    precondition(replies.count == hops, "every hop answers")
  }
}
