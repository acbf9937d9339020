import Packets
import Probing
import Simulation
import Time
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

  /// Milliseconds for a trace of the twelve hops of `demo` each second, for an hour.
  static func hour() -> Double {
    do {
      let entry = try LabCatalog.shipped().network(named: "demo")
      guard let target = entry.zone.addresses(of: "demo.test").first(where: { $0.family == .ipv4 }) else {
        preconditionFailure("the network 'demo' has the target 'demo.test'")
      }
      var probes = 0
      let time = ContinuousClock().measure { probes = traceForAnHour(target, in: entry.topology) }
      precondition(probes == 3_600 * 12, "every second has its probes: \(probes)")
      return time / .milliseconds(1)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func traceForAnHour(_ target: IPAddress, in topology: Topology) -> Int {
    var rehearsal = Rehearsal(SimulatedNetwork(topology, seed: 1))
    let method = ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4)
    var request = TraceRequest(target: target, method: method)
    request.lastTTL = TTL(12) ?? .highest
    var sent = 0
    for second in 0..<3_600 {
      rehearsal.begin(request, id: TraceID(UInt64(second + 1)))
      sent += rehearsal.run().count { if case .sent = $0.event { true } else { false } }
      let next = Instant.zero + .seconds(second + 1)
      if rehearsal.now < next { _ = rehearsal.advance(by: next - rehearsal.now) }
    }
    return sent
  }

  /// Milliseconds to read a network file of so many nodes in a row.
  static func loading(nodes: Int) -> Double {
    var text = "lab new wide 'A row of nodes'\nlab node home 10.0.0.1\n"
    for number in 1..<nodes {
      text += "lab hop n\(number) 10.1.\(number / 250).\(number % 250 + 1) delay 1ms jitter 100us\n"
    }
    return medianCost(count: 1, rounds: 9) {
      do {
        let topology = try LabScript.topology(of: Array(text.utf8), name: "wide.ftr")
        precondition(topology.nodes.count == nodes, "every node is there")
      } catch {
        preconditionFailure("\(error)")
      }
    } / 1_000_000
  }
}
