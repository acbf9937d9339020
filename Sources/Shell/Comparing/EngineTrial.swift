import Approaches
import Enrichment
import Packets
import Probing
import Results
import Simulation
import SystemIO
import Time
import Tracing

/// Runs one trace by one engine, on sockets and look-ups of its own, and measures what it took.
///
/// Every run begins as a program does that has just been started: with no name in its cache, as the original did. In the lab each
/// round has a seed of its own, the same one for every engine.
///
/// What a run took of the processor is that of the whole program: the engine, its look-ups until the trace ended, and the session;
/// without the lab's thread and the busy ones.
struct EngineTrial: Sendable {
  /// Where probes go.
  enum Place: Sendable {
    case live
    case lab(Topology, LabNetwork)
  }

  let place: Place
  let seed: UInt64
  let request: EnrichmentRequest
  /// Kept busy meanwhile; nil when nothing is.
  let load: BusyThreads?

  /// An answer of the lab that comes later than this makes the run another one than was asked for: it is made again.
  static let mostLateness = Duration.milliseconds(1)
  /// On a machine with other work the lab is always late: after so many tries the run counts as it is.
  private static let mostTries = 5

  func run(
    _ rule: StudyRule, round: Int, _ watch: TraceWatch, _ session: isolated Session
  ) async throws(NetworkFailure) -> RunComparison.Run? {
    var repeats = 0
    while true {
      guard var run = try await attempt(rule, round, watch, session) else { return nil }
      let isLate = run.cost?.labLateness.map { $0 > Self.mostLateness } ?? false
      if !isLate || repeats == Self.mostTries - 1 {
        run.cost?.repeats = repeats
        return run
      }
      repeats += 1
    }
  }

  private func attempt(
    _ rule: StudyRule, _ round: Int, _ watch: TraceWatch, _ session: isolated Session
  ) async throws(NetworkFailure) -> RunComparison.Run? {
    guard let request = rule.request, let engine = rule.engine, let base = rule.network else { return nil }
    let sockets: any ProbeSocketSource
    var lab: LabSockets?
    switch place {
    case .live: sockets = session.services.networks.probeSockets()
    case .lab(let topology, _):
      let made = LabSockets(topology, seed: seed &+ UInt64(round))
      lab = made
      sockets = made
    }
    let annotator = try await annotator(in: session, rule.settings, seed: seed &+ UInt64(round))
    let lookUps = self.request.asksAboutAddresses ? AnnotatorLookUps(annotator, self.request) : nil
    let gauge = EngineGauge()
    let network = ApproachNetwork(
      base.network, sockets: sockets, engine: engine, on: session.services.networks.loop,
      lookUps: engine.awaitsNames || engine.sharesPool ? lookUps : nil, gauge: gauge)
    let before = usage(lab)
    let trace = await watch.trace(request, in: network, lateWait: .zero) { event in
      // What any trace with enrichment does: ask, and not wait.
      if let reply = event.replyOnPath { lookUps?.lookUp(reply.responder) {} }
    }
    let reading = gauge.reading
    lookUps?.end()
    await network.shutDown()
    let used = usage(lab) - before
    await annotator.shutDown()
    let lateness = lab?.takeLateness()
    lab?.shutDown()
    if watch.isStopped { return nil }
    if case .failed(let failure)? = trace.end {
      throw NetworkFailure(problem: failure.call, reason: failure.reason, advice: failure.advice)
    }
    return RunComparison.Run(
      trace,
      cost: RunComparison.Cost(
        bias: Self.median(network.takeBiases()), threads: reading.peakThreads, descriptors: reading.peakDescriptors,
        processor: max(.zero, used.processorTime), contextSwitches: max(0, used.contextSwitches),
        labLateness: lateness?.largest, repeats: 0))
  }

  /// Of the program, without the lab and what keeps the processors busy.
  private func usage(_ lab: LabSockets?) -> ThreadUsage {
    var usage = ProcessUsage.now
    if let lab { usage = usage - lab.usage }
    if let load { usage = usage - load.usage }
    return usage
  }

  private func annotator(
    in session: isolated Session, _ settings: Settings, seed: UInt64
  ) async throws(NetworkFailure) -> LazyAnnotator {
    switch place {
    case .live: return await session.services.networks.forgetfulAnnotator(settings.lookUps)
    case .lab(_, let network):
      let loop: EventLoop
      do throws(SystemError) {
        loop = try session.services.networks.lookUpLoop()
      } catch {
        throw NetworkFailure(problem: "cannot look anything up", reason: "\(error)")
      }
      return LazyAnnotator { () throws(SystemError) in try network.makeAnnotator(on: loop, seed: seed) }
    }
  }

  private static func median(_ durations: [Duration]) -> Duration? {
    durations.isEmpty ? nil : durations.sorted()[durations.count / 2]
  }
}

extension RunComparison.Run {
  /// What a trace found.
  init(_ trace: Trace, cost: RunComparison.Cost? = nil) {
    let replies = trace.path.flatMap(\.probes)
    self.init(
      answered: trace.path.filter(\.isAnswered).map { Int($0.ttl.value) }, elapsed: trace.elapsed ?? .zero,
      slowest: replies.compactMap { $0.anyRTT }.max(), lateBy: replies.compactMap { $0.lateBy }, cost: cost)
  }
}

extension ProbeRecord {
  /// Of its reply, in time or late.
  fileprivate var anyRTT: Duration? {
    switch outcome {
    case .replied(_, let rtt), .late(_, let rtt, _): rtt
    case .pending, .timedOut, .givenUp, .unsendable: nil
    }
  }

  fileprivate var lateBy: Duration? {
    guard case .late(_, _, let by) = outcome else { return nil }
    return by
  }
}
