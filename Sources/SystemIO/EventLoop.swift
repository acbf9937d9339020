// Theory of operation
//
// One thread waits in epoll_wait. What wakes it: a registered descriptor, a timer (timerfd), a step of the wall clock, or the
// eventfd by which other threads say that they queued a job. A turn is
//
//   1. the callbacks of at most `csio_ready_max` ready descriptors, in the kernel's order (which is fair: it rotates)
//   2. at most `jobsPerTurn` jobs of the actors that run here
//   3. wait again; without waiting when jobs are left
//
// so neither a busy descriptor nor a busy actor can starve the other. The eventfd is written only for the first job that
// finds the queue empty, and never from the loop's own thread, which looks at the queue before it waits.
//
// Ownership. The thread holds the `Core`; the program holds the `EventLoop`. An actor holds the loop it runs on, a job holds its
// actor; so when the last reference to the loop goes, no job can be left and none can come: the deinit tells the thread to
// end. Callbacks that hold their actor would keep the loop for ever: whoever registers must cancel, or `shutDown` the loop.

import CSystemIO

/// One epoll thread: it calls back for descriptors and timers, and is the executor of the actors that own them.
///
///     actor Prober {
///       let loop: EventLoop
///       nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///     }
///
/// Every callback runs on the thread, so an actor on this loop may use `assumeIsolated` in it. A callback must not block.
package final class EventLoop: SerialExecutor {
  private let core: EventLoopCore
  private let thread: Thread

  /// Starts the thread.
  ///
  /// - Parameter name: of the thread, at most 15 bytes.
  /// - Throws: `SystemError` when descriptors or threads are used up.
  package init(name: StaticString = "event loop") throws(SystemError) {
    let core = try EventLoopCore()
    self.core = core
    self.thread = try Thread(name) { core.run() }
    core.serve(UnownedSerialExecutor(ordinary: self))
  }

  deinit {
    core.stop()
    // The last reference may go in a job or callback on the thread itself, which cannot wait for its own end.
    if thread.isCurrent { thread.detach() } else { thread.join() }
  }

  /// Whether the caller runs on the loop's thread.
  package var isCurrent: Bool { thread.isCurrent }

  /// Calls `body` on the thread whenever the descriptor is ready, level-triggered: as long as it stays so.
  ///
  /// - Parameters:
  ///   - descriptor: open until the registration is cancelled; non-blocking.
  ///   - interest: errors are reported in any case.
  /// - Throws: `SystemError` of `epoll_ctl`.
  package func register(
    _ descriptor: Int32, for interest: Interest = .reading, _ body: @escaping @Sendable (Readiness) -> Void
  ) throws(SystemError) -> Registration {
    let token = try core.add(descriptor, interest, body)
    return Registration(core: core, token: token, descriptor: descriptor)
  }

  /// A timer that calls `body` on the thread when its time has come.
  ///
  /// - Throws: `SystemError` when descriptors are used up.
  package func makeTimer(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> LoopTimer {
    try LoopTimer(loop: self, body)
  }

  /// Calls `body` on the thread each time the wall clock is set, so that stamps of the kernel are not misplaced.
  ///
  /// - Throws: `SystemError` when descriptors are used up.
  package func watchWallClock(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> WallClockWatch {
    try WallClockWatch(loop: self, body)
  }

  /// Forgets every registration and timer: no callback starts afterwards. Jobs still run until the loop is let go.
  package func shutDown() {
    core.removeAll()
  }

  /// Queues a job of an actor that runs here; from any thread.
  package func enqueue(_ job: consuming ExecutorJob) {
    core.enqueue(UnownedJob(job), onThread: thread.isCurrent)
  }

  /// Whether code that runs now may touch what belongs to actors on this loop.
  package func isIsolatingCurrentContext() -> Bool? {
    thread.isCurrent
  }

  /// Traps unless the caller runs on the loop's thread.
  package func checkIsolated() {
    precondition(thread.isCurrent, "This code must run on its event loop's thread.")
  }
}

extension EventLoop {
  /// What to wait for on a descriptor.
  package struct Interest: OptionSet, Sendable {
    /// One bit for each.
    package let rawValue: UInt8
    /// The set with those bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bytes, datagrams or the end of the stream can be read.
    package static let reading = Interest(rawValue: 1)
    /// There is room to write.
    package static let writing = Interest(rawValue: 2)
  }

  /// What a descriptor is ready for.
  package struct Readiness: Sendable {
    /// Bytes, datagrams or the end of the stream can be read.
    package let isReadable: Bool
    /// There is room to write.
    package let isWritable: Bool
    /// An error is pending, or the error queue holds something.
    package let hasError: Bool
  }

  /// A descriptor in the care of a loop, until it is cancelled.
  package final class Registration: Sendable {
    private let core: EventLoopCore
    private let token: UInt64
    private let descriptor: Int32

    fileprivate init(core: EventLoopCore, token: UInt64, descriptor: Int32) {
      self.core = core
      self.token = token
      self.descriptor = descriptor
    }

    /// Waits for something else from now on.
    ///
    /// - Throws: `SystemError` of `epoll_ctl`.
    package func change(to interest: Interest) throws(SystemError) {
      try core.change(descriptor, interest, token)
    }

    /// Ends the registration: no callback starts afterwards (one may just be running, if this is another thread).
    /// To be called before the descriptor is closed; again is harmless.
    package func cancel() {
      core.remove(descriptor, token)
    }
  }
}
