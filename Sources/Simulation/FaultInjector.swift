import Glibc
import Packets
import Probing
import Statistics
import Time
import Tracing

/// Everything that a `FaultInjector` may do to a transport: this value is the fault model.
package struct FaultPlan: Sendable {
  /// A time during which the program does not get to read: arrivals stay where they are, with their own stamps.
  package struct Stall: Hashable, Sendable {
    /// The first moment of the stall.
    package var from: Instant
    /// The first moment at which the program reads again.
    package var until: Instant

    package init(from: Instant, until: Instant) {
      self.from = from
      self.until = until
    }
  }

  /// In any order; they may touch or overlap.
  package var stalls: [Stall] = []
  /// Arrivals are stamped when they are read, and not when they came: so judges a program that takes no stamps of the kernel
  /// (`engine.stamps program`), and with it every stall counts against the network.
  package var stampsWhenRead = false
  /// Share of arrivals, 0…1, that nobody will see. This and the other shares are drawn for each arrival on its own.
  package var dropShare: Double = 0
  /// Share of arrivals that come twice.
  package var duplicateShare: Double = 0
  /// Share of arrivals of which one byte is changed.
  package var corruptShare: Double = 0
  /// Share of arrivals that come later, by `delay`.
  package var delayShare: Double = 0
  /// By how much an arrival of `delayShare` comes later, in its stamp too: the network's delay, not the reader's.
  package var delay: Duration = .zero
  /// Share of departures, 0…1, that are refused with `refusal`.
  package var refuseShare: Double = 0
  /// What the sender of a refused departure is told.
  package var refusal = SendFailure(call: "sendmsg", errno: ENOBUFS, reason: "No buffer space available")

  package init() {}
}

/// A transport that behaves worse than the one inside it, as its plan says; for tests and for study.
///
/// The seed decides what happens to which arrival: the same seed and the same arrivals give the same faults.
package final class FaultInjector: Transport {
  private let inner: any Transport
  private let plan: FaultPlan
  private var generator: SeededGenerator
  /// Arrivals taken out of the inner transport and not handed on yet, in the order of their stamps.
  private var held: [HeldArrival] = []
  private var scratch = ArrivalBatch()
  private var departures = DepartureBatch()

  /// What the injector has done, for tests that want to know that there was something to withstand.
  package private(set) var counts = Counts()

  /// Arrivals that each fault happened to, and departures refused.
  package struct Counts: Hashable, Sendable {
    package var dropped = 0
    package var duplicated = 0
    package var corrupted = 0
    package var delayed = 0
    package var refused = 0

    package init() {}
  }

  private struct HeldArrival {
    var record: ArrivalBatch.Record
    var bytes: [UInt8]
  }

  /// Most arrivals held back at once; what comes beyond is dropped, as by a full socket buffer.
  package static let mostHeld = 65_536

  /// - Parameters:
  ///   - inner: used by nobody else from now on.
  ///   - seed: decides which arrivals and departures the shares of the plan hit.
  package init(_ inner: any Transport, plan: FaultPlan, seed: UInt64) {
    self.inner = inner
    self.plan = plan
    generator = SeededGenerator(seed: seed)
  }

  package func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    try inner.open(method, flow: flow)
  }

  /// Sends what is not refused, in its order.
  package func send(_ batch: inout DepartureBatch, at now: Instant) {
    guard plan.refuseShare > 0 else { return inner.send(&batch, at: now) }
    departures.removeAll()
    departures.bytes = batch.bytes
    var sentIndices: [Int] = []
    for index in batch.records.indices {
      if happens(plan.refuseShare) {
        batch.records[index].result = .failed(plan.refusal)
        counts.refused += 1
      } else {
        departures.records.append(batch.records[index])
        sentIndices.append(index)
      }
    }
    inner.send(&departures, at: now)
    for (record, index) in zip(departures.records, sentIndices) { batch.records[index].result = record.result }
  }

  package func receive(into batch: inout ArrivalBatch, by now: Instant) {
    guard stall(at: now) == nil else { return }
    takeArrivals(by: now)
    let room = ArrivalBatch.mostRecords - batch.records.count
    let ready = held.prefix(max(0, room)).prefix { $0.record.stamp <= now }
    for arrival in ready {
      var record = arrival.record
      record.range = batch.bytes.count..<(batch.bytes.count + arrival.bytes.count)
      batch.bytes.append(contentsOf: arrival.bytes)
      batch.records.append(record)
    }
    held.removeFirst(ready.count)
  }

  /// The next arrival of the inner transport or of those held back, but not inside a stall.
  package var nextArrivalTime: Instant? {
    guard let next = [inner.nextArrivalTime, held.first?.record.stamp].compactMap(\.self).min() else { return nil }
    return stall(at: next)?.until ?? next
  }

  /// Those of the inner transport; what the plan drops is in `counts`.
  package var dropCount: Int { inner.dropCount }

  package func attach(wake: @escaping @Sendable () -> Void) {
    inner.attach(wake: wake)
  }

  package func close() {
    inner.close()
  }

  /// The stall that a moment lies in; of several that follow each other without a gap, the last.
  private func stall(at now: Instant) -> FaultPlan.Stall? {
    var found: FaultPlan.Stall?
    for stall in plan.stalls.sorted(by: { $0.from < $1.from }) {
      let moment = found?.until ?? now
      if stall.from <= moment, moment < stall.until { found = stall }
    }
    return found
  }

  /// Moves what has arrived inside into `held`, and lets the faults happen to it.
  private func takeArrivals(by now: Instant) {
    repeat {
      scratch.removeAll()
      inner.receive(into: &scratch, by: now)
      for record in scratch.records { take(record, bytes: Array(scratch.bytes[record.range]), at: now) }
    } while scratch.records.count == ArrivalBatch.mostRecords && held.count < Self.mostHeld
  }

  private func take(_ record: ArrivalBatch.Record, bytes: [UInt8], at now: Instant) {
    guard record.form != .departureStamp else { return hold(HeldArrival(record: record, bytes: bytes)) }
    guard !happens(plan.dropShare) else {
      counts.dropped += 1
      return
    }
    var arrival = HeldArrival(record: record, bytes: bytes)
    if plan.stampsWhenRead {
      arrival.record.stamp = now
      arrival.record.stampSource = .program
    }
    if happens(plan.corruptShare), !bytes.isEmpty {
      let place = Int(generator.next() % UInt64(bytes.count))
      arrival.bytes[place] ^= UInt8(1 + generator.next() % 255)
      counts.corrupted += 1
    }
    if happens(plan.delayShare) {
      arrival.record.stamp += plan.delay
      counts.delayed += 1
    }
    hold(arrival)
    if happens(plan.duplicateShare) {
      hold(arrival)
      counts.duplicated += 1
    }
  }

  private func hold(_ arrival: HeldArrival) {
    guard held.count < Self.mostHeld else {
      counts.dropped += 1
      return
    }
    var place = held.count
    while place > 0, held[place - 1].record.stamp > arrival.record.stamp { place -= 1 }
    held.insert(arrival, at: place)
  }

  /// Draws only for a share above 0, so that a fault that is not asked for changes nothing about the others.
  private func happens(_ share: Double) -> Bool {
    share > 0 && generator.unit() < share
  }
}
