import DequeModule
import Packets
import Probing
import Results
import SystemIO
import Time
import Tracing

/// A transport with the faults of the original, as far as they are asked of it (see `LookUpDesk.Effect` and
/// `engine.stamps`).
///
/// With none of them it passes everything through. A look-up that holds the engine's thread blocks in `receive`, which
/// is the event loop's thread: nothing else of the session's network runs meanwhile, and that is what is studied.
final class CausedTransport: Transport {
  private let base: any Transport
  private let stamps: StampSource
  private let desk: LookUpDesk
  private let causes: ReactorCauses
  private var inner = ArrivalBatch()
  private var held: [UInt64: (reply: EngineReply, deadline: Instant)] = [:]
  private var nextHeld: UInt64 = 1
  /// Kept back no longer, and not yet taken for want of room.
  private var released: Deque<EngineReply> = []
  /// Whose look-ups hold the thread at the next turn, behind the hand-over of their replies.
  private var holding: [IPAddress] = []
  /// Replies whose look-up was interrupted: they count when whoever interrupted it has had its turn.
  private var deferred: [EngineReply] = []
  private var biases: StampBook
  private var ways: Set<Way> = []

  private struct Way: Hashable {
    let method: ProbeMethod
    let flow: FlowID
  }

  /// Replies kept back at once, as in `EngineTraces`; beyond it they count at once.
  private static let mostHeld = 4096
  /// Replies kept back that are taken in one turn: half of a batch, so that as many arrivals have room.
  private static let mostReleased = ArrivalBatch.mostRecords / 2

  init(_ base: any Transport, _ stamps: StampSource, _ desk: LookUpDesk, _ causes: ReactorCauses) {
    self.base = base
    self.stamps = stamps
    self.desk = desk
    self.causes = causes
    biases = StampBook(stamps)
  }

  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    let local = try base.open(method, flow: flow)
    if ways.insert(Way(method: method, flow: flow)).inserted { causes.opened(1) }
    return local
  }

  func send(_ batch: inout DepartureBatch, at now: Instant) {
    base.send(&batch, at: now)
    biases.note(batch)
  }

  func receive(into batch: inout ArrivalBatch, by now: Instant) {
    let responders = holding
    holding = []
    for responder in responders { desk.wait(for: responder, life: nil) }
    if stamps == .kernel, desk.effect == .none {
      let known = batch.records.count
      base.receive(into: &batch, by: now)
      for record in batch.records[known...] {
        if record.form == .departureStamp {
          biases.note(departure: record)
        } else {
          biases.note(record, original: record, batch.bytes.span.bytes.extracting(record.range), causes)
        }
      }
      return
    }
    takeDeferred(into: &batch)
    takeReleased(into: &batch)
    inner.removeAll()
    base.receive(into: &inner, by: now)
    for record in inner.records { take(record, into: &batch) }
  }

  var nextArrivalTime: Instant? {
    let deadline = held.values.map(\.deadline).min()
    guard let arrival = base.nextArrivalTime else { return deadline }
    return deadline.map { min($0, arrival) } ?? arrival
  }

  var dropCount: Int { base.dropCount }

  func attach(wake: @escaping @Sendable () -> Void) {
    causes.attach(wake)
    base.attach(wake: wake)
  }

  func close() {
    base.close()
    held = [:]
    deferred = []
    causes.stop()
  }

  /// Takes one arrival from `inner`.
  private func take(_ record: ArrivalBatch.Record, into batch: inout ArrivalBatch) {
    if record.form == .departureStamp {
      biases.note(departure: record)
      if stamps == .kernel { append(EngineReply(record, of: inner, kernelDeparture: nil), to: &batch) }
      return
    }
    let reply = EngineReply(record, of: inner, kernelDeparture: nil)
    // A stranger's packet has no names to wait for; the table counts it.
    guard let responder = reply.responder else { return append(reply, to: &batch) }
    switch desk.effect {
    case .none: judge(reply, into: &batch)
    case .awaitedByThread:
      desk.wait(for: responder, life: nil)
      deferred.append(reply)
      takeDeferred(into: &batch)
    case .awaited:
      guard held.count < Self.mostHeld else { return judge(reply, into: &batch) }
      let number = nextHeld
      nextHeld += 1
      held[number] = (reply, MonotonicClock.now + desk.longest)
      desk.ask(responder) { [causes] in causes.release(number) }
    case .holdsThread:
      judge(reply, into: &batch)
      holding.append(responder)
      causes.wakeSoon()
    }
  }

  private func takeDeferred(into batch: inout ArrivalBatch) {
    guard !deferred.isEmpty else { return }
    guard !desk.isInterrupted else { return causes.wakeSoon() }
    for reply in deferred { judge(reply, into: &batch) }
    deferred = []
  }

  /// Takes what was kept back and is answered, or has been kept for as long as anything is.
  private func takeReleased(into batch: inout ArrivalBatch) {
    guard !held.isEmpty || !released.isEmpty else { return }
    let now = MonotonicClock.now
    for number in causes.takeReleased() + held.filter({ $0.value.deadline <= now }).keys {
      // Not there when its time was over before it was answered.
      if let (reply, _) = held.removeValue(forKey: number) { released.append(reply) }
    }
    for _ in 0..<min(released.count, Self.mostReleased) { judge(released.removeFirst(), into: &batch) }
    if !released.isEmpty { causes.wakeSoon() }
  }

  /// Hands a reply over with the stamp that judges it.
  private func judge(_ reply: EngineReply, into batch: inout ArrivalBatch) {
    var reply = reply
    let original = reply.record
    if stamps == .program {
      reply.record.stamp = MonotonicClock.now
      reply.record.stampSource = .program
    }
    biases.note(reply.record, original: original, reply.bytes.span.bytes, causes)
    append(reply, to: &batch)
  }

  private func append(_ reply: EngineReply, to batch: inout ArrivalBatch) {
    var record = reply.record
    let start = batch.bytes.count
    batch.bytes += reply.bytes
    record.range = start..<batch.bytes.count
    batch.records.append(record)
  }
}
