import Packets
import Probing
import Results
import SystemIO
import Time
import Tracing

/// A network that is traced by an engine of the study, in place of its own prober.
///
/// Names, methods and addresses are those of the network it decorates; the probes go by the sockets that network lends.
/// The engine is made with the first trace.
package final class ApproachNetwork: Network {
  private let base: any Network
  private let sockets: any ProbeSocketSource
  private let settings: EngineSettings
  private let loop: EventLoop
  private let desk: LookUpDesk
  private let gauge: EngineGauge
  private let openRing: @Sendable () throws(SystemError) -> CompletionRing
  private let state = Locked(State())

  private struct State: Sendable {
    var way: Way?
    /// As set last; nil leaves the table's own default.
    var keep: Duration?
    var isShutDown = false
  }

  private enum Way: Sendable {
    case traces(EngineTraces)
    case reactor(ReactorEngine)
  }

  /// - Parameters:
  ///   - base: asked for names, methods and addresses; no trace is begun on it.
  ///   - sockets: of the same network.
  ///   - engine: how replies are waited for.
  ///   - loop: for timers, and for `reactor` the thread that everything runs on.
  ///   - lookUps: what replies or threads wait for; nil is nothing.
  ///   - gauge: counts every thread and descriptor of the engine.
  package convenience init(
    _ base: any Network, sockets: any ProbeSocketSource, engine: EngineSettings, on loop: EventLoop,
    lookUps: (any EngineLookUps)?, gauge: EngineGauge = EngineGauge()
  ) {
    self.init(base, sockets: sockets, engine: engine, on: loop, lookUps: lookUps, gauge: gauge) {
      () throws(SystemError) in try CompletionRing()
    }
  }

  /// - Parameters:
  ///   - longestLookUp: how long a look-up is waited for.
  ///   - openRing: for `completion`.
  init(
    _ base: any Network, sockets: any ProbeSocketSource, engine: EngineSettings, on loop: EventLoop,
    lookUps: (any EngineLookUps)?, gauge: EngineGauge, longestLookUp: Duration = LookUpDesk.usualLongest,
    openRing: @escaping @Sendable () throws(SystemError) -> CompletionRing
  ) {
    self.base = base
    self.sockets = sockets
    settings = engine
    self.loop = loop
    self.gauge = gauge
    self.openRing = openRing
    desk = LookUpDesk(engine, lookUps, longest: longestLookUp)
  }

  deinit {
    // Whoever has not shut it down leaves no threads behind either; a reactor has none but the loop's.
    if case .traces(let traces) = state.withLock({ $0.way }) { traces.shutDown()?.shutDown() }
    desk.end()
  }

  package var name: String { base.name }
  package var isVirtual: Bool { base.isVirtual }

  package func addresses(
    of target: String, family: FamilyPreference
  ) async throws(NetworkFailure) -> [IPAddress] {
    try await base.addresses(of: target, family: family)
  }

  package func method(
    for target: IPAddress, protocolName: ProbeProtocolName?, socket: SocketName?
  ) throws(NetworkFailure) -> ProbeMethod {
    try base.method(for: target, protocolName: protocolName, socket: socket)
  }

  package func localAddress(toward target: IPAddress) -> IPAddress? { base.localAddress(toward: target) }

  package func methods() -> [MethodReport] { base.methods() }

  package func begin(_ requests: [TraceRequest]) async -> [TraceRun] {
    let found: Way
    do throws(SendFailure) {
      found = try way()
    } catch {
      return requests.map { refuse($0, error) }
    }
    switch found {
    case .reactor(let reactor): return await reactor.begin(requests, keep: state.withLock { $0.keep })
    case .traces(let traces):
      let opened = requests.map { ($0, open($0)) }
      traces.note(kept: sockets.keptDescriptors)
      return traces.begin(opened)
    }
  }

  package func cancel(_ run: TraceID) async {
    switch state.withLock({ $0.way }) {
    case .reactor(let reactor): await reactor.cancel(run)
    case .traces(let traces): traces.cancel(run)
    case nil: break
    }
  }

  package func sleep(for duration: Duration) async { await base.sleep(for: duration) }

  package func keepIdentities(for duration: Duration) async {
    let way = state.withLock { state in
      state.keep = duration
      return state.way
    }
    switch way {
    case .reactor(let reactor): await reactor.keepIdentities(for: duration)
    case .traces(let traces): traces.keepIdentities(for: duration)
    case nil: break
    }
  }

  /// Ends every trace of the engine, its threads and its look-ups; the network that this one decorates stays as it is.
  package func shutDown() async {
    let way = state.withLock { state in
      state.isShutDown = true
      return state.way
    }
    switch way {
    case .reactor(let reactor): await reactor.shutDown()
    case .traces(let traces): traces.shutDown()?.shutDown()
    case nil: break
    }
    // Behind the engine, whose threads could still have asked.
    desk.end()
  }

  /// What was counted since the last call: of each reply that the engine read, in time or late, the RTT as the engine
  /// judged it, minus the RTT by the kernel's stamps where it gave both.
  package func takeBiases() -> [Duration] {
    switch state.withLock({ $0.way }) {
    case .reactor(let reactor): reactor.takeBiases()
    case .traces(let traces): traces.takeBiases()
    case nil: []
    }
  }

  /// The engine, made now if there is none.
  ///
  /// - Throws: when the machine refuses it what it stands on.
  private func way() throws(SendFailure) -> Way {
    try state.withLock { state throws(SendFailure) in
      guard !state.isShutDown else {
        throw SendFailure(call: "trace", errno: 0, reason: "the network has been shut down")
      }
      if let way = state.way { return way }
      let way = try makeWay(keep: state.keep)
      state.way = way
      return way
    }
  }

  private func makeWay(keep: Duration?) throws(SendFailure) -> Way {
    let room: EngineRoom
    let make: (EngineTraces) throws(SendFailure) -> any Engine
    switch settings.name {
    case .reactor:
      do throws(SystemError) {
        return .reactor(try ReactorEngine(settings, sockets, desk, on: loop, gauge))
      } catch {
        throw SendFailure(error)
      }
    case .blocking:
      room = BlockingEngine.room(settings)
      make = { [sockets, desk] in BlockingEngine($0, sockets, desk) }
    case .multiwait:
      room = MultiwaitEngine.room
      make = { [sockets, desk] in MultiwaitEngine($0, sockets, desk) }
    case .tuned:
      room = TunedEngine.room
      make = { [sockets, desk] in TunedEngine($0, sockets, desk) }
    case .dedicated:
      room = DedicatedEngine.room
      make = { [sockets, desk] in DedicatedEngine($0, sockets, desk) }
    case .completion:
      room = CompletionEngine.room
      make = { [sockets, desk, openRing] traces throws(SendFailure) in
        try CompletionEngine(traces, sockets, desk, openRing: openRing)
      }
    }
    let traces = EngineTraces(
      settings, room: room, firstSequence: .random(in: 0...UInt16.max), on: loop, gauge: gauge)
    if let keep { traces.keepIdentities(for: keep) }
    traces.serve(try make(traces))
    return .traces(traces)
  }

  private func open(_ request: TraceRequest) -> Result<UInt16, SendFailure> {
    do throws(SendFailure) {
      return .success(try sockets.open(request.method, flow: request.flow))
    } catch {
      return .failure(error)
    }
  }

  /// A trace that fails at once.
  private func refuse(_ request: TraceRequest, _ failure: SendFailure) -> TraceRun {
    let (events, continuation) = AsyncStream.makeStream(of: [TraceEvent].self)
    let now = MonotonicClock.now
    continuation.yield([.began(request, at: now), .finished(.failed(failure), at: now)])
    continuation.finish()
    return TraceRun(id: TraceID(0), events: events)
  }
}
