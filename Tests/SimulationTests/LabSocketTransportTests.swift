import Packets
import Probing
import Simulation
import SystemIO
import Testing
import Time
import Tracing

@Suite("Lab socket transport")
struct LabSocketTransportTests {
  /// The trace of a run, when its end has come.
  private func trace(_ request: TraceRequest, _ run: TraceRun) async -> Trace {
    var trace = Trace(request: request, began: .zero)
    for await batch in run.events {
      for event in batch { trace.apply(event) }
      if trace.end != nil { break }
    }
    return trace
  }

  private func addresses(of trace: Trace) -> [[IPAddress]] {
    trace.path.map { $0.responders.map(\.address) }
  }

  @Test(
    "a prober finds the path that it finds in virtual time",
    arguments: [ProbeProtocolName.icmp, .udp], [FamilyPreference.ipv4, .ipv6])
  func samePath(protocolName: ProbeProtocolName, family: FamilyPreference) async throws {
    let catalog = try LabCatalog.shipped()
    let entry = try catalog.network(named: "demo")
    let virtual = LabNetwork(entry, of: catalog, clock: .virtual, seed: 3)
    let target = try await virtual.resolve("demo.test", family: family)
    var request = TraceRequest(
      target: target, method: try virtual.method(for: target, protocolName: protocolName, socket: nil))
    // Twenty times what the lab takes, for machines that are that slow: a late answer is a late answer.
    request.timeout = .seconds(60)
    request.patience = 20
    let expected = await trace(request, try #require(await virtual.begin([request]).first))
    await virtual.shutDown()

    let lab = LabSockets(entry.topology, seed: 3)
    let loop = try EventLoop(name: "lab sockets")
    let prober = Prober(try lab.makeTransport(on: loop), on: loop, firstSequence: 65_530)
    let found = await trace(request, try #require(await prober.begin([request]).first))
    await prober.shutDown()
    loop.shutDown()
    lab.shutDown()

    #expect(found.end == expected.end)
    #expect(found.path.map(\.isAnswered) == (1...12).map { $0 != 7 })
    #expect(addresses(of: found) == addresses(of: expected))
  }

  @Test("a probe that is refused leaves those before and behind it alone")
  func refusalInside() async throws {
    let results = try await LabEngine.run {
      let lab = LabSockets(
        try network("new two 'two'", "node home 192.0.2.10", "hop web 203.0.113.80 delay 1ms"), seed: 1)
      defer { lab.shutDown() }
      let loop = try EventLoop(name: "lab sockets")
      defer { loop.shutDown() }
      let transport = try lab.makeTransport(on: loop)
      defer { transport.close() }
      var engine = LabEngine(lab)
      // More than one call takes.
      var batch = try engine.batch(to: IPAddress(203, 0, 113, 80), ttls: Array(repeating: 1, count: 150))
      _ = try transport.open(batch.records[0].method, flow: .standard)
      batch.records[70].interfaceIndex = 9
      transport.send(&batch, at: MonotonicClock.now)
      return batch.records.map { record in
        switch record.result {
        case .departed: "departed"
        case .held: "held"
        case .failed: "failed"
        }
      }
    }
    #expect(results == (0..<150).map { $0 == 70 ? "failed" : "departed" })
  }
}
