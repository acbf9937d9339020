import Probing
import Results
import Simulation
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

@Suite("Engines in the lab")
struct EngineLabTests {
  @Test(
    "every engine finds every hop of 'demo' in real time", arguments: EngineName.allCases, ProbeProtocolName.allCases)
  func demo(_ name: EngineName, _ protocolName: ProbeProtocolName) async throws {
    let catalog = try LabCatalog.shipped()
    let entry = try #require(catalog.owner(ofName: "demo.test"))
    let loop = try EventLoop(name: "engine test")
    let lab = LabNetwork(entry, of: catalog, clock: .real(loop), seed: 7)
    let sockets = LabSockets(entry.topology, seed: 7)
    let gauge = EngineGauge()
    let network = ApproachNetwork(
      lab, sockets: sockets, engine: EngineSettings(name), on: loop, lookUps: nil, gauge: gauge)
    let target = try await network.resolve("demo.test", family: .auto)
    var request = TraceRequest(
      target: target, method: try network.method(for: target, protocolName: protocolName, socket: nil))
    request.timeout = .seconds(5)
    let run = try #require(await network.begin([request]).first)
    // On a slow machine patience may give hops up that are read later, and so the trace may be over before they are all
    // known.
    var trace = Trace(request: request, began: .zero)
    for await events in run.events {
      for event in events { trace.apply(event) }
      if trace.end != nil, trace.path.filter(\.isAnswered).count == 11 { break }
    }
    #expect(trace.end == .reached(ttl(12)))
    #expect(trace.path.filter { !$0.isAnswered }.map(\.ttl) == [ttl(7)])
    await network.shutDown()
    #expect(gauge.reading.threads == 0)
    #expect(gauge.reading.descriptors == 0)
    sockets.shutDown()
    await lab.shutDown()
  }
}
