import CCares
import Enrichment
import NameWire
import Packets
import SystemIO
import Time

/// Asks name servers, on an event loop of its own thread.
///
/// # Theory of operation
///
/// The actor's executor is the loop's thread. Whatever wakes it — a socket, the timer, somebody who asks — leads to the same
/// turn: c-ares does its work, questions that the window has room for are sent, whoever waits for a result that is in is told,
/// the timer is set. There is no task and no hop a question.
///
/// Equal questions are asked once. At most `window` are in flight, at most `mostUnanswered` wait. c-ares repeats, changes to the
/// next server, and to TCP where an answer is truncated; the message that it accepts is read by `NameWire`, and checked again
/// by `NameAnswer`.
///
/// A question in flight keeps the actor alive, until its result is in or it is closed.
package actor Resolver {
  /// Takes what came of a question.
  package typealias Completion = @Sendable (Result<NameAnswer, LookupFailure>) -> Void

  /// The loop that it runs on, and with it whoever looks things up beside it.
  package nonisolated let loop: EventLoop
  private let file: String
  private var configuration: ResolverConfiguration
  private var channel: ResolverChannel?
  private var records: ResolverTable<NameQuestion, NameAnswer>
  private var targets: ResolverTable<TargetQuestion, [IPAddress]>
  private var counts = ResolverStatistics()
  private var timer: LoopTimer?
  /// What the timer is set to, or was: an alarm that is not needed any more wakes for nothing, once.
  private var alarm: Instant?
  /// The state of the file when the channel read it.
  private var fileStamp: FileStamp?
  private var isClosed = false

  /// Several hundred hops of many traces at once; beyond it something asks in a loop.
  private static let mostUnanswered = 4_096
  /// A script may name several hundred targets at once.
  private static let mostTargets = 1_024
  /// Someone waits for a target before anything is traced, so targets do not queue behind names; each is two questions.
  private static let targetWindow = 16
  private static let cancelled = LookupFailure(.cancelled, "the look-up was cancelled")
  /// The widest window: c-ares walks over all that are in flight to find the next timeout.
  package static let mostWindow = 1_024

  /// The loop's thread.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// A resolver that has asked nobody and read no file yet.
  package init(on loop: EventLoop, _ configuration: ResolverConfiguration = ResolverConfiguration()) {
    self.init(on: loop, configuration, file: "/etc/resolv.conf")
  }

  /// A resolver with a file in the place of `/etc/resolv.conf`, for tests.
  init(on loop: EventLoop, _ configuration: ResolverConfiguration, file: String) {
    self.loop = loop
    self.file = file
    self.configuration = configuration
    records = ResolverTable(window: Self.window(configuration), limit: Self.mostUnanswered)
    targets = ResolverTable(window: Self.targetWindow, limit: Self.mostTargets)
  }

  private static func window(_ configuration: ResolverConfiguration) -> Int {
    max(1, min(configuration.window, mostWindow))
  }

  /// Asks, on the loop's thread; it is a programmer's error elsewhere.
  ///
  /// - Parameter completion: called once, on the loop's thread, and not before this call has returned, except when the
  ///   machine has no descriptor left for a timer.
  package nonisolated func ask(_ question: NameQuestion, completion: @escaping Completion) {
    assumeIsolated { $0.add(question, completion) }
  }

  /// Asks, from anywhere. A task that is cancelled has its failure at once; the question goes on without it.
  package func answer(to question: NameQuestion) async throws(LookupFailure) -> NameAnswer {
    let wait = ResolverWait<NameAnswer>()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if wait.take(continuation) { add(question) { wait.finish($0) } }
      }
    } onCancel: {
      wait.cancel()
    }
    return try result.get()
  }

  /// The addresses of a host, best first, none when there is none: see `TargetNames`, which says more.
  func addresses(of question: TargetQuestion) async throws(LookupFailure) -> [IPAddress] {
    let wait = ResolverWait<[IPAddress]>()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if wait.take(continuation) { add(question) { wait.finish($0) } }
      }
    } onCancel: {
      wait.cancel()
    }
    return try result.get()
  }

  /// Asks others, or in another way, from now on; what is in flight is asked again.
  package func configure(_ configuration: ResolverConfiguration) {
    guard configuration != self.configuration else { return }
    self.configuration = configuration
    records.window = Self.window(configuration)
    records.requeue()
    targets.requeue()
    dropChannel()
    turn()
  }

  /// Gives all questions up: whoever waits is told that they were cancelled.
  package func cancelAll() {
    counts.failed[.cancelled, default: 0] += records.inFlight + records.queued
    records.settleAll(Self.cancelled)
    targets.settleAll(Self.cancelled)
    dropChannel()
    turn()
  }

  /// Gives all questions up, for good: later ones are cancelled too.
  package func close() {
    isClosed = true
    cancelAll()
  }

  /// What was done so far, and what is in flight.
  package var statistics: ResolverStatistics {
    var counts = counts
    counts.inFlight = records.inFlight
    counts.queued = records.queued
    return counts
  }

  /// Whom it asks, first to last.
  ///
  /// - Throws: when `/etc/resolv.conf` cannot be read.
  package func servers() throws(LookupFailure) -> [NameServer] {
    if let servers = configuration.servers { return servers }
    return try openChannel(isIdle: records.inFlight + targets.inFlight == 0).servers
  }
}

