import Packets
import Simulation
import Testing
import Time
import Tracing

@testable import Probing

@Suite("Recorded and reconsidered runs")
struct RecordedRunTests {
  /// A trace with its packets, rehearsed under faults that the seed decides.
  struct Sample: CustomTestStringConvertible {
    let name: String
    let protocolName: ProbeProtocolName
    let plan: FaultPlan
    let change: @Sendable (inout TraceRequest) -> Void

    init(
      _ name: String, _ protocolName: ProbeProtocolName = .icmp, _ plan: FaultPlan = FaultPlan(),
      _ change: @escaping @Sendable (inout TraceRequest) -> Void = { _ in }
    ) {
      self.name = name
      self.protocolName = protocolName
      self.plan = plan
      self.change = change
    }

    var testDescription: String { name }

    func events(seed: UInt64) throws -> [TraceEvent] {
      let transport = FaultInjector(try RehearsalTests.demo(seed: seed), plan: plan, seed: seed)
      return PacketRecordTests.events(of: protocolName, over: transport, then: .seconds(12), change)
    }
  }

  static let samples: [Sample] = {
    var stalled = FaultPlan()
    stalled.stalls = [FaultPlan.Stall(from: .zero, until: .zero + .milliseconds(150))]
    var rough = FaultPlan()
    rough.duplicateShare = 0.2
    rough.dropShare = 0.2
    rough.corruptShare = 0.1
    rough.delayShare = 0.3
    rough.delay = .milliseconds(700)
    var refused = FaultPlan()
    refused.refuseShare = 0.3
    return [
      Sample("plain"), Sample("udp", .udp), Sample("stalled", .icmp, stalled) { $0.timeout = .milliseconds(70) },
      Sample("rough", .icmp, rough) { $0.queries = 4 }, Sample("rough udp", .udp, rough) { $0.queries = 3 },
      Sample("refused", .icmp, refused) { $0.queries = 3 }, Sample("one by one") { $0.window = 1 },
      Sample("short", .icmp, rough) { $0.timeout = .milliseconds(20) },
      Sample("bounded", .icmp, rough) { $0.overall = .milliseconds(90) },
      Sample("patient", .icmp, rough) { $0.patience = nil }, Sample("gap") { $0.gapLimit = 1 },
      Sample("few") { $0.lastTTL = .first.advanced(by: 4) }, Sample("hinted") { $0.distanceHint = TTL(5) },
    ]
  }()

  private static func run(_ events: [TraceEvent]) throws -> (run: RecordedRun, trace: Trace) {
    let told = events.map { TracerTable.Event(trace: TraceID(1), event: $0, place: nil) }
    let trace = try #require(RehearsalTests.traces(told)[TraceID(1)])
    let run = try #require(RecordedRun(PacketRecordTests.record(events), of: trace.request, from: trace.began))
    return (run, trace)
  }

  @Test("a trace computed again has every event that it had, bit for bit", arguments: samples)
  func again(sample: Sample) throws {
    for seed in 1...4 {
      let events = try sample.events(seed: UInt64(seed))
      let (run, trace) = try Self.run(events)
      var again = run.trace
      again.apply(.observed(trace.evidence))
      #expect(again == trace, "seed \(seed)")
      // What the host was observed to do is known at the end alone.
      let told = events.filter { if case .observed = $0 { false } else { true } }
      let stream = run.stream(trace.evidence).filter { if case .observed = $0 { false } else { true } }
      #expect(stream == told, "seed \(seed)")
      #expect(run.events == told.filter { if case .packet = $0 { false } else { true } }, "seed \(seed)")
    }
  }

  @Test("judged by its own rules a trace is itself, and nothing is left untold", arguments: samples)
  func unchanged(sample: Sample) throws {
    for seed in 1...4 {
      let (run, _) = try Self.run(try sample.events(seed: UInt64(seed)))
      let same = ReconsideredRun(run, under: .init(run.request))
      #expect(same.events == run.events, "seed \(seed)")
      #expect(same.trace == run.trace, "seed \(seed)")
      #expect(same.unsent.isEmpty && same.moved.isEmpty && same.unheard.isEmpty, "seed \(seed)")
    }
  }

