// The engine `completion`: io_uring, the completion queue that the original API could not offer.
//
// Models option 4 of the study: replies that complete like reads of a file (IOCP there), one thread that takes
// completions.
//
// Found on Windows: nothing; its ICMP API cannot be bound to a completion port, and the option was not viable.
//
// Different on Linux: possible. Each socket's readiness is a POLL_ADD in the ring, and so is the engine's wake-up; the
// deadline goes in with the same call that hands in and waits. Thirty answered probes took a median of 647 µs, and with
// 27 silent ones and a timeout of 70 ms the trace took 71.5 ms: with the reactor it is the fastest. Readiness, and not
// the datagram itself, is what completes, since stamps and error queues are read by `recvmsg` with control messages, of
// the error queue too, for which the ring has no completion.
//
// A kernel may refuse the ring (built without it, a container's filter, or kernel.io_uring_disabled): the trace then
// says so and what to do. Sockets are kept for late replies as long as the probe's identity is, and so the thread may
// outlive a trace by that time.

import Glibc
import Probing
import Results
import SystemIO
import Time
import Tracing

final class CompletionEngine: OneThreadEngine {
  let traces: EngineTraces
  let desk: LookUpDesk
  let thread: EngineThread
  private let shelf: RingShelf

  /// As `dedicated`; the ring itself sets no bound.
  static let room = EngineRoom(places: 1024)

  /// - Parameter openRing: makes the ring of the thread; it stays for the next, since closing one takes milliseconds.
  /// - Throws: when the kernel refuses a ring.
  init(
    _ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk,
    openRing: @escaping @Sendable () throws(SystemError) -> CompletionRing
  ) throws(SendFailure) {
    self.traces = traces
    self.desk = desk
    let shelf = RingShelf(openRing, traces.gauge)
    self.shelf = shelf
    do throws(SystemError) {
      // To know now whether it can be had.
      shelf.put(try shelf.take())
    } catch {
      throw Self.refusal(error)
    }
    thread = EngineThread("completions", traces.gauge) { thread, wake in
      do throws(SystemError) {
        let ring = try shelf.take()
        do throws(SystemError) {
          try RingOwner(traces, sockets, desk, ring).run(thread, wake)
        } catch {
          shelf.discard()
          throw error
        }
        shelf.put(ring)
      } catch {
        thread.refuseAll(wake, traces, Self.refusal(error))
      }
    }
  }

  func shutDown() {
    endThread()
    shelf.close()
  }

  /// What a refused ring means, and the way out.
  private static func refusal(_ error: SystemError) -> SendFailure {
    var reason = error.description
    switch error.errno {
    case ENOSYS: reason += ": this kernel has no io_uring"
    case EPERM:
      if let value = disabledSetting(), value != "0" { reason += ": kernel.io_uring_disabled is \(value)" }
    case _: break
    }
    return SendFailure(call: error.call, errno: error.errno, reason: reason, advice: "'set engine reactor'")
  }

  /// The value of the sysctl; nil where the kernel has none (before Linux 6.6).
  private static func disabledSetting() -> String? {
    let file = Glibc.open("/proc/sys/kernel/io_uring_disabled", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    let descriptor = FileDescriptor(owning: file)
    var digit: UInt8 = 0
    guard Glibc.read(descriptor.raw, &digit, 1) == 1, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else {
      return nil
    }
    return String(digit - UInt8(ascii: "0"))
  }
}

/// Where a ring lies between two threads.
private final class RingShelf: Sendable {
  private let openRing: @Sendable () throws(SystemError) -> CompletionRing
  private let gauge: EngineGauge
  private let ring = Locked<CompletionRing?>(nil)

  init(_ openRing: @escaping @Sendable () throws(SystemError) -> CompletionRing, _ gauge: EngineGauge) {
    self.openRing = openRing
    self.gauge = gauge
  }

  /// The ring that lies here, or a new one.
  func take() throws(SystemError) -> CompletionRing {
    let found = ring.withLock { ring in
      defer { ring = nil }
      return ring
    }
    if let found { return found }
    let new = try openRing()
    gauge.descriptorsOpened(1)
    return new
  }

  /// Lays a ring down; of two, as when a thread began before the last had ended, one is closed.
  func put(_ ring: CompletionRing) {
    let isSecond = self.ring.withLock { place in
      defer { place = ring }
      return place != nil
    }
    if isSecond { gauge.descriptorsOpened(-1) }
  }

  /// A ring that was taken is of no use any more, and about to be closed.
  func discard() { gauge.descriptorsOpened(-1) }

  /// Closes what lies here; nobody takes or puts any more.
  func close() {
    let wasThere = ring.withLock { ring in
      defer { ring = nil }
      return ring != nil
    }
    if wasThere { gauge.descriptorsOpened(-1) }
  }
}

/// The thread that owns the ring and the sockets.
private final class RingOwner {
  private let traces: EngineTraces
  private let sockets: any ProbeSocketSource
  private let desk: LookUpDesk
  private let ring: CompletionRing
  private let wakeNumber: UInt64
  private var open: OpenProbes
  private var batch = ArrivalBatch()

  init(
    _ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk, _ ring: CompletionRing
  ) {
    self.traces = traces
    self.sockets = sockets
    self.desk = desk
    self.ring = ring
    wakeNumber = ring.nextNumber
    open = OpenProbes(from: ring.nextNumber + 1)
  }

  /// - Throws: when the kernel takes nothing more; every socket has been closed then.
  func run(_ thread: EngineThread, _ wake: StopSignal) throws(SystemError) {
    defer { for number in open.numbers { close(number) } }
    try ring.poll(wake.descriptor, number: wakeNumber)
    while let probes = thread.take(wake, holding: open.count) {
      for (index, probe) in probes.enumerated() {
        do throws(SystemError) {
          try send(probe)
        } catch {
          for rest in probes[(index + 1)...] { traces.refuse(rest, SendFailure(error)) }
          throw error
        }
      }
      // Before the wait: what it finds silent after its deadline was silent then.
      let now = MonotonicClock.now
      for completion in ring.wait(until: open.nextDeadline) {
        if completion.number == wakeNumber {
          try ring.poll(wake.descriptor, number: wakeNumber)
        } else {
          try read(completion)
        }
      }
      let (late, over) = open.expire(at: now)
      if late > 0 { traces.freed(places: late, waits: late) }
      for number in over {
        try ring.cancel(number: number)
        close(number)
      }
    }
    for number in open.numbers {
      try ring.cancel(number: number)
      close(number)
    }
    try ring.cancel(number: wakeNumber)
    ring.submit()
    ring.nextNumber = open.next
  }

  private func send(_ probe: EngineProbe) throws(SystemError) {
    guard let sent = OpenProbe.send(probe, by: sockets, traces) else { return traces.freed(places: 1, waits: 1) }
    try ring.poll(sent.descriptor, number: open.add(sent))
  }

  /// Takes what a socket has. Its poll is over: without an answer it is asked for again.
  private func read(_ completion: CompletionRing.Completion) throws(SystemError) {
    let number = completion.number
    // Closed meanwhile: what completed is the end of its poll.
    guard let probe = open[number] else { return }
    // A socket that cannot be polled brings nothing more.
    guard completion.result >= 0 else { return close(number) }
    if traces.deliver(probe.read(&batch), desk, life: probe.probe.life) {
      close(number)
    } else {
      try ring.poll(probe.descriptor, number: number)
    }
  }

  private func close(_ number: UInt64) {
    open[number]?.close()
    if open.remove(number) { traces.freed(places: 1, waits: 1) }
  }
}
