import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("A program that judges replies by when it reads them")
struct StampsWhenReadTests {
  /// A trace of the lab's demo whose reader stops from 44 to 74 ms, with a timeout of 70 ms: the last replies come at 45 ms.
  private func trace(judgedByProgram: Bool) throws -> Trace {
    let entry = try LabCatalog.shipped().network(named: "demo")
    let target = try #require(entry.zone.addresses(of: "demo.test").first { $0.family == .ipv4 })
    var plan = FaultPlan()
    plan.stampsWhenRead = judgedByProgram
    plan.stalls = [.init(from: .zero + .milliseconds(44), until: .zero + .milliseconds(74))]
    let transport = FaultInjector(SimulatedNetwork(entry.topology, seed: 1), plan: plan, seed: 1)
    var rehearsal = Rehearsal(transport)
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4))
    request.timeout = .milliseconds(70)
    rehearsal.begin(request, id: TraceID(1))
    var trace = Trace(request: request, began: .zero)
    for event in rehearsal.run() + rehearsal.advance(by: .seconds(1)) { trace.apply(event.event) }
    return trace
  }

  @Test("loses to a stall what arrived in time; the kernel's stamps lose nothing")
  func stall() throws {
    #expect(try trace(judgedByProgram: false).reachedTTL == TTL(12))
    #expect(try trace(judgedByProgram: true).reachedTTL == nil)
  }
}
