import Glibc
import SystemIO
import Testing
import Time

@Suite("Thread usage")
struct ThreadUsageTests {
  /// A thread that works when it is told to, and says what its own meter is.
  private final class Worker: Sendable {
    private struct State: Sendable {
      var meter: ThreadMeter?
      var mayEnd = false
    }

    private let state = Locked(State())

    var meter: ThreadMeter? { state.withLock { $0.meter } }

    func end() { state.withLock { $0.mayEnd = true } }

    /// Works until it may end.
    func run() {
      state.withLock { $0.meter = ThreadMeter() }
      while !state.withLock({ $0.mayEnd }) {}
    }
  }

  /// Runs `body` on a thread that may block, since Swift's own may not.
  private static func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    let result: Result<Void, any Error> = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        let thread = try Thread("usage test") { continuation.resume(returning: Result { try body() }) }
        thread.detach()
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    try result.get()
  }

  @Test("another thread's processor time grows while it works, is its own, and cannot be read when it has ended")
  func otherThread() async throws {
    try await Self.onThread {
      let worker = Worker()
      let thread = try Thread("measured") { worker.run() }
      while worker.meter == nil { sched_yield() }
      let meter = try #require(worker.meter)
      let own = ThreadMeter()
      let first = try #require(meter.usage)
      while try #require(meter.usage).processorTime - first.processorTime < .milliseconds(20) { usleep(1_000) }
      worker.end()
      thread.join()
      // It can be read for a moment longer, until the kernel has buried it; nothing tells when that is done.
      while meter.usage != nil { sched_yield() }
      // This one slept meanwhile: each sleep gives the processor away.
      let mine = try #require(own.usage)
      #expect(mine.contextSwitches > 0 && mine.processorTime > .zero)
    }
  }

  @Test("the process has used what its threads have, those that have ended too")
  func process() async throws {
    try await Self.onThread {
      let before = ProcessUsage.now
      let worker = Worker()
      let thread = try Thread("measured") { worker.run() }
      while worker.meter == nil { sched_yield() }
      let meter = try #require(worker.meter)
      while try #require(meter.usage).processorTime < .milliseconds(20) { usleep(1_000) }
      worker.end()
      thread.join()
      let used = ProcessUsage.now - before
      // getrusage scales its two halves to whole ticks, but their sum is exact.
      #expect(used.processorTime >= .milliseconds(19))
      #expect(used.contextSwitches > 0)
    }
  }

  @Test("a meter of the calling thread counts what it does, and how often it sleeps")
  func callingThread() async throws {
    try await Self.onThread {
      let meter = ThreadMeter()
      let before = try #require(meter.usage)
      for _ in 0..<20 { usleep(100) }
      let used = try #require(meter.usage) - before
      #expect(used.contextSwitches >= 20)
      #expect(used.processorTime > .zero)
    }
  }

  @Test("usages add up and subtract")
  func arithmetic() {
    let one = ThreadUsage(processorTime: .milliseconds(3), contextSwitches: 5)
    let other = ThreadUsage(processorTime: .milliseconds(1), contextSwitches: 7)
    #expect(one + other == ThreadUsage(processorTime: .milliseconds(4), contextSwitches: 12))
    #expect(one + other - one == other)
  }

  @Test("the process's threads and descriptors are counted, without the descriptor that counts")
  func counts() async {
    await #expect(processExitsWith: .success) {
      let descriptors = ProcessUsage.descriptorCount ?? 0
      let threads = ProcessUsage.threadCount ?? 0
      precondition(descriptors >= 3 && threads >= 1)
      // Many, since Swift's pool may start a thread or two meanwhile, and opens the files that tell what they do
      // (libdispatch, `/proc/N/stat`).
      let many = 50
      let opened = (0..<many).map { _ in dup(STDOUT_FILENO) }
      precondition((ProcessUsage.descriptorCount ?? 0) >= descriptors + many - 1)
      let worker = Worker()
      let started = try (0..<many).map { _ in try Thread("counted") { worker.run() } }
      precondition((ProcessUsage.threadCount ?? 0) >= threads + many)
      worker.end()
      for thread in started { thread.join() }
      for descriptor in opened { close(descriptor) }
      // One that has been joined stays in /proc for a moment, and nothing tells when it goes.
      let deadline = MonotonicClock.now + .seconds(60)
      while (ProcessUsage.threadCount ?? .max) >= threads + many, MonotonicClock.now < deadline { sched_yield() }
      precondition((ProcessUsage.threadCount ?? .max) < threads + many)
      precondition((ProcessUsage.descriptorCount ?? .max) < descriptors + many)
    }
  }
}
