import Packets
import Probing
import Results
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

@Suite("Every engine")
struct EngineTests {
  @Test("finds every hop, and leaves nothing", arguments: EngineName.allCases)
  func everyHop(_ name: EngineName) async throws {
    try await withEngine(EngineSettings(name), on: [.answers, .answers, .answersBehindStranger, .answers]) { engine in
      let trace = await engine.trace()
      #expect(trace.end == .reached(ttl(4)))
      #expect(trace.hops.map(\.firstResponder) == (1...4).map { engine.net.responder(UInt8($0)) })
    }
  }

  @Test("waits for a silent hop no longer than its timeout says", arguments: EngineName.allCases)
  func silentHop(_ name: EngineName) async throws {
    try await withEngine(EngineSettings(name), on: [.answers, .silent, .answers]) { engine in
      var request = engine.request()
      request.timeout = .milliseconds(20)
      let trace = await engine.trace(request)
      #expect(trace.hops[1].probes.map(\.outcome) == [.timedOut])
    }
  }

  @Test("a trace cancelled mid-way ends so, and leaves nothing", arguments: EngineName.allCases)
  func cancelled(_ name: EngineName) async throws {
    try await withEngine(EngineSettings(name), on: [.answers, .silent, .answersWhenTold]) { engine in
      let run = await engine.begin()
      var trace = Trace(request: engine.request(), began: .zero)
      for await events in run.events {
        for event in events { trace.apply(event) }
        if trace.hops[0].isAnswered, trace.hops[2].probes.count == 1 { break }
      }
      await engine.network.cancel(run.id)
      for await events in run.events {
        for event in events { trace.apply(event) }
        if trace.end != nil { break }
      }
      #expect(trace.end == .cancelled)
      // Long before the timeout of its silent probe, and without a shut-down.
      if name != .reactor { #expect(await engine.isAtRest) }
    }
  }

  @Test("a probe without a socket is unsendable, and the trace goes on", arguments: EngineName.allCases)
  func refused(_ name: EngineName) async throws {
    try await withEngine(EngineSettings(name), on: [.answers, .refused, .answers]) { engine in
      let trace = await engine.trace()
      #expect(trace.end == .reached(ttl(3)))
      #expect(trace.hops[1].probes.map(\.outcome) == [.unsendable(ScriptedNet.refusal)])
    }
  }

  @Test("several traces at once stay unmixed", arguments: EngineName.allCases)
  func several(_ name: EngineName) async throws {
    try await withEngine(EngineSettings(name), on: [.answers, .answers, .answers]) { engine in
      let runs = await engine.network.begin((0..<8).map { _ in engine.request() })
      for run in runs {
        let trace = await engine.end(of: run)
        #expect(trace.end == .reached(ttl(3)))
        #expect(trace.hops.map(\.firstResponder) == (1...3).map { engine.net.responder(UInt8($0)) })
        #expect(trace.hops.allSatisfy { $0.probes.count == 1 })
      }
    }
  }
}