  @Test("with a shorter timeout the slow replies are late, and the others what they were")
  func shorter() throws {
    let (run, _) = try Self.run(try Self.samples[0].events(seed: 1))
    var request = run.request
    request.timeout = .milliseconds(20)
    let other = ReconsideredRun(run, under: .init(request))
    var late = 0
    for record in run.trace.path.flatMap(\.probes) {
      guard case .replied(let reply, let rtt) = record.outcome else { continue }
      let outcome = try #require(other.trace[record.probe.id]).outcome
      if rtt <= request.timeout {
        #expect(outcome == .replied(reply, rtt: rtt))
      } else {
        late += 1
        #expect(outcome == .late(reply, rtt: rtt, by: rtt - request.timeout))
      }
    }
    #expect(late > 0)
    #expect(other.trace.reachedTTL == nil)
    #expect(other.moved.isEmpty)
  }

  @Test("probes that were never sent are named, and are not part of the trace")
  func unsent() throws {
    let (run, _) = try Self.run(try Self.samples[0].events(seed: 1))
    var request = run.request
    request.queries = 3
    let other = ReconsideredRun(run, under: .init(request))
    #expect(other.unsent.contains(ProbeID(ttl: .first, attempt: 2)))
    #expect(other.trace.hops.allSatisfy { $0.probes.count <= 1 })
    #expect(other.trace.reachedTTL == run.trace.reachedTTL)
  }

  @Test("with a smaller window the probes leave later, and are answered as they were")
  func window() throws {
    let (run, _) = try Self.run(try Self.samples[0].events(seed: 1))
    var request = run.request
    request.window = 1
    let other = ReconsideredRun(run, under: .init(request))
    #expect(!other.moved.isEmpty)
    #expect(other.trace.path.map(\.firstResponder) == run.trace.path.map(\.firstResponder))
    #expect(try #require(other.trace.elapsed) > #require(run.trace.elapsed))
  }

  @Test("a silent probe is not known to be silent for longer than anybody listened")
  func unheard() throws {
    let (run, _) = try Self.run(try Self.samples[0].events(seed: 1))
    var request = run.request
    request.patience = nil
    request.timeout = .seconds(30)
    let silent = try #require(run.trace.path.first { !$0.isAnswered }).ttl
    let other = ReconsideredRun(run, under: .init(request))
    #expect(other.unheard.keys.map(\.ttl) == [silent])
  }

  @Test("a record that cannot have been made gives nothing, and nothing breaks")
  func hostile() throws {
    let (run, _) = try Self.run(try Self.samples[3].events(seed: 2))
    let record = run.record
    var doubled = PacketRecord()
    for packet in record.departures + record.departures { doubled.apply(PacketEvent.departed(packet)) }
    #expect(RecordedRun(doubled, of: run.request, from: run.trace.began) == nil)
    var unlaunched = PacketRecord()
    for var packet in record.departures {
      packet.probe = Probe(id: ProbeID(ttl: packet.probe.id.ttl, attempt: 77), flow: .standard)
      unlaunched.apply(PacketEvent.departed(packet))
    }
    #expect(RecordedRun(unlaunched, of: run.request, from: run.trace.began) == nil)
    var backwards = PacketRecord()
    for packet in record.departures { backwards.apply(PacketEvent.departed(packet)) }
    for packet in record.arrivals.reversed() {
      var packet = packet
      packet.read = .zero
      backwards.apply(PacketEvent.arrived(packet))
    }
    if let odd = RecordedRun(backwards, of: run.request, from: run.trace.began) {
      _ = ReconsideredRun(odd, under: .init(run.request))
    }
  }
}
