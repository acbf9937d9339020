// The engine `dedicated`: one thread that owns all sockets; probes and replies cross to it and back by bounded
// channels.
//
// Models option 3 of the study: a dedicated ICMP thread behind a channel of requests, whose replies wake the runtime by
// another.
//
// Found on Windows: 100 % complete traces, but 492–514 ms, since each crossing cost 10–20 ms, and 800 lines; rejected.
//
// Different on Linux: a thread of its own with a stream behind it took a median of 754 µs for thirty answered probes,
// where a reactor took 665, and with 27 silent ones and a timeout of 70 ms 71 ms, so that the price is no hop and hardly
// time.
//
// The owner waits in epoll. It tells the consumer of departures, replies and timeouts one message at a time, each of
// which wakes it; the program's stamp is taken where the consumer gets round to the reply. Requests are bounded by the
// engine's room. Sockets are kept for late replies as long as the probe's identity is, and so the thread may outlive a
// trace by that time.

import CSystemIO
import Glibc
import Probing
import Results
import SystemIO
import Time
import Tracing

final class DedicatedEngine: OneThreadEngine {
  let traces: EngineTraces
  let desk: LookUpDesk
  let thread: EngineThread

  /// As many requests as the original's channel held.
  static let room = EngineRoom(places: 1024)

  init(_ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk) {
    self.traces = traces
    self.desk = desk
    thread = EngineThread("sockets", traces.gauge) { thread, wake in
      Owner(traces, sockets, desk).run(thread, wake)
    }
  }
}

/// The thread that owns the sockets, and its consumer.
private final class Owner {
  private let traces: EngineTraces
  private let sockets: any ProbeSocketSource
  private let desk: LookUpDesk
  private let channel = ReplyChannel()
  private var open = OpenProbes(from: Owner.wakeToken + 1)
  private var batch = ArrivalBatch()

  private static let wakeToken: UInt64 = 0

  init(_ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk) {
    self.traces = traces
    self.sockets = sockets
    self.desk = desk
  }

  func run(_ thread: EngineThread, _ wake: StopSignal) {
    do throws(SystemError) {
      let epoll = FileDescriptor(owning: try checked(csio_epoll_create(), "epoll_create1"))
      traces.gauge.descriptorsOpened(1)
      defer { traces.gauge.descriptorsOpened(-1) }
      try checked(csio_epoll_add(epoll.raw, wake.descriptor, 1, 0, Self.wakeToken), "epoll_ctl")
      let consumer = try startConsumer()
      serve(thread, wake, epoll.raw)
      channel.close()
      consumer.join()
    } catch {
      thread.refuseAll(wake, traces, SendFailure(error))
    }
  }

  private func startConsumer() throws(SystemError) -> Thread {
    traces.gauge.threadStarted()
    do throws(SystemError) {
      return try Thread("replies") { [traces, desk, channel] in
        while let message = channel.receive() { Self.take(message, traces, desk) }
        traces.gauge.threadEnded()
      }
    } catch {
      traces.gauge.threadEnded()
      throw error
    }
  }

  private func serve(_ thread: EngineThread, _ wake: StopSignal, _ epoll: Int32) {
    var ready = [csio_ready](repeating: csio_ready(), count: Int(csio_ready_max))
    while let probes = thread.take(wake, holding: open.count) {
      for probe in probes { send(probe, epoll) }
      // Before the wait: what it finds silent after its deadline was silent then.
      let now = MonotonicClock.now
      let time = SocketWait.milliseconds(until: open.nextDeadline)
      let found = csio_epoll_wait(epoll, &ready, Int32(ready.count), time)
      precondition(found >= 0 || found == -EINTR, "epoll_wait fails only for a descriptor that is no epoll.")
      for index in 0..<max(0, Int(found)) { read(ready[index].token, epoll) }
      let (late, over) = open.expire(at: now)
      if late > 0 { channel.send(.freed(late)) }
      for number in over { close(number, epoll) }
    }
    for number in open.numbers { close(number, epoll) }
  }

  private func send(_ probe: EngineProbe, _ epoll: Int32) {
    let sent = OpenProbe.send(probe, by: sockets, traces) { [channel] in channel.send(.settled($0)) }
    guard let sent else { return channel.send(.freed(1)) }
    let number = open.add(sent)
    // Without it the probe times out, and what it says is that nothing was heard.
    if csio_epoll_add(epoll, sent.descriptor, 1, 0, number) < 0 { close(number, epoll) }
  }

  /// Passes on what a socket has; with an answer it has done its work.
  private func read(_ number: UInt64, _ epoll: Int32) {
    guard let probe = open[number] else { return }
    var isAnswered = false
    for reply in probe.read(&batch) {
      let responder = reply.responder
      if responder != nil { isAnswered = true }
      if let responder, desk.effect == .awaitedByThread { desk.wait(for: responder, life: probe.probe.life) }
      channel.send(.reply(reply))
      if let responder, desk.effect == .holdsThread { desk.wait(for: responder, life: probe.probe.life) }
    }
    if isAnswered { close(number, epoll) }
  }

  private func close(_ number: UInt64, _ epoll: Int32) {
    guard let probe = open[number] else { return }
    _ = csio_epoll_remove(epoll, probe.descriptor)
    probe.close()
    if open.remove(number) { channel.send(.freed(1)) }
  }

  /// On the consumer's thread.
  private static func take(_ message: ReplyChannel.Message, _ traces: EngineTraces, _ desk: LookUpDesk) {
    switch message {
    case .settled(let record): traces.settle(record)
    case .freed(let count): traces.freed(places: count, waits: count)
    case .reply(let reply):
      if desk.effect == .awaited, let responder = reply.responder {
        traces.hold(reply, for: responder, desk)
      } else {
        traces.accept(reply)
      }
    }
  }
}
