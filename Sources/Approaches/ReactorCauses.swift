import Probing
import SystemIO
import Time

/// What the transport on the reactor's thread shares with other threads.
final class ReactorCauses: Sendable {
  /// A function that is a value of a generic container is wrapped anew each time it is read; a member of one is not.
  private struct Wake: Sendable {
    let body: @Sendable () -> Void
  }

  private struct State: Sendable {
    var wake: Wake?
    /// Calls `wake` on the loop's thread.
    var timer: LoopTimer?
    var released: [UInt64] = []
    var biases: [Duration] = []
    var longestTimeout: Duration = .zero
    /// As long as the prober keeps the identity of a probe behind its timeout.
    var keep = TracerTable.usualKeep
    var descriptors = 0
  }

  private let state = Locked(State())
  private let gauge: EngineGauge

  /// Biases kept until they are taken, as in `EngineTraces`.
  private static let mostBiases = 65_536

  init(_ gauge: EngineGauge) { self.gauge = gauge }

  /// Makes ready to wake a transport on that loop, whose thread counts as the engine's from now on.
  func start(on loop: EventLoop) throws(SystemError) {
    let timer = try loop.makeTimer { [weak self] in self?.state.withLock { $0.wake }?.body() }
    state.withLock { $0.timer = timer }
    gauge.threadStarted()
    // This timer, and the prober's own.
    opened(2)
  }

  /// Ends what `start` began.
  func stop() {
    let count = state.withLock { state in
      defer { state = State(biases: state.biases) }
      return state.timer == nil ? nil : state.descriptors
    }
    guard let count else { return }
    gauge.descriptorsOpened(-count)
    gauge.threadEnded()
  }

  func opened(_ descriptors: Int) {
    state.withLock { $0.descriptors += descriptors }
    gauge.descriptorsOpened(descriptors)
  }

  func attach(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = Wake(body: wake) } }

  /// Has the transport asked for arrivals again; from any thread.
  func wakeSoon() { state.withLock { $0.timer }?.arm(at: .zero) }

  /// The look-up of a reply that is kept back is answered; from any thread.
  func release(_ number: UInt64) {
    state.withLock { $0.released.append(number) }
    wakeSoon()
  }

  func takeReleased() -> [UInt64] {
    state.withLock { state in
      defer { state.released = [] }
      return state.released
    }
  }

  func note(keep: Duration) { state.withLock { $0.keep = keep } }

  func note(timeout: Duration) { state.withLock { $0.longestTimeout = max($0.longestTimeout, timeout) } }

  /// A reply has come whose RTT is `rtt` as judged here, and `kernel` by the kernel's stamps. In time or late; behind
  /// that, it is nobody's for the prober, too.
  func note(_ rtt: Duration, kernel: Duration) {
    state.withLock { state in
      guard rtt <= state.longestTimeout + state.keep, state.biases.count < Self.mostBiases else { return }
      state.biases.append(rtt - kernel)
    }
  }

  func takeBiases() -> [Duration] {
    state.withLock { state in
      defer { state.biases = [] }
      return state.biases
    }
  }
}
