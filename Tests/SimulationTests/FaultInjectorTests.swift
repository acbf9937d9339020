import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Fault injector")
struct FaultInjectorTests {
  private let web = IPAddress(203, 0, 113, 80)

  private func injector(_ plan: FaultPlan, seed: UInt64 = 1) throws -> FaultInjector {
    let topology = try network(
      "new plain 'one link of 5 ms'", "node home 192.0.2.10", "hop web 203.0.113.80 delay 5ms")
    return FaultInjector(SimulatedNetwork(topology, seed: 1), plan: plan, seed: seed)
  }

  private func milliseconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000) }

  @Test("an empty plan changes nothing")
  func nothing() throws {
    let injector = try injector(FaultPlan())
    var sender = ProbeSender(injector)
    try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 300))
    #expect(try sender.receive().map(\.sequence) == Array(1...300))
    #expect(injector.counts == FaultInjector.Counts())
  }

  @Test("in a stall nothing is read; behind it everything comes with the stamps of its arrival")
  func stall() throws {
    var plan = FaultPlan()
    plan.stalls = [
      FaultPlan.Stall(from: milliseconds(8), until: milliseconds(40)),
      FaultPlan.Stall(from: milliseconds(40), until: milliseconds(60)),
    ]
    let injector = try injector(plan)
    var sender = ProbeSender(injector)
    try sender.sendEchoes(to: web, ttls: [1])
    var batch = ArrivalBatch()
    injector.receive(into: &batch, by: milliseconds(20))
    #expect(batch.records.isEmpty)
    #expect(injector.nextArrivalTime == milliseconds(5), "the probe is at its hop, before the stall")
    injector.receive(into: &batch, by: milliseconds(5))
    #expect(injector.nextArrivalTime == milliseconds(60))
    injector.receive(into: &batch, by: milliseconds(60))
    #expect(batch.records.map(\.stamp) == [milliseconds(10)])
  }

  @Test("drops, duplicates, corruptions and delays happen about as often as asked, and are counted")
  func shares() throws {
    var plan = FaultPlan()
    plan.dropShare = 0.1
    plan.duplicateShare = 0.2
    plan.corruptShare = 0.3
    plan.delayShare = 0.4
    plan.delay = .milliseconds(7)
    let seed: UInt64 = 11
    let injector = try injector(plan, seed: seed)
    var sender = ProbeSender(injector)
    try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 5_000))
    var batch = ArrivalBatch()
    var stamps: [Instant: Int] = [:]
    while let next = injector.nextArrivalTime {
      batch.removeAll()
      injector.receive(into: &batch, by: next)
      #expect(batch.records.count <= ArrivalBatch.mostRecords)
      for record in batch.records { stamps[record.stamp, default: 0] += 1 }
    }
    let counts = injector.counts
    #expect(abs(counts.dropped - 500) < 80, "seed \(seed)")
    #expect(abs(counts.duplicated - 900) < 100, "seed \(seed)")
    #expect(abs(counts.corrupted - 1_350) < 130, "seed \(seed)")
    #expect(abs(counts.delayed - 1_800) < 150, "seed \(seed)")
    #expect(stamps.values.reduce(0, +) == 5_000 - counts.dropped + counts.duplicated)
    #expect(Set(stamps.keys) == [milliseconds(10), milliseconds(17)])
  }

  @Test("a corrupted arrival differs in one byte")
  func corruption() throws {
    var plan = FaultPlan()
    plan.corruptShare = 1
    let injector = try injector(plan)
    let clean = try self.injector(FaultPlan())
    var arrivals: [[UInt8]] = []
    for transport in [injector, clean] {
      var sender = ProbeSender(transport)
      try sender.sendEchoes(to: web, ttls: [1])
      var batch = ArrivalBatch()
      while let next = transport.nextArrivalTime { transport.receive(into: &batch, by: next) }
      arrivals.append(batch.bytes)
    }
    #expect(zip(arrivals[0], arrivals[1]).count { $0 != $1 } == 1)
  }

  @Test("refused probes carry the errno of the plan, the others leave in order")
  func refusals() throws {
    var plan = FaultPlan()
    plan.refuseShare = 0.5
    let injector = try injector(plan)
    var sender = ProbeSender(injector)
    let results = try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 100))
    let departed = results.enumerated().compactMap { index, result -> UInt16? in
      guard case .departed = result else { return nil }
      return UInt16(index + 1)
    }
    #expect(departed.count == 100 - injector.counts.refused)
    #expect((30...70).contains(departed.count))
    #expect(try sender.receive().map(\.sequence) == departed)
  }

  @Test("the same seed gives the same faults")
  func reproducible() throws {
    var plan = FaultPlan()
    plan.dropShare = 0.3
    plan.duplicateShare = 0.3
    var transcripts: [[ProbeSender.Arrival]] = []
    for _ in 0..<2 {
      var sender = ProbeSender(try injector(plan, seed: 8))
      try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 100))
      _ = try sender.receive()
      transcripts.append(sender.transcript)
    }
    #expect(transcripts[0] == transcripts[1])
  }

  @Test("a reply in time that is read after its deadline is revised, not lost")
  func lateReading() throws {
    var plan = FaultPlan()
    plan.stalls = [FaultPlan.Stall(from: milliseconds(8), until: milliseconds(200))]
    let request = TraceRequest(
      target: web, method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4))
    var limited = request
    limited.timeout = .milliseconds(50)
    var rehearsal = Rehearsal(try injector(plan))
    rehearsal.begin(limited, id: TraceID(1))
    let events = rehearsal.run() + rehearsal.advance(by: .seconds(1))
    let revised = events.compactMap { event -> Duration? in
      guard case .revised(_, _, let rtt) = event.event else { return nil }
      return rtt
    }
    #expect(revised.first == .milliseconds(10))
  }
}
