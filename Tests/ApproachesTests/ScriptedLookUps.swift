import Approaches
import Packets
import SystemIO
import Time

/// Look-ups that are answered when the test says so.
final class ScriptedLookUps: EngineLookUps {
  private struct Question: Sendable {
    let address: IPAddress
    let completion: @Sendable () -> Void
  }

  private struct State: Sendable {
    var open: [Question] = []
    var mostOpen = 0
    var isOver = false
  }

  /// What was asked, in order, and when.
  let asked: AsyncStream<(address: IPAddress, at: Instant)>
  private let continuation: AsyncStream<(address: IPAddress, at: Instant)>.Continuation
  private let state = Locked(State())

  init() { (asked, continuation) = AsyncStream.makeStream() }

  func lookUp(_ address: IPAddress, _ completion: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      guard !state.isOver else { return true }
      state.open.append(Question(address: address, completion: completion))
      state.mostOpen = max(state.mostOpen, state.open.count)
      return false
    }
    guard !isOver else { return completion() }
    continuation.yield((address, MonotonicClock.now))
  }

  /// Most questions that waited for an answer at once.
  var mostOpen: Int { state.withLock { $0.mostOpen } }

  func end() {
    state.withLock { $0.isOver = true }
    _ = answer()
  }

  /// Whether nothing is asked any more, and nothing waits.
  var isOver: Bool { state.withLock { $0.isOver && $0.open.isEmpty } }

  /// Answers what has been asked; returns the moment before.
  func answer() -> Instant {
    let now = MonotonicClock.now
    let open = state.withLock { state in
      defer { state.open = [] }
      return state.open
    }
    for question in open { question.completion() }
    return now
  }
}
