import Glibc
import Packets
import Probing
import Results
import Sockets
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

/// Real sockets to the machine itself; the way there has one hop.
@Suite("Engines over the kernel's sockets")
struct EngineLiveTests {
  private static let loopbacks = [IPAddress(127, 0, 0, 1), IPAddress(high: 0, low: 1)]

  @Test("every engine finds the host by a UDP socket a probe", arguments: EngineName.allCases, loopbacks)
  func udp(_ name: EngineName, _ target: IPAddress) async throws {
    try await Self.trace(target, .udp, .errqueue, by: name)
  }

  @Test(
    "every engine finds the host by a raw socket a probe", .enabled(if: geteuid() == 0, "raw sockets need root"),
    arguments: EngineName.allCases, loopbacks)
  func raw(_ name: EngineName, _ target: IPAddress) async throws {
    try await Self.trace(target, .icmp, .raw, by: name)
  }

  private static func trace(
    _ target: IPAddress, _ protocolName: ProbeProtocolName, _ socket: SocketName, by name: EngineName
  ) async throws {
    let loop = try EventLoop(name: "engine test")
    let gauge = EngineGauge()
    // Some may still be the last test's, and be closed meanwhile; none is opened but by this engine.
    let before = ProcessCount.descriptors
    let network = ApproachNetwork(
      NamelessNetwork(), sockets: LiveProbeSockets(), engine: EngineSettings(name), on: loop, lookUps: nil,
      gauge: gauge)
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: protocolName, socket: socket, family: target.family))
    request.timeout = .seconds(60)
    request.lastTTL = ttl(4)
    request.patience = nil
    let run = try #require(await network.begin([request]).first)
    var trace = Trace(request: request, began: .zero)
    for await events in run.events {
      for event in events { trace.apply(event) }
      if trace.end != nil { break }
    }
    #expect(trace.end == .reached(.first))
    #expect(trace.path.first?.firstResponder == target)
    #expect(ProcessCount.becomesTrue { ProcessCount.descriptors - before <= gauge.reading.descriptors })
    await network.shutDown()
    #expect(gauge.reading.threads == 0)
    #expect(gauge.reading.descriptors == 0)
  }
}
