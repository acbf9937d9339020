import Glibc
import Probing
import Results
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

@Suite("The bounds of an engine")
struct EngineBoundTests {
  @Test("'blocking' with a limit of 1 has one probe wait at a time")
  func limit() async throws {
    var settings = EngineSettings(.blocking)
    settings.limit = 1
    try await withEngine(settings, on: Array(repeating: .answers, count: 12)) { engine in
      #expect(await engine.trace().end == .reached(ttl(12)))
      #expect(engine.net.sockets.most == 1)
    }
  }

  @Test("'blocking' without one has them all wait at once")
  func noLimit() async throws {
    let hops = Array(repeating: ScriptedNet.Hop.answersWhenTold, count: 12)
    try await withEngine(EngineSettings(.blocking), on: hops) { engine in
      let run = await engine.begin()
      let trace = await engine.trace(of: run) { trace in
        guard trace.hops.allSatisfy({ !$0.probes.isEmpty }) else { return false }
        for value in 1...12 { engine.net.answer(UInt8(value)) }
        return trace.end != nil
      }
      #expect(trace.end == .reached(ttl(12)))
      #expect(engine.net.sockets.most == 12)
      #expect(engine.gauge.reading.peakThreads == 12)
    }
  }

  @Test("'blocking' has no more threads than it is set to")
  func threads() async throws {
    var settings = EngineSettings(.blocking)
    settings.threads = 3
    try await withEngine(settings, on: Array(repeating: .answers, count: 12)) { engine in
      #expect(await engine.trace().end == .reached(ttl(12)))
      #expect(engine.net.sockets.most <= 3)
      #expect(engine.gauge.reading.peakThreads <= 3)
    }
  }

  @Test("'multiwait' finds every hop of more than 62, and waits for 62 at most")
  func multiwait() async throws {
    try await withEngine(EngineSettings(.multiwait), on: Array(repeating: .answers, count: 200)) { engine in
      var request = engine.request()
      request.window = 200
      let trace = await engine.trace(request)
      #expect(trace.end == .reached(ttl(200)))
      #expect(trace.hops.allSatisfy { $0.isAnswered })
      #expect(engine.net.sockets.most == MultiwaitEngine.mostSockets)
      #expect(engine.gauge.reading.peakThreads == 1)
    }
  }

  @Test("a probe that no thread is free for leaves when one is")
  func queued() async throws {
    var settings = EngineSettings(.blocking)
    settings.threads = 1
    try await withEngine(settings, on: [.silent, .silent, .answers]) { engine in
      var request = engine.request()
      request.timeout = .milliseconds(20)
      let trace = await engine.trace(request)
      #expect(engine.net.sent == [1, 2, 3])
      let departures = trace.hops.flatMap(\.probes).map(\.departure)
      #expect(departures[1] - departures[0] >= request.timeout)
      #expect(departures[2] - departures[1] >= request.timeout)
    }
  }

  @Test("a kernel that refuses io_uring is named, and the way out")
  func noRing() async throws {
    for (code, sentence) in [(ENOSYS, "this kernel has no io_uring"), (EPERM, "operation not permitted")] {
      let loop = try EventLoop(name: "engine test")
      let network = ApproachNetwork(
        NamelessNetwork(), sockets: ScriptedNet([.answers]), engine: EngineSettings(.completion), on: loop,
        lookUps: nil, gauge: EngineGauge()
      ) { () throws(SystemError) in throw SystemError(call: "io_uring_setup", errno: code) }
      let runs = await network.begin([TraceRequest(target: ScriptedNet.target, method: ScriptedNet.method)])
      var events: [TraceEvent] = []
      for await batch in runs[0].events { events += batch }
      guard case .finished(.failed(let failure), _) = try #require(events.last) else {
        Issue.record("\(events)")
        continue
      }
      #expect(failure.call == "io_uring_setup")
      #expect(failure.errno == code)
      #expect(failure.reason.contains(sentence))
      #expect(failure.advice == "'set engine reactor'")
      await network.shutDown()
    }
  }

  @Test("fifty traces in a row leave no thread and no descriptor", arguments: EngineName.allCases)
  func leaks(_ name: EngineName) async throws {
    let before = ProcessCount.descriptors
    try await withEngine(EngineSettings(name), on: [.answers, .silent, .answers]) { engine in
      var request = engine.request()
      request.timeout = .milliseconds(5)
      for _ in 0..<50 { _ = await engine.trace(request) }
    }
    #expect(ProcessCount.haveEnded(threadsNamed: Self.threadNames))
    #expect(ProcessCount.becomesTrue { ProcessCount.descriptors <= before })
  }

  @Test(
    "threads end by themselves when the last trace has", arguments: EngineName.allCases.filter { $0 != .reactor })
  func threadsEnd(_ name: EngineName) async throws {
    try await withEngine(EngineSettings(name), on: [.answers, .answers, .answers]) { engine in
      for _ in 0..<3 {
        #expect(await engine.trace().end == .reached(ttl(3)))
        #expect(await engine.isAtRest)
      }
    }
  }

  private static let threadNames: Set = [
    "probe wait", "worker", "multiwait", "sockets", "replies", "completions", "engine test",
  ]
}