// A turn.
extension Resolver {
  private func add(_ question: NameQuestion, _ completion: @escaping Completion) {
    switch records.add(question, completion) {
    case .accepted: counts.asked += 1
    case .joined: counts.joined += 1
    case .full: counts.failed[.unusable, default: 0] += 1
    }
    startSoon()
  }

  private func add(
    _ question: TargetQuestion, _ completion: @escaping ResolverTable<TargetQuestion, [IPAddress]>.Completion
  ) {
    _ = targets.add(question, completion)
    startSoon()
  }

  /// Sends what may be sent, and leaves it to the timer to tell what came of it at once.
  private func startSoon() {
    send()
    setTimer()
    if timer == nil { tell() }
  }

  private func wake(_ event: ResolverChannel.Event) {
    if case .timer = event { alarm = nil }
    channel?.handle(event)
    turn()
  }

  /// Those who are told may ask again; what comes of that at once is for the next turn, so that a turn has an end.
  private func turn() {
    send()
    tell()
    send()
    setTimer()
  }

  private func tell() {
    for (completions, result) in records.takeSettled() {
      for completion in completions { completion(result) }
    }
    for (completions, result) in targets.takeSettled() {
      for completion in completions { completion(result) }
    }
  }

  private func send() {
    // c-ares must not be used from two threads, and answers it with memory that is damaged much later.
    loop.checkIsolated()
    while let attempt = records.next() {
      do throws(LookupFailure) {
        try send(attempt)
      } catch {
        finish(attempt, .failure(error))
      }
    }
    while let attempt = targets.next() {
      do throws(LookupFailure) {
        try send(attempt)
      } catch {
        targets.settle(attempt, .failure(error))
      }
    }
  }

  private func send(_ attempt: ResolverTable<NameQuestion, NameAnswer>.Attempt) throws(LookupFailure) {
    // c-ares tells messages apart by their questions too, which are all different here.
    let id = UInt16.random(in: .min ... .max)
    let channel = try openChannel(isIdle: isAlone)
    // Not the channel: its questions must not keep it from being dropped.
    let sockets = channel.sockets
    channel.send(NameMessage.query(attempt.question, id: id).bytes()) { status, silences, message in
      guard self.records.isOpen(attempt) else { return }
      self.counts.silences += silences
      let refusal = sockets.takeRefusal(of: id)
      guard status == ccares_success else {
        return self.finish(attempt, .failure(self.failure(status, refusal: refusal, sockets.failure)))
      }
      self.finish(attempt, Self.answer(to: attempt.question, in: message))
    }
  }

