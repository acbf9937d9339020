import Probing
import Results
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

/// An engine on a scripted net.
struct EngineBench {
  let net: ScriptedNet
  let network: ApproachNetwork
  let gauge: EngineGauge

  /// To the target, with a timeout that no machine is too slow for.
  func request() -> TraceRequest {
    var request = TraceRequest(target: ScriptedNet.target, method: ScriptedNet.method)
    request.lastTTL = ttl(net.hops.count)
    request.timeout = .seconds(60)
    request.patience = nil
    return request
  }

  func begin(_ request: TraceRequest? = nil) async -> TraceRun {
    await network.begin([request ?? self.request()])[0]
  }

  func trace(_ request: TraceRequest? = nil) async -> Trace { await end(of: begin(request)) }

  /// Whether every thread and every socket has gone by itself; waits until it is so.
  ///
  /// Nothing tells when a thread ends that nobody waits for. The bound is half of the timeout of `request`.
  var isAtRest: Bool {
    get async {
      let deadline = MonotonicClock.now + .seconds(30)
      while gauge.reading.threads > 0 || net.sockets.now > 0 {
        guard MonotonicClock.now < deadline else { return false }
        await Task.yield()
      }
      return true
    }
  }

  /// The trace when it has finished.
  func end(of run: TraceRun) async -> Trace { await trace(of: run) { $0.end != nil } }

  /// The trace when it is as wanted.
  func trace(of run: TraceRun, until isDone: (Trace) -> Bool) async -> Trace {
    var trace = Trace(request: request(), began: .zero)
    for await events in run.events {
      for event in events { trace.apply(event) }
      if isDone(trace) { break }
    }
    return trace
  }
}

func ttl(_ value: Int) -> TTL { TTL.first.advanced(by: value - 1) }

/// Runs `body` with an engine, and sees that nothing is left of it.
func withEngine(
  _ settings: EngineSettings, on hops: [ScriptedNet.Hop], lookUps: (any EngineLookUps)? = nil,
  longestLookUp: Duration = .seconds(3600),
  _ body: (EngineBench) async throws -> Void
) async throws {
  let loop = try EventLoop(name: "engine test")
  let gauge = EngineGauge()
  let net = ScriptedNet(hops)
  // Unless a test is about that, no look-up is given up: whatever should not wait for one hangs if it does.
  let network = ApproachNetwork(
    NamelessNetwork(), sockets: net, engine: settings, on: loop, lookUps: lookUps, gauge: gauge,
    longestLookUp: longestLookUp
  ) { () throws(SystemError) in try CompletionRing() }
  try await body(EngineBench(net: net, network: network, gauge: gauge))
  await network.shutDown()
  let reading = gauge.reading
  #expect(reading.threads == 0)
  #expect(reading.descriptors == 0)
  #expect(reading.peakThreads > 0)
  #expect(net.sockets.now == 0)
}
