import Enrichment
import Probing
import Results
import SystemIO
import Time
import Tracing

/// Runs one trace under settings of its own in the session's network, with the look-ups that they want, and counts what came late.
///
/// In the lab the answers of the run before are forgotten first, and on the live network a run has look-ups of its own: a row with
/// enrichment asks each time. What is kept on disk for later sessions is left alone.
struct SettingTrial: Sendable {
  /// How long behind the end of a trace late replies are waited for.
  let lateWait: Duration

  func run(
    _ rule: StudyRule, _ watch: TraceWatch, _ session: isolated Session
  ) async throws(NetworkFailure) -> RunComparison.Run? {
    guard let request = rule.request, let network = rule.network else { return nil }
    let trace: Trace
    switch network.annotations {
    case .timed(let shared):
      let isLab = request.method.socket == .lab
      let annotator = isLab ? shared : await session.services.networks.forgetfulAnnotator(rule.settings.lookUps)
      if isLab { try await forgetAnswers(of: network) }
      let lookUps = rule.settings.enrichment == .on ? lookUps(annotator, rule.settings, request) : nil
      trace = await watch.trace(request, in: network.network, lateWait: lateWait) { event in
        if let reply = event.replyOnPath { lookUps?.lookUp(reply.responder) {} }
      }
      lookUps?.end()
      if !isLab { await annotator.shutDown() }
    case .rehearsed(let annotator):
      guard !watch.isStopped else { return nil }
      annotator.use { $0.clear() }
      trace = await rehearse(request, rule.settings, network, annotator, session)
    }
    if watch.isStopped { return nil }
    if case .failed(let failure)? = trace.end {
      throw NetworkFailure(problem: failure.call, reason: failure.reason, advice: failure.advice)
    }
    return RunComparison.Run(trace)
  }

  private func forgetAnswers(of network: SessionNetwork) async throws(NetworkFailure) {
    do throws(SystemError) {
      try await network.clearAnswers()
    } catch {
      throw NetworkFailure(problem: "cannot reach the look-ups", reason: "\(error)")
    }
  }

  private func lookUps(
    _ annotator: LazyAnnotator, _ settings: Settings, _ request: TraceRequest
  ) -> AnnotatorLookUps {
    AnnotatorLookUps(annotator, settings.enrichmentRequest(inLab: request.method.socket == .lab))
  }

  /// In virtual time: the trace and its look-ups are stepped together, then time passes for what is late.
  private func rehearse(
    _ request: TraceRequest, _ settings: Settings, _ network: SessionNetwork, _ annotator: RehearsedAnnotator,
    _ session: isolated Session
  ) async -> Trace {
    let trace = Locked(Trace(request: request, began: .zero))
    guard let run = await network.network.begin([request]).first else { return trace.withLock { $0 } }
    let part = RehearsedPlayback.Part(
      slot: 0, events: run.events, request: settings.enrichmentRequest(inLab: true), target: request.target,
      overall: settings.overall, lateWait: lateWait)
    let waited = await RehearsedPlayback(annotator, [part]).play { _, item in
      if case .trace(let events) = item { trace.withLock { for event in events { $0.apply(event) } } }
    }
    await session.elapse(max(waited, lateWait), in: network, lookUpsToo: false)
    for await events in run.events {
      if events.isEmpty { break }
      trace.withLock { for event in events { $0.apply(event) } }
    }
    return trace.withLock { $0 }
  }
}
