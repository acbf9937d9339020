import Probing
import Results
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

@Suite("The traces of an engine")
struct EngineTracesTests {
  /// An engine that does what the test says as it is handed probes.
  private final class TestEngine: Engine {
    private let body: @Sendable ([EngineProbe]) -> Void
    private let state = Locked(true)

    init(_ body: @escaping @Sendable ([EngineProbe]) -> Void) { self.body = body }

    /// Whether it was told to rest since it was handed probes last.
    var isResting: Bool { state.withLock { $0 } }

    func carry(_ probes: [EngineProbe]) {
      body(probes)
      state.withLock { $0 = false }
    }

    func cancel(_ life: TraceLife) {}
    func rest() { state.withLock { $0 = true } }
    func shutDown() {}
  }

  private static func traces(on loop: EventLoop) -> EngineTraces {
    EngineTraces(
      EngineSettings(.dedicated), room: EngineRoom(), firstSequence: 0, on: loop, gauge: EngineGauge())
  }

  private static var request: TraceRequest {
    var request = TraceRequest(target: ScriptedNet.target, method: ScriptedNet.method)
    request.timeout = .seconds(60)
    request.patience = nil
    return request
  }

  @Test("a trace that is cancelled while its probes are handed over leaves the engine at rest")
  func cancelledInHandOver() throws {
    let loop = try EventLoop(name: "engine test")
    let traces = Self.traces(on: loop)
    let engine = TestEngine { [weak traces] probes in
      for id in Set(probes.map(\.life.id)) { traces?.cancel(id) }
    }
    traces.serve(engine)
    _ = traces.begin([(Self.request, .success(1))])
    #expect(engine.isResting)
    _ = traces.shutDown()
  }

  @Test("a probe that waits for its turn when its trace ends does not leave")
  func endedBeforeSending() async throws {
    let net = ScriptedNet([.answers])
    let loop = try EventLoop(name: "engine test")
    let traces = Self.traces(on: loop)
    let queue = Locked<[EngineProbe]>([])
    let engine = TestEngine { probes in queue.withLock { $0 += probes } }
    traces.serve(engine)
    let run = traces.begin([(Self.request, .success(0x4242))])[0]
    let probes = queue.withLock { $0 }
    try #require(probes.count > 1)
    // The target is at the first TTL, so the first answer is the end.
    let first = try #require(OpenProbe.send(probes[0], by: net, traces))
    var batch = ArrivalBatch()
    for reply in first.read(&batch) { traces.accept(reply) }
    for await events in run.events {
      if events.contains(where: { if case .finished = $0 { true } else { false } }) { break }
    }
    #expect(OpenProbe.send(probes[1], by: net, traces) == nil)
    #expect(net.sent == [1])
    first.close()
    _ = traces.shutDown()
  }
}
