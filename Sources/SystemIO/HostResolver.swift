// Theory of operation
//
// getaddrinfo blocks and cannot be interrupted, so it runs on threads of its own, at most `threadLimit`. A request waits in a
// bounded queue until a thread takes it; a thread ends when the queue is empty. Cancelling a request answers its caller at once
// and abandons the rest: still queued, it is skipped; on a thread, it holds that thread until the C library gives up.

/// Finds the addresses of a name as every program of the machine does (hosts file, DNS, mDNS), without blocking the caller.
package final class HostResolver: Sendable {
  /// Which family of addresses is wanted.
  package enum Family: Hashable, Sendable {
    /// Either, in the order of RFC 6724 that the C library gives.
    case automatic
    /// IPv4 only.
    case ipv4
    /// IPv6 only.
    case ipv6
  }

  /// More threads than a person types names; each is held for as long as its name server is silent, usually 10 to 20 s.
  private static let threadLimit = 8
  /// A script may ask for several hundred names at once; beyond this, something asks in a loop.
  private static let queueLimit = 1_024

  private struct State: Sendable {
    var threads = 0
    var queue: [Request] = []
  }

  private let state = Locked(State())
  private let lookUp: @Sendable (String, Family) -> Result<[HostAddress], HostResolutionError>

  /// A resolver that asks the C library.
  package convenience init() {
    self.init(lookUp: HostLookUp.addresses)
  }

  /// A resolver that asks `lookUp`, which may block, on its threads; for tests.
  init(lookUp: @escaping @Sendable (String, Family) -> Result<[HostAddress], HostResolutionError>) {
    self.lookUp = lookUp
  }

  /// The addresses of a name or of a literal, best first, each once; never empty.
  ///
  /// - Throws: why there is none. A task that is cancelled throws `.cancelled` at once.
  package func addresses(
    of name: String, family: Family = .automatic
  ) async throws(HostResolutionError) -> [HostAddress] {
    if let failure = HostLookUp.refusal(of: name) { throw failure }
    let request = Request(name: name, family: family)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard request.begin(continuation) else { return }
        if let failure = submit(request) { request.finish(.failure(failure)) }
      }
    } onCancel: {
      request.finish(.failure(HostResolutionError(name: name, reason: .cancelled)))
    }
    return try result.get()
  }

  /// Queues the request and starts a thread for it where one more is allowed; returns why it cannot.
  private func submit(_ request: Request) -> HostResolutionError? {
    let isAccepted: Bool? = state.withLock { state in
      guard state.queue.count < Self.queueLimit else { return nil }
      state.queue.append(request)
      guard state.threads < Self.threadLimit else { return false }
      state.threads += 1
      return true
    }
    guard let needsThread = isAccepted else { return HostResolutionError(name: request.name, reason: .busy) }
    guard needsThread else { return nil }
    do throws(SystemError) {
      try Thread("resolver") { self.serve() }.detach()
      return nil
    } catch {
      state.withLock { $0.threads -= 1 }
      return HostResolutionError(name: request.name, reason: .system(error))
    }
  }

  /// A thread: answers requests until none is left.
  private func serve() {
    while let request = next() {
      guard request.isWaiting else { continue }
      request.finish(lookUp(request.name, request.family))
    }
  }

  private func next() -> Request? {
    state.withLock { state in
      guard state.queue.isEmpty else { return state.queue.removeFirst() }
      state.threads -= 1
      return nil
    }
  }
}

/// One caller and its question; answered once, by whoever comes first.
private final class Request: Sendable {
  typealias Answer = Result<[HostAddress], HostResolutionError>

  private enum State: Sendable {
    case new
    case waiting(CheckedContinuation<Answer, Never>)
    case done(Answer)
  }

  let name: String
  let family: HostResolver.Family
  private let state = Locked(State.new)

  init(name: String, family: HostResolver.Family) {
    self.name = name
    self.family = family
  }

  var isWaiting: Bool {
    state.withLock { state in
      switch state {
      case .waiting: true
      case .new, .done: false
      }
    }
  }

  /// Takes the caller; false when it was cancelled before and has its answer.
  func begin(_ continuation: CheckedContinuation<Answer, Never>) -> Bool {
    let early: Answer? = state.withLock { state in
      switch state {
      case .new, .waiting:
        state = .waiting(continuation)
        return nil
      case .done(let answer):
        return answer
      }
    }
    guard let early else { return true }
    continuation.resume(returning: early)
    return false
  }

  func finish(_ answer: Answer) {
    let continuation: CheckedContinuation<Answer, Never>? = state.withLock { state in
      switch state {
      case .new:
        state = .done(answer)
        return nil
      case .waiting(let continuation):
        state = .done(answer)
        return continuation
      case .done:
        return nil
      }
    }
    continuation?.resume(returning: answer)
  }
}
