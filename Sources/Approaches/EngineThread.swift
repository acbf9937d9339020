import Glibc
import SystemIO
import Time
import Tracing

/// The one thread of an engine that has one, made on demand, and the box by which other threads hand it probes.
///
/// It stays while a trace runs or it has sockets open, and ends by itself.
final class EngineThread: Sendable {
  private struct State: Sendable {
    var inbox: [EngineProbe] = []
    var thread: Thread?
    /// Has ended, or is about to, and is to be joined: each that ends joins the one before.
    var ended: Thread?
    /// Makes the thread look into the box, and at what has been cancelled.
    var wake: StopSignal?
    var isResting = true
    var isShutDown = false
  }

  private let name: StaticString
  private let gauge: EngineGauge
  private let body: @Sendable (EngineThread, StopSignal) -> Void
  private let state = Locked(State())

  /// - Parameters:
  ///   - name: at most 15 bytes.
  ///   - body: run by the thread; waits on the signal among other things, calls `take` each time round, and returns when
  ///     that says so.
  init(_ name: StaticString, _ gauge: EngineGauge, _ body: @escaping @Sendable (EngineThread, StopSignal) -> Void) {
    self.name = name
    self.gauge = gauge
    self.body = body
  }

  /// Hands over probes.
  ///
  /// - Throws: when there is no thread and none can be made.
  func post(_ probes: [EngineProbe]) throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      guard !state.isShutDown else { return }
      state.isResting = false
      if state.thread == nil { try start(&state) }
      state.inbox += probes
      state.wake?.set()
    }
  }

  /// Makes the thread look at what has changed.
  func wakeUp() { state.withLock { $0.wake?.set() } }

  /// Lets the thread end when it has no sockets.
  func rest() {
    state.withLock { state in
      state.isResting = true
      state.wake?.set()
    }
  }

  /// Makes the thread end, and waits until it has; not from it.
  func shutDown() {
    let (thread, ended) = state.withLock { state in
      state.isShutDown = true
      state.inbox = []
      state.wake?.set()
      defer { (state.thread, state.ended) = (nil, nil) }
      return (state.thread, state.ended)
    }
    ended?.join()
    thread?.join()
  }

  /// What has been handed over; nil when the thread is to close its sockets and end.
  ///
  /// - Parameter sockets: how many it has open.
  func take(_ wake: StopSignal, holding sockets: Int) -> [EngineProbe]? {
    // Before the look into the box, so that what is put into it behind the look wakes the thread again.
    wake.clear()
    let (probes, previous) = state.withLock { state -> ([EngineProbe]?, Thread?) in
      guard state.isShutDown || (state.isResting && state.inbox.isEmpty && sockets == 0) else {
        defer { state.inbox = [] }
        return (state.inbox, nil)
      }
      state.wake = nil
      // Not there when somebody waits for this end already.
      guard let thread = state.thread else { return (nil, nil) }
      let previous = state.ended
      (state.thread, state.ended) = (nil, thread)
      return (nil, previous)
    }
    previous?.join()
    return probes
  }

  /// What is left to do for a thread that could not get what it needs: refuses all probes until it is to end.
  func refuseAll(_ wake: StopSignal, _ traces: EngineTraces, _ failure: SendFailure) {
    while let probes = take(wake, holding: 0) {
      for probe in probes { traces.refuse(probe, failure) }
      var entries = [pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)]
      SocketWait.poll(&entries, until: .distantFuture)
    }
  }

  private func start(_ state: inout State) throws(SystemError) {
    let wake = try StopSignal(gauge)
    gauge.threadStarted()
    do throws(SystemError) {
      state.thread = try Thread(name) { [self] in
        body(self, wake)
        gauge.threadEnded()
      }
    } catch {
      gauge.threadEnded()
      throw error
    }
    state.wake = wake
  }
}
