import Lexing
import Packets
import Probing
import Results
import Simulation
import SystemIO
import Time
import Tracing

/// What every comparison of many runs needs to know of its target before it begins.
struct StudyPlan {
  let call: Invocation
  let target: Invocation.Argument
  let settings: Settings
  let choice: NetworkChoice
  /// Runs a row.
  let runCount: Int
  let pause: Duration
  let load: Int
  /// When it began.
  private let started: WallTime

  /// Enough that a difference of a standard deviation is found, and in the lab over in seconds.
  static let usualRuns = 10
  /// A network that is probed again at once may limit what it answers: live runs are a second apart.
  static let usualPause = Duration.seconds(1)
  /// The lab knows which hops answer: those that do when each is asked so often, since a probe's loss there is a matter of chance.
  private static let truthQueries = 5

  /// - Throws: when the words do not make sense.
  init(_ call: Invocation, target: Invocation.Argument, in session: isolated Session) throws(ShellError) {
    self.call = call
    self.target = target
    started = session.services.clock()
    settings = call.settings(over: session.settings)
    choice = session.networkChoice(for: target.text)
    if case .replay = choice {
      throw call.failed(
        "cannot run anything anew in a recording", why: "it holds what came then",
        try: "'whatif' for other settings, or 'use live'")
    }
    runCount = call.count("runs") ?? Self.usualRuns
    let isLab = if case .lab = choice { true } else { false }
    pause = call.duration("pause") ?? (isLab ? .zero : Self.usualPause)
    load = call.count("load") ?? 0
    guard settings.firstTTL <= settings.maxTTL else {
      throw call.wrong(
        "first-ttl \(settings.firstTTL) is beyond max-ttl \(settings.maxTTL): nothing would be probed",
        try: "'set max-ttl \(settings.firstTTL)' or more")
    }
  }

  /// Warns of settings that do not go together, as any command does whose options bring them together.
  ///
  /// - Parameters:
  ///   - meaning: what a short timeout with enrichment means here; nil takes what it means for the engine in use.
  ///   - reason: why.
  func warn(in session: isolated Session, shortTimeout meaning: String? = nil, why reason: String? = nil) {
    for conflict in settings.newConflicts(since: session.settings) {
      var diagnostic = conflict.diagnostic
      switch conflict.kind {
      case .shortTimeoutWithEnrichment, .shortTimeoutMayMissHops:
        guard let meaning else { break }
        diagnostic = Diagnostic(
          "timeout \(Milliseconds(settings.timeout).exact) with enrichment on: \(meaning)", why: reason,
          try: "the table tells which do", severity: .warning)
      case .ttlRange, .shortOverall, .unusedLimit, .unusedThreads: break
      }
      session.tell(call.frame.locate(diagnostic, at: call.range), on: call.console)
    }
  }

  /// The heading of a table without rows.
  func comparison(_ kind: RunComparison.Kind, _ network: any Network) -> RunComparison {
    let isLab = if case .lab = choice { true } else { false }
    return RunComparison(
      kind: kind, target: target.text, network: network.name, isVirtual: network.isVirtual,
      timeout: Milliseconds(settings.timeout), isEnriched: settings.enrichment == .on, runCount: runCount,
      seed: UInt64(settings.labSeed), pause: Milliseconds(pause), load: load, isTruthOfLab: isLab, rows: [])
  }

  /// The addresses of the target, best first; an interrupt abandons the look-up.
  func addresses(
    _ family: FamilyPreference, in network: any Network, _ session: isolated Session
  ) async throws(NetworkFailure) -> [IPAddress] {
    let name = target.text
    let lookUp = Task { () async -> Result<[IPAddress], NetworkFailure> in
      do throws(NetworkFailure) {
        return .success(try await network.addresses(of: name, family: family))
      } catch {
        return .failure(error)
      }
    }
    let outer = session.beginWaiting(stop: { lookUp.cancel() })
    if session.isInterrupted { lookUp.cancel() }
    let outcome = await lookUp.value
    session.endWaiting(outer)
    return try outcome.get()
  }

  /// How a target is probed under some settings.
  func request(
    to address: IPAddress, _ settings: Settings, in network: any Network
  ) throws(NetworkFailure) -> TraceRequest {
    let method = try network.method(
      for: address, protocolName: settings.protocolName, socket: settings.socket)
    var request = settings.request(
      target: address, method: method, source: settings.source.flatMap { IPAddress($0) },
      interfaceIndex: try settings.interfaceIndex(), distanceHint: nil)
    // Only figures are kept of these runs, and to keep packets would be measured with them.
    request.keepsPackets = false
    return request
  }

  /// Which TTLs answer, as the lab itself says: in virtual time, each asked several times and waited for long; nil on other networks.
  func truth(_ request: TraceRequest?, in session: isolated Session) async throws(NetworkFailure) -> [Int]? {
    guard case .lab = choice, var request else { return nil }
    var settings = settings
    settings.labClock = .virtual
    settings = settings.withUsualEngine
    request.queries = Self.truthQueries
    request.timeout = .seconds(60)
    request.overall = nil
    request.patience = nil
    request.attemptInterval = .seconds(1)
    let network = try await session.network(choice, under: settings)
    let trace = await TraceWatch().trace(request, in: network.network, lateWait: .zero)
    return trace.path.filter(\.isAnswered).map { Int($0.ttl.value) }
  }

  /// The table as the command's format wants it, kept as a result.
  func show(_ comparison: RunComparison, in session: isolated Session) {
    session.keepAndShow(.runs(comparison), started: started, call)
  }

  /// Tells why there is no table, in a document too where one was asked for.
  func failure(_ failure: NetworkFailure, in session: isolated Session) -> ShellError {
    let isInterrupted = session.isInterrupted
    if !call.has("csv") {
      let error =
        isInterrupted
        ? CommandFailure(problem: "interrupted")
        : CommandFailure(problem: failure.problem, reason: failure.reason, advice: failure.advice)
      call.answer(
        FailureDocument(command: call.command.name, version: Version.number, target: target.text, error: error),
        over: session.settings
      ) {}
    }
    if isInterrupted { return .interrupted }
    return .failed(call.frame.locate(Diagnostic(failure).by("compare"), at: target.range))
  }
}
