import Glibc
import Probing
import SystemIO
import Time
import Tracing

/// A probe's socket on a `ScriptedNet`: readable while an answer lies in it.
final class ScriptedSocket: ProbeSocket {
  /// Both ends, which the net may write to from another thread while the engine closes them.
  private final class Pair: Sendable {
    private struct Ends: Sendable {
      var descriptors: [Int32]
      var answers: [ScriptedNet.Answer] = []
    }

    private let ends: Locked<Ends>
    let readable: Int32

    init() {
      var descriptors: [Int32] = [-1, -1]
      let result = socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &descriptors)
      precondition(result == 0, "A test opens a few dozen sockets.")
      readable = descriptors[0]
      ends = Locked(Ends(descriptors: descriptors))
    }

    func put(_ answer: ScriptedNet.Answer) {
      ends.withLock { ends in
        guard let end = ends.descriptors.last else { return }
        ends.answers.append(answer)
        _ = Glibc.send(end, answer.bytes, answer.bytes.count, 0)
      }
    }

    func take() -> [ScriptedNet.Answer] {
      ends.withLock { ends in
        var room = [UInt8](repeating: 0, count: ArrivalBatch.mostBytes)
        for _ in ends.answers { _ = recv(readable, &room, room.count, 0) }
        defer { ends.answers = [] }
        return ends.answers
      }
    }

    func close() -> Bool {
      ends.withLock { ends in
        for descriptor in ends.descriptors { _ = Glibc.close(descriptor) }
        defer { ends.descriptors = [] }
        return !ends.descriptors.isEmpty
      }
    }
  }

  private let net: ScriptedNet
  private let pair = Pair()

  init(_ net: ScriptedNet) { self.net = net }

  var descriptor: Int32 { pair.readable }

  func send(_ record: inout DepartureBatch.Record, _ bytes: [UInt8]) {
    let now = MonotonicClock.now
    record.result = .departed(now, .program)
    net.depart(record, bytes, at: now) { [pair] in pair.put($0) }
  }

  func receive(into batch: inout ArrivalBatch) {
    for answer in pair.take() { net.append(answer, to: &batch) }
  }

  var dropCount: Int { 0 }

  func close() {
    if pair.close() { net.closed() }
  }
}

/// The same net for a reactor.
final class ScriptedTransport: Transport {
  /// Answers on their way to the loop's thread.
  final class Mailbox: Sendable {
    struct Wake: Sendable {
      let body: @Sendable () -> Void
    }

    private struct State: Sendable {
      var wake: Wake?
      var timer: LoopTimer?
      var answers: [ScriptedNet.Answer] = []
    }

    private let state = Locked(State())

    init(on loop: EventLoop) throws(SystemError) {
      let timer = try loop.makeTimer { [weak self] in self?.state.withLock { $0.wake }?.body() }
      state.withLock { $0.timer = timer }
    }

    func attach(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = Wake(body: wake) } }

    func put(_ answer: ScriptedNet.Answer) {
      state.withLock { state in
        state.answers.append(answer)
        state.timer?.arm(at: .zero)
      }
    }

    func take() -> [ScriptedNet.Answer] {
      state.withLock { state in
        defer { state.answers = [] }
        return state.answers
      }
    }

    func close() { state.withLock { $0 = State() } }
  }

  private let net: ScriptedNet
  private let mailbox: Mailbox

  init(_ net: ScriptedNet, _ mailbox: Mailbox) {
    self.net = net
    self.mailbox = mailbox
  }

  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 { try net.open(method, flow: flow) }

  func send(_ batch: inout DepartureBatch, at now: Instant) {
    for index in batch.records.indices {
      guard net.hop(batch.records[index].hopLimit) != .refused else {
        batch.records[index].result = .failed(ScriptedNet.refusal)
        continue
      }
      let departure = MonotonicClock.now
      batch.records[index].result = .departed(departure, .program)
      net.depart(batch.records[index], batch.bytes, at: departure) { [mailbox] in mailbox.put($0) }
    }
  }

  func receive(into batch: inout ArrivalBatch, by now: Instant) {
    for answer in mailbox.take() { net.append(answer, to: &batch) }
  }

  var nextArrivalTime: Instant? { nil }
  var dropCount: Int { 0 }
  func attach(wake: @escaping @Sendable () -> Void) { mailbox.attach(wake) }
  func close() { mailbox.close() }
}
