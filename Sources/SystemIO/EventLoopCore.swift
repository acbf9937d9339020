import CSystemIO
import Glibc

/// What the thread of an `EventLoop` works on; the theory of operation is there.
final class EventLoopCore: Sendable {
  /// At most this many jobs before descriptors are looked at again: some tens of microseconds of ordinary actor work.
  private static let jobsPerTurn = 64
  /// The token of the eventfd; registrations count from 1.
  private static let wakeToken: UInt64 = 0

  /// A function that is a value of a generic container is wrapped anew each time it is read; a member of one is not.
  private struct Callback: Sendable {
    let body: @Sendable (EventLoop.Readiness) -> Void
  }

  private struct State: Sendable {
    /// The loop that jobs belong to.
    var executor: UnownedSerialExecutor?
    var jobs: [UnownedJob] = []
    var callbacks: [UInt64: Callback] = [:]
    var lastToken: UInt64 = 0
    var isStopped = false
  }

  private let epoll: FileDescriptor
  private let wake: FileDescriptor
  private let state = Locked(State())

  init() throws(SystemError) {
    epoll = FileDescriptor(owning: try checked(csio_epoll_create(), "epoll_create1"))
    wake = FileDescriptor(owning: try checked(csio_eventfd(), "eventfd"))
    try checked(csio_epoll_add(epoll.raw, wake.raw, 1, 0, Self.wakeToken), "epoll_ctl")
  }

  /// Says to which loop the jobs belong; once, before the first can be queued.
  func serve(_ executor: UnownedSerialExecutor) {
    state.withLock { $0.executor = executor }
  }

  func enqueue(_ job: UnownedJob, onThread: Bool) {
    let isFirst = state.withLock { state in
      state.jobs.append(job)
      return state.jobs.count == 1
    }
    if isFirst && !onThread { wakeUp() }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    wakeUp()
  }

  func add(
    _ descriptor: Int32, _ interest: EventLoop.Interest, _ body: @escaping @Sendable (EventLoop.Readiness) -> Void
  ) throws(SystemError) -> UInt64 {
    let token = state.withLock { state in
      state.lastToken += 1
      state.callbacks[state.lastToken] = Callback(body: body)
      return state.lastToken
    }
    let result = csio_epoll_add(epoll.raw, descriptor, interest.reads, interest.writes, token)
    if result < 0 { forget(token) }
    try checked(result, "epoll_ctl", "descriptor \(descriptor)")
    return token
  }

  func change(_ descriptor: Int32, _ interest: EventLoop.Interest, _ token: UInt64) throws(SystemError) {
    let result = csio_epoll_change(epoll.raw, descriptor, interest.reads, interest.writes, token)
    try checked(result, "epoll_ctl", "descriptor \(descriptor)")
  }

  func remove(_ descriptor: Int32, _ token: UInt64) {
    // A token is unique, a descriptor's number is not: once forgotten, the number may be somebody else's.
    guard forget(token) else { return }
    _ = csio_epoll_remove(epoll.raw, descriptor)
  }

  func removeAll() {
    // Released outside the lock: a callback may hold the last reference to something that cancels in its deinit.
    let callbacks = state.withLock { state in
      let callbacks = state.callbacks
      state.callbacks = [:]
      return callbacks
    }
    withExtendedLifetime(callbacks) {}
  }

  /// The thread.
  func run() {
    var ready = [csio_ready](repeating: csio_ready(), count: Int(csio_ready_max))
    var jobs: [UnownedJob] = []
    while true {
      guard let hasJobs = state.withLock({ $0.isStopped ? nil : !$0.jobs.isEmpty }) else { return }
      let found = csio_epoll_wait(epoll.raw, &ready, Int32(ready.count), hasJobs ? 0 : -1)
      precondition(found >= 0 || found == -EINTR, "epoll_wait fails only for a descriptor that is no epoll.")
      for index in 0..<max(0, Int(found)) { call(ready[index]) }
      runJobs(&jobs)
    }
  }

  private func call(_ ready: csio_ready) {
    guard ready.token != Self.wakeToken else {
      readCounter(wake.raw)
      return
    }
    // Cancelled by an earlier callback of this turn: the kernel's record is out of date.
    guard let callback = state.withLock({ $0.callbacks[ready.token] }) else { return }
    callback.body(
      EventLoop.Readiness(
        isReadable: ready.readable != 0, isWritable: ready.writable != 0, hasError: ready.failed != 0))
  }

  /// Runs the jobs that are queued now, at most `jobsPerTurn`; those that they queue wait for the next turn.
  private func runJobs(_ jobs: inout [UnownedJob]) {
    let executor = state.withLock { state in
      if state.jobs.count <= Self.jobsPerTurn {
        swap(&jobs, &state.jobs)
      } else {
        jobs.append(contentsOf: state.jobs[..<Self.jobsPerTurn])
        state.jobs.removeFirst(Self.jobsPerTurn)
      }
      return state.executor
    }
    guard !jobs.isEmpty, let executor else { return }
    for job in jobs { job.runSynchronously(on: executor) }
    jobs.removeAll(keepingCapacity: true)
  }

  private func wakeUp() {
    // The counter can only fail to grow when it is full, and then the thread is awake anyway.
    var one: UInt64 = 1
    _ = Glibc.write(wake.raw, &one, MemoryLayout<UInt64>.size)
  }

  @discardableResult
  private func forget(_ token: UInt64) -> Bool {
    let body = state.withLock { $0.callbacks.removeValue(forKey: token) }
    return body != nil
  }
}

extension EventLoop.Interest {
  fileprivate var reads: Int32 { contains(.reading) ? 1 : 0 }
  fileprivate var writes: Int32 { contains(.writing) ? 1 : 0 }
}
