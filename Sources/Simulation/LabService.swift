import CSystemIO
import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

/// The turns of the lab's thread; the theory of operation is in `LabServer.swift`.
struct LabService: ~Copyable {
  private let server: LabServer
  private let poll: LabPoll
  private let mailbox: TopologyMailbox
  private var host: VantageHost
  private var converter = StampConverter()
  private var inbox = LabInbox(capacity: Int(csio_receive_max))
  private var writer = ByteWriter()
  private var ready = [csio_ready](repeating: csio_ready(), count: Int(csio_ready_max))
  /// A moment at which nothing lay unread in any pair: what is read next was stamped after it.
  private var emptyAt = MonotonicClock.now

  /// Most datagrams under way, at about 300 bytes each: sixteen windows of the largest size.
  private static let mostUnderWay = 1 << 16
  /// Answers handed out before what has been sent is looked at again: about 0.2 ms.
  private static let batch = 64

  init(
    _ topology: Topology, seed: UInt64, _ server: LabServer, _ poll: LabPoll, _ mailbox: TopologyMailbox
  ) {
    self.mailbox = mailbox
    self.server = server
    self.poll = poll
    host = VantageHost(topology, seed: seed, capacity: Self.mostUnderWay, hasOwnChances: true)
  }

  /// Serves until the server is stopped.
  mutating func run() {
    while !server.isStopped {
      takeIn(waiting: prepareToWait())
      handOut()
    }
  }

  /// Sets the timer; false when something is due so soon that sleeping would make it late.
  private func prepareToWait() -> Bool {
    server.note(nextAnswer: host.nextAnswerTime)
    let isAnswer = host.isAnswerNext
    guard !Punctuality.isSoon(host.nextEventTime, isAnswer: isAnswer) else { return false }
    // 0 disarms, so the smallest moment is 1 ns.
    let moment = host.nextEventTime.map { Punctuality.wakeTime(before: $0, isAnswer: isAnswer) }
    _ = csio_timer_arm(poll.timer.raw, moment.map { max($0.nanoseconds, 1) } ?? 0)
    return true
  }

  /// Takes what has been sent, up to one call a pair.
  private mutating func takeIn(waiting: Bool) {
    let lookedAt = MonotonicClock.now
    let found = csio_epoll_wait(poll.epoll.raw, &ready, Int32(ready.count), waiting ? -1 : 0)
    precondition(found >= 0 || found == -EINTR, "epoll_wait fails only for a descriptor that is no epoll.")
    let clocks = MonotonicClock.sample()
    converter.sample(realtime: clocks.realtime, monotonic: clocks.monotonic)
    var mayHaveMore = Int(found) == ready.count
    for index in 0..<max(0, Int(found)) {
      switch ready[index].token {
      case LabPoll.wakeToken: Self.clear(poll.wake.raw)
      case LabPoll.timerToken: Self.clear(poll.timer.raw)
      case let token: if takeIn(from: token) { mayHaveMore = true }
      }
    }
    if !mayHaveMore { emptyAt = lookedAt }
  }

  /// Takes up to a call's worth of probes from a pair.
  ///
  /// - Returns: whether there may be more.
  private mutating func takeIn(from token: UInt64) -> Bool {
    guard let end = server.pair(token)?.labEnd else { return false }
    if let topology = mailbox.take() { host.apply(topology) }
    let mayHaveMore = inbox.receive(from: end.descriptor.raw)
    let readAt = MonotonicClock.now
    let bytes = inbox.bytes
    for index in 0..<inbox.count {
      let stamp = converter.instant(
        ofRealtime: inbox.stamp(index), notBefore: emptyAt - LabInbox.queueDelay, notAfter: readAt)
      let record = LabWire.readProbe(bytes.span.bytes, in: inbox.range(index))
      let sender = FlightSender(socket: token, launch: record.launch, departure: stamp ?? .zero)
      do throws(SendFailure) {
        try host.send(record, message: bytes, from: sender, at: stamp ?? readAt)
      } catch {
        // No room for more under way, or no way out since something failed (the rest was admitted): the network loses the
        // datagram, and says nothing.
        continue
      }
    }
    return mayHaveMore
  }

  /// Hands out what is due, up to a batch.
  private mutating func handOut() {
    guard let next = host.nextEventTime, next <= MonotonicClock.now else { return }
    for _ in 0..<Self.batch {
      var answer: (datagram: [UInt8], due: Instant, sender: FlightSender)?
      host.takeAnswer(by: MonotonicClock.now) { datagram, due, sender in answer = (datagram, due, sender) }
      guard let answer else { return }
      guard VantageHost.isHeard(answer.datagram) else { continue }
      handOut(answer.datagram, to: answer.sender)
      // Also of an answer that finds its socket closed, or full: it may be so because the answer was late.
      server.note(lateness: MonotonicClock.now - answer.due, next: host.nextAnswerTime)
    }
  }

  /// Hands out one answer, if its socket is still there and has room.
  private mutating func handOut(_ datagram: [UInt8], to sender: FlightSender) {
    guard let pair = server.pair(sender.socket), let end = pair.labEnd else { return }
    writer.removeAll()
    LabWire.write(answer: datagram, to: sender, into: &writer)
    guard Glibc.send(end.descriptor.raw, writer.storage, writer.count, 0) != writer.count else { return }
    if errno == EAGAIN || errno == ENOBUFS { pair.countDrop() }
  }

  /// Reads a counter, so that it no longer wakes.
  private static func clear(_ descriptor: Int32) {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}
