import Enrichment
import SystemIO

/// One caller that waits for a result; it is answered once, by whoever comes first, also by its own cancellation.
///
/// The waiting itself is written out where it is done: a closure for `withTaskCancellationHandler` in a function that inherits
/// its caller's isolation leaves that actor all the same (Swift 6.3), and c-ares must not be touched from another thread.
final class ResolverWait<Value: Sendable>: Sendable {
  private enum State: Sendable {
    case new
    case waiting(CheckedContinuation<Result<Value, LookupFailure>, Never>)
    case done(Result<Value, LookupFailure>)
  }

  private let state = Locked(State.new)

  /// Takes the caller; false when it was cancelled before and has its answer.
  func take(_ continuation: CheckedContinuation<Result<Value, LookupFailure>, Never>) -> Bool {
    let early: Result<Value, LookupFailure>? = state.withLock { state in
      switch state {
      case .new, .waiting:
        state = .waiting(continuation)
        return nil
      case .done(let result):
        return result
      }
    }
    guard let early else { return true }
    continuation.resume(returning: early)
    return false
  }

  /// Answers the caller that its task was cancelled.
  func cancel() {
    finish(.failure(LookupFailure(.cancelled, "the look-up was cancelled")))
  }

  func finish(_ result: Result<Value, LookupFailure>) {
    let continuation: CheckedContinuation<Result<Value, LookupFailure>, Never>? = state.withLock { state in
      switch state {
      case .new:
        state = .done(result)
        return nil
      case .waiting(let continuation):
        state = .done(result)
        return continuation
      case .done:
        return nil
      }
    }
    continuation?.resume(returning: result)
  }
}
