import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Scale")
struct ScaleTests {
  /// A tree: one gateway, 40 routers behind it, 25 hosts behind each; 1,042 nodes.
  private func tree() throws -> Topology {
    var lines = [
      "lab new tree 'a thousand targets'", "lab node home 192.0.2.10", "lab hop gateway 192.0.2.1 delay 1ms",
    ]
    for router in 0..<40 {
      lines.append("lab hop r\(router) 198.18.\(router).1 from gateway delay 2ms jitter 1ms")
      for host in 0..<25 {
        lines.append("lab hop h\(router)-\(host) 10.0.\(router).\(host + 1) from r\(router) delay 1ms")
      }
    }
    return try LabScript.topology(of: lines.joined(separator: "\n").utf8, name: "tree.ftr")
  }

  @Test("200,000 probes to 1,000 targets are under way at once, and each gets the reply of its target")
  func outstanding() throws {
    let transport = SimulatedNetwork(try tree(), seed: 1)
    var sender = ProbeSender(transport)
    for router in 0..<40 {
      for host in 0..<25 {
        let target = IPAddress(10, 0, UInt8(router), UInt8(host + 1))
        try sender.sendEchoes(to: target, ttls: [9]) { batch in
          batch.records = Array(repeating: batch.records[0], count: 200)
        }
      }
    }
    var batch = ArrivalBatch()
    var counts: [IPAddress: Int] = [:]
    var last = Instant.zero
    var isInOrder = true
    while let next = transport.nextArrivalTime {
      batch.removeAll()
      transport.receive(into: &batch, by: next)
      for record in batch.records {
        isInOrder = isInOrder && record.stamp >= last
        last = record.stamp
        if let source = record.source { counts[source, default: 0] += 1 }
      }
    }
    #expect(isInOrder)
    #expect(counts.count == 1_000)
    #expect(counts.values.allSatisfy { $0 == 200 })
  }

  @Test("more datagrams than the simulation holds are refused; when some have come home, there is room again")
  func full() throws {
    let topology = try network("new one 'one link'", "node home 192.0.2.10", "hop web 203.0.113.80 delay 1s")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1, capacity: 100))
    let web = IPAddress(203, 0, 113, 80)
    let results = try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 130))
    let failures = results.compactMap { result -> SendFailure? in
      guard case .failed(let failure) = result else { return nil }
      return failure
    }
    #expect(failures.count == 30)
    #expect(failures.first?.description == "lab: 100 datagrams are under way already")
    #expect(try sender.receive().count == 100)
    try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 100))
    #expect(try sender.receive().count == 100)
  }
}