  private func send(_ attempt: ResolverTable<TargetQuestion, [IPAddress]>.Attempt) throws(LookupFailure) {
    let channel = try openChannel(isIdle: isAlone)
    let sockets = channel.sockets
    channel.lookUpAddresses(of: attempt.question.name, attempt.question.family) { status, addresses in
      guard self.targets.isOpen(attempt) else { return }
      switch status {
      case ccares_success, ccares_not_found, ccares_no_data:
        self.targets.settle(attempt, .success(addresses))
      case _:
        self.targets.settle(attempt, .failure(self.failure(status, refusal: sockets.anyRefusal, sockets.failure)))
      }
    }
  }

  private func finish(
    _ attempt: ResolverTable<NameQuestion, NameAnswer>.Attempt, _ result: Result<NameAnswer, LookupFailure>
  ) {
    records.settle(attempt, result)
    counts.count(result)
  }

  private static func answer(
    to question: NameQuestion, in bytes: UnsafeRawBufferPointer
  ) -> Result<NameAnswer, LookupFailure> {
    do throws(NameWireError) {
      let message = try NameMessage.parse(bytes.bytes)
      return Result { () throws(LookupFailure) in try NameAnswer(to: question, in: message) }
    } catch {
      return .failure(LookupFailure(.malformed, "the answer is malformed: \(error)"))
    }
  }

  private func failure(_ status: Int32, refusal: ResponseCode?, _ error: SystemError?) -> LookupFailure {
    switch status {
    case ccares_timed_out:
      guard let error else { return LookupFailure(.timedOut, "no name server answered") }
      // c-ares says so, too, where refusals of the machine have used up the tries.
      return LookupFailure(.unreachable, "no name server can be reached: \(error)")
    case ccares_refused:
      if let refusal { return LookupFailure(refusal) }
      let why = error.map { ": \($0)" } ?? ""
      return LookupFailure(.unreachable, "no name server can be reached\(why)")
    case ccares_server_failed:
      return LookupFailure(.unreachable, "no name server is set")
    case ccares_bad_name:
      return LookupFailure(.malformed, "it is no name that name servers know")
    case ccares_bad_response:
      return LookupFailure(.malformed, "the answer is malformed")
    case ccares_cancelled, ccares_destroyed:
      return Self.cancelled
    case _:
      return LookupFailure(.unusable, "c-ares gave up: \(String(cString: ares_strerror(status)))")
    }
  }
}

// The channel and the timer, made when first used.
extension Resolver {
  /// Whether what is being sent is all that is in flight.
  private var isAlone: Bool { records.inFlight + targets.inFlight == 1 }

  /// The state of `/etc/resolv.conf`; nil when it is not there.
  private var stampOfFile: FileStamp? {
    do throws(SystemError) { return try FileStamp(path: file) } catch { return nil }
  }

  private func openChannel(isIdle: Bool) throws(LookupFailure) -> ResolverChannel {
    guard !isClosed else { throw Self.cancelled }
    if timer == nil {
      do throws(SystemError) {
        timer = try loop.makeTimer { [weak self] in self?.assumeIsolated { $0.wake(.timer) } }
      } catch {
        throw LookupFailure(.unusable, "the machine refuses a timer: \(error)")
      }
    }
    if isIdle {
      // The machine may have moved to another network since.
      let stamp = configuration.servers == nil ? stampOfFile : nil
      if stamp != fileStamp { dropChannel() }
      fileStamp = stamp
    }
    if let channel {
      if isIdle { channel.sockets.forgetFailures() }
      return channel
    }
    let channel = try ResolverChannel(configuration, file: file, on: loop) { [weak self] event in
      self?.assumeIsolated { $0.wake(event) }
    }
    self.channel = channel
    return channel
  }

  /// Its questions end now, and nobody is told: they were given up before.
  private func dropChannel() {
    let dropped = channel
    channel = nil
    withExtendedLifetime(dropped) {}
  }

  private func setTimer() {
    let next = records.isSettled || targets.isSettled ? MonotonicClock.now : channel?.nextTimeout
    guard let next, alarm.map({ next < $0 }) ?? true else { return }
    timer?.arm(at: next)
    alarm = next
  }
}
