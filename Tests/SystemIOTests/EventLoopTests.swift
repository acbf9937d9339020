import CSystemIO
import Glibc
import Synchronization
import SystemIO
import Testing
import Time

@Suite("Event loop")
struct EventLoopTests {
  /// An actor whose executor is the loop.
  actor Counter {
    nonisolated let loop: EventLoop
    private(set) var count = 0

    init(_ loop: EventLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func increment() -> Bool {
      count += 1
      return loop.isCurrent
    }
  }

  @Test("an actor on the loop runs on its thread, whoever calls")
  func actorRunsOnTheLoop() async throws {
    let counter = Counter(try EventLoop())
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<500 { group.addTask { await counter.increment() } }
      for try await wasOnTheLoop in group { #expect(wasOnTheLoop) }
    }
    #expect(await counter.count == 500)
    #expect(!counter.loop.isCurrent)
  }

  @Test("a callback may assume the isolation of an actor on the loop")
  func callbackAssumesIsolation() async throws {
    let counter = Counter(try EventLoop())
    let (events, reports) = AsyncStream<Bool>.makeStream()
    let timer = try counter.loop.makeTimer {
      reports.yield(counter.assumeIsolated { $0.increment() })
    }
    timer.arm(at: MonotonicClock.now)
    #expect(await events.first { _ in true } == true)
    #expect(await counter.count == 1)
  }

  @Test("timers call in the order of their moments, not of their arming")
  func timersInOrder() async throws {
    let loop = try EventLoop()
    let (events, reports) = AsyncStream<Int>.makeStream()
    let timers = try (0..<3).map { number in try loop.makeTimer { reports.yield(number) } }
    let now = MonotonicClock.now
    timers[2].arm(at: now + .milliseconds(30))
    timers[1].arm(at: now + .milliseconds(20))
    timers[0].arm(at: now - .seconds(1))
    var order: [Int] = []
    for await number in events.prefix(3) { order.append(number) }
    #expect(order == [0, 1, 2])
    withExtendedLifetime(timers) {}
  }

  @Test("a timer armed again calls once, and a disarmed one never")
  func timerArmedAgain() async throws {
    let loop = try EventLoop()
    let (events, reports) = AsyncStream<String>.makeStream()
    let moved = try loop.makeTimer { reports.yield("moved") }
    let disarmed = try loop.makeTimer { reports.yield("disarmed") }
    let last = try loop.makeTimer { reports.yield("last") }
    let now = MonotonicClock.now
    moved.arm(at: now + .seconds(3600))
    moved.arm(at: now + .milliseconds(5))
    disarmed.arm(at: now + .milliseconds(10))
    disarmed.arm(at: nil)
    last.arm(at: now + .milliseconds(30))
    var order: [String] = []
    for await name in events.prefix(2) { order.append(name) }
    #expect(order == ["moved", "last"])
    withExtendedLifetime((moved, disarmed, last)) {}
  }

  @Test("a descriptor is reported as long as it is readable, and never once cancelled")
  func levelTriggered() async throws {
    let loop = try EventLoop()
    let pipe = try Pipe()
    let (events, reports) = AsyncStream<Character>.makeStream()
    let input = pipe.input.raw
    let registration = try loop.register(input) { readiness in
      // One byte a call: the loop has to call again for the second.
      var byte: UInt8 = 0
      guard readiness.isReadable, read(input, &byte, 1) == 1 else { return }
      reports.yield(Character(UnicodeScalar(byte)))
    }
    #expect(try writeAll(pipe.output.raw, "ab") == .complete)
    var text = ""
    for await character in events.prefix(2) { text.append(character) }
    #expect(text == "ab")

    registration.cancel()
    registration.cancel()
    #expect(try writeAll(pipe.output.raw, "c") == .complete)
    let (ticks, tick) = AsyncStream<Void>.makeStream()
    let timer = try loop.makeTimer { tick.yield() }
    timer.arm(at: MonotonicClock.now)
    for await _ in ticks.prefix(1) {}
    var byte: UInt8 = 0
    #expect(read(input, &byte, 1) == 1, "The byte is still there: nobody read it.")
  }

  @Test("a busy actor does not keep descriptors waiting")
  func jobsAreBounded() async throws {
    let counter = Counter(try EventLoop())
    let isStopped = Atomic(false)
    let timer = try counter.loop.makeTimer { isStopped.store(true, ordering: .relaxed) }
    timer.arm(at: MonotonicClock.now)
    // Each job queues the next: without a bound on a turn the timer would never be looked at.
    await Self.spin(counter, isStopped)
    let stopped = isStopped.load(ordering: .relaxed)
    #expect(stopped)
  }

  private static func spin(_ counter: Counter, _ isStopped: borrowing Atomic<Bool>) async {
    while !isStopped.load(ordering: .relaxed) { _ = await counter.increment() }
  }

  @Test("after shutDown no callback starts")
  func shutDown() async throws {
    let loop = try EventLoop()
    let calls = Atomic(0)
    let timer = try loop.makeTimer { calls.add(1, ordering: .relaxed) }
    loop.shutDown()
    timer.arm(at: MonotonicClock.now)
    let counter = Counter(loop)
    #expect(await counter.increment(), "Jobs still run.")
    let count = calls.load(ordering: .relaxed)
    #expect(count == 0)
  }

  @Test("a loop may be let go on its own thread")
  func letGoOnItsThread() async throws {
    let (events, reports) = AsyncStream<Void>.makeStream()
    for _ in 0..<50 {
      var loop: EventLoop? = try EventLoop()
      let holder = Holder(loop, reports)
      loop = nil
      let timer = try holder.makeTimer()
      timer?.arm(at: MonotonicClock.now)
      for await _ in events.prefix(1) {}
    }
  }

  /// Holds a loop until its timer fires.
  private final class Holder: Sendable {
    private let loop: Locked<EventLoop?>
    private let reports: AsyncStream<Void>.Continuation

    init(_ loop: EventLoop?, _ reports: AsyncStream<Void>.Continuation) {
      self.loop = Locked(loop)
      self.reports = reports
    }

    func makeTimer() throws -> LoopTimer? {
      try loop.withLock { $0 }?.makeTimer { [self] in
        loop.withLock { $0 = nil }
        reports.yield()
      }
    }
  }
}

/// Both ends of a pipe.
struct Pipe: ~Copyable {
  let input: FileDescriptor
  let output: FileDescriptor

  init() throws {
    var readEnd: Int32 = -1
    var writeEnd: Int32 = -1
    try checked(csio_pipe(&readEnd, &writeEnd), "pipe2")
    input = FileDescriptor(owning: readEnd)
    output = FileDescriptor(owning: writeEnd)
  }
}
