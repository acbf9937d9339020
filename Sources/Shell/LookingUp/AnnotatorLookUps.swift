import Approaches
import Enrichment
import Packets
import SystemIO

/// The session's look-ups, for an engine that waits for them.
final class AnnotatorLookUps: EngineLookUps {
  private struct State: Sendable {
    var run: EnrichmentRun?
    /// What has become known.
    var record: EnrichmentRecord
    var waiting: [IPAddress: [@Sendable () -> Void]] = [:]
    var isOver = false
  }

  private let annotator: LazyAnnotator
  private let request: EnrichmentRequest
  private let state: Locked<State>

  /// The longest that an answer is waited for: what a resolver takes that asks two servers twice.
  private static let wait = Duration.seconds(10)

  /// - Parameter request: what is asked of each address.
  init(_ annotator: LazyAnnotator, _ request: EnrichmentRequest) {
    self.annotator = annotator
    self.request = request.waiting(Self.wait)
    state = Locked(State(record: EnrichmentRecord(self.request)))
  }

  func lookUp(_ address: IPAddress, _ completion: @escaping @Sendable () -> Void) {
    guard let run = run(), isAwaited(address, completion) else { return completion() }
    // Nobody could be asked: nothing is to be waited for.
    if let event = run.offer(address, at: MonotonicClock.now) { take([event]) }
  }

  /// Ends the look-ups: what still waits is let go.
  func end() {
    let run = state.withLock { state in
      defer { state.run = nil }
      state.isOver = true
      return state.run
    }
    run?.end()
    letGo()
  }

  /// Whether an answer is still to come, which `completion` then waits for.
  private func isAwaited(_ address: IPAddress, _ completion: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      guard !state.isOver, !state.record.isSettled(.address(address)) else { return false }
      state.waiting[address, default: []].append(completion)
      return true
    }
  }

  /// The run, begun now if there is none; nil when nobody can be asked.
  private func run() -> EnrichmentRun? {
    let annotator: Annotator
    do throws(SystemError) {
      annotator = try self.annotator.annotator()
    } catch {
      // The rows of the trace tell it, where they ask.
      return nil
    }
    let (run, isNew) = state.withLock { state -> (EnrichmentRun?, Bool) in
      if state.isOver { return (nil, false) }
      if let run = state.run { return (run, false) }
      let run = annotator.begin(request, until: nil)
      state.run = run
      return (run, true)
    }
    if let run, isNew {
      Task { [weak self] in
        for await events in run.events { self?.take(events) }
        self?.letGo()
      }
    }
    return run
  }

  private func take(_ events: [EnrichmentEvent]) {
    let completions = state.withLock { state in
      for event in events { state.record.apply(event) }
      let settled = state.waiting.keys.filter { state.record.isSettled(.address($0)) }
      return settled.flatMap { state.waiting.removeValue(forKey: $0) ?? [] }
    }
    for completion in completions { completion() }
  }

  private func letGo() {
    let waiting = state.withLock { state in
      defer { state.waiting = [:] }
      return state.waiting.values.flatMap { $0 }
    }
    for completion in waiting { completion() }
  }
}

extension EnrichmentRequest {
  /// The same, with another bound on the wait for an answer.
  fileprivate func waiting(_ wait: Duration) -> EnrichmentRequest {
    var request = self
    request.wait = wait
    return request
  }
}
