import Approaches
import Enrichment
import Packets
import SystemIO

/// The session's look-ups, for an engine that waits for them.
///
/// Each look-up is a user of the annotator of its own, from its question to its answer: nothing is kept here, so that a name is
/// waited for as long as the annotator has to ask for it, and again when its answers are cleared.
final class AnnotatorLookUps: EngineLookUps {
  private struct Open: Sendable {
    let run: EnrichmentRun
    let completion: @Sendable () -> Void
  }

  private struct State: Sendable {
    var open: [UInt64: Open] = [:]
    var last: UInt64 = 0
    var isOver = false
  }

  private let annotator: LazyAnnotator
  private let request: EnrichmentRequest
  private let state = Locked(State())

  /// The longest that an answer is waited for: what a resolver takes that asks two servers twice.
  private static let wait = Duration.seconds(10)

  /// - Parameter request: what is asked of each address.
  init(_ annotator: LazyAnnotator, _ request: EnrichmentRequest) {
    self.annotator = annotator
    var request = request
    request.wait = Self.wait
    self.request = request
  }

  func lookUp(_ address: IPAddress, _ completion: @escaping @Sendable () -> Void) {
    guard request.asksAboutAddresses, let (number, run) = begin(completion) else { return completion() }
    Task { [weak self, request] in
      var record = EnrichmentRecord(request)
      for await events in run.events {
        for event in events { record.apply(event) }
        if record.isSettled(.address(address)) { break }
      }
      self?.finish(number)
    }
    // Nobody could be asked: nothing is to be waited for.
    if run.offer(address, at: MonotonicClock.now) != nil { finish(number) }
  }

  /// Ends the look-ups: what still waits is let go, and nothing is asked any more.
  func end() {
    let open = state.withLock { state in
      state.isOver = true
      defer { state.open = [:] }
      return Array(state.open.values)
    }
    for look in open {
      look.run.end()
      look.completion()
    }
  }

  /// Enters a look-up; nil when nobody can be asked.
  private func begin(_ completion: @escaping @Sendable () -> Void) -> (UInt64, EnrichmentRun)? {
    let annotator: Annotator
    do throws(SystemError) {
      annotator = try self.annotator.annotator()
    } catch {
      // The rows of the trace tell it, where they ask.
      return nil
    }
    return state.withLock { state in
      guard !state.isOver else { return nil }
      state.last += 1
      let run = annotator.begin(request, until: nil)
      state.open[state.last] = Open(run: run, completion: completion)
      return (state.last, run)
    }
  }

  private func finish(_ number: UInt64) {
    guard let look = state.withLock({ $0.open.removeValue(forKey: number) }) else { return }
    look.run.end()
    look.completion()
  }
}
