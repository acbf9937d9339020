import Glibc
import SystemIO
import Testing
import Time

@Suite("Signals and subprocesses")
struct ProcessTests {
  @Test("a command reads what is written, and its status comes back")
  func commandReadsInput() async throws {
    var command = try Subprocess(shell: "read line && [ \"$line\" = hops ] && exit 7")
    let open = command.inputDescriptor
    let input = try #require(open)
    try command.start()
    #expect(try writeAll(input, "hops\n") == .complete)
    command.closeInput()
    let closed = command.inputDescriptor
    #expect(closed == nil)
    #expect(try await command.wait() == .exited(status: 7))
  }

  @Test("a command that does not exist is the shell's 127")
  func commandNotFound() async throws {
    var command = try Subprocess(shell: "exec 2>/dev/null; ftrsh-has-no-such-command")
    try command.start()
    #expect(try await command.wait() == .exited(status: 127))
  }

  @Test("a child starts with no signal blocked and can be ended by each")
  func childSignals() async throws {
    SignalSource.ignoreBrokenPipes()
    var command = try Self.startChecker()
    try command.start()
    #expect(try await command.wait() == .signalled(SIGPIPE))
  }

  @Test("a command begins at the start, not before: one that is never started has done nothing")
  func commandNotStarted() async throws {
    let command = try Subprocess(shell: "exit 7")
    #expect(try await command.wait() == .exited(status: 0))
  }

  @Test("a Ctrl-C between the process and its command ends it before it has begun")
  func commandInterrupted() async throws {
    var command = try Subprocess(shell: "exit 7")
    kill(command.identifier, SIGINT)
    try command.start()
    #expect(try await command.wait() == .signalled(SIGINT))
  }

  @Test("signals that have come are taken at once, by the thread that asks")
  func signalsTaken() async throws {
    let (events, reports) = AsyncStream<Signal>.makeStream()
    let loop = try Self.loopWithBlockedSignal()
    let source = try SignalSource([.windowChange], on: loop) { reports.yield($0) }
    let isTaken = AsyncStream<Bool>.makeStream()
    let timer = try loop.makeTimer {
      // The loop is busy here: nobody but this call can take the signal.
      pthread_kill(pthread_self(), SIGWINCH)
      source.takePending()
      reports.yield(.resume)
      isTaken.continuation.yield(true)
    }
    timer.arm(at: MonotonicClock.now)
    _ = await isTaken.stream.first { _ in true }
    #expect(await events.prefix(2).reduce(into: []) { $0.append($1) } == [.windowChange, .resume])
    withExtendedLifetime((source, timer)) {}
  }

  @Test("a blocked signal arrives as an event of the loop")
  func signalArrives() async throws {
    let (events, reports) = AsyncStream<Signal>.makeStream()
    let loop = try Self.loopWithBlockedSignal()
    let source = try SignalSource([.windowChange], on: loop) { reports.yield($0) }
    // Sent to the loop's thread alone: the threads of the test runner do not block it.
    let timer = try loop.makeTimer { pthread_kill(pthread_self(), SIGWINCH) }
    timer.arm(at: MonotonicClock.now)
    #expect(await events.first { _ in true } == .windowChange)
    withExtendedLifetime((source, timer)) {}
  }

  /// A shell that ends with SIGPIPE if it can, and with a status that says what was wrong if it cannot.
  private static func startChecker() throws -> Subprocess {
    try withWindowChangeBlocked {
      try Subprocess(
        shell: """
          while read key value; do
            case $key in SigBlk:) [ "$value" = 0000000000000000 ] || exit 1;; esac
          done < /proc/self/status
          kill -PIPE $$
          exit 2
          """)
    }
  }

  private static func loopWithBlockedSignal() throws -> EventLoop {
    try withWindowChangeBlocked { try EventLoop() }
  }

  /// Synchronous, so that mask, child and thread belong to the same thread of the pool, which gets its mask back.
  private static func withWindowChangeBlocked<R: ~Copyable>(_ body: () throws -> R) throws -> R {
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &before)
    try SignalSource.block([.windowChange])
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
  }
}
