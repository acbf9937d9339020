import Packets
import Simulation
import Testing
import Time
import Tracing

@testable import Probing

@Suite("Packet record")
struct PacketRecordTests {
  /// Rehearses a trace of the demo network that keeps its packets, and gives its events.
  static func events(
    of name: ProbeProtocolName = .icmp, over transport: any Transport, then time: Duration = .zero,
    _ change: (inout TraceRequest) -> Void = { _ in }
  ) -> [TraceEvent] {
    var request = RehearsalTests.request(RehearsalTests.web, name)
    request.keepsPackets = true
    change(&request)
    var rehearsal = Rehearsal(transport)
    rehearsal.begin(request, id: TraceID(1))
    var events = rehearsal.run()
    if time > .zero { events += rehearsal.advance(by: time) }
    return events.map(\.event)
  }

  static func record(_ events: [TraceEvent]) -> PacketRecord {
    var record = PacketRecord()
    for event in events { record.apply(event) }
    return record
  }

  @Test("every probe and every reply is kept with its bytes", arguments: ProbeProtocolName.allCases)
  func everything(name: ProbeProtocolName) throws {
    let events = Self.events(of: name, over: try RehearsalTests.demo())
    let record = Self.record(events)
    let sent = events.count { if case .sent = $0 { true } else { false } }
    #expect(record.departures.count == sent)
    #expect(record.departures.allSatisfy { !$0.bytes.isEmpty && $0.queued <= $0.handedOver })
    let counted = events.count { if case .replied = $0 { true } else { false } }
    #expect(counted >= 11)
    #expect(record.arrivals.count { $0.verdict == .counted } == counted)
    #expect(record.arrivals.allSatisfy { !$0.bytes.isEmpty })
    #expect(record.isComplete)
  }

  @Test("an arrival says which probe it was for, and by what it was known")
  func matching() throws {
    let record = Self.record(Self.events(over: try RehearsalTests.demo()))
    let target = ProbeID(ttl: try #require(TTL(12)), attempt: 0)
    #expect(record.arrivals(for: target).map(\.match) == [.probe(target, by: .echo)])
    let router = ProbeID(ttl: .first, attempt: 0)
    #expect(record.arrivals(for: router).map(\.match) == [.probe(router, by: .quote)])
    let departure = try #require(record.departure(of: router))
    #expect(departure.hopLimit == 1)
    // The router quotes the probe as it was sent, behind two IP headers and the ICMP error's own.
    let quote = try #require(record.arrivals(for: router).first).bytes.dropFirst(20 + 8 + 20)
    #expect(quote.starts(with: departure.bytes.prefix(8)))
  }

  @Test("duplicates, and what is behind the target, are kept as such; damage and strangers' packets as foreign")
  func verdicts() throws {
    var plan = FaultPlan()
    plan.duplicateShare = 0.5
    plan.corruptShare = 0.2
    let transport = FaultInjector(try RehearsalTests.demo(), plan: plan, seed: 3)
    let record = Self.record(Self.events(over: transport) { $0.queries = 3 })
    #expect(record.arrivals.contains { $0.verdict == .duplicate })
    #expect(record.arrivals.contains { $0.verdict == .beyond })
    #expect(record.foreignArrivals.contains { $0.match == .unreadable || $0.match == .unknown })
    #expect(record.foreignArrivals.allSatisfy { $0.verdict == nil })
  }

  @Test("a trace that is not recorded tells no packet")
  func off() throws {
    let events = Self.events(over: try RehearsalTests.demo()) { $0.keepsPackets = false }
    #expect(Self.record(events).isEmpty)
    #expect(Self.record(Self.events(over: try RehearsalTests.demo())).isEmpty == false)
  }

  @Test("recorded or not, the other events of a trace are the same")
  func sameOtherwise() throws {
    let plain = Self.events(over: try RehearsalTests.demo()) { $0.keepsPackets = false }
    let kept = Self.events(over: try RehearsalTests.demo()).filter { if case .packet = $0 { false } else { true } }
    #expect(kept.dropFirst() == plain.dropFirst())
  }

  @Test("a record has bounds, and says when something was left out")
  func bounds() throws {
    var record = PacketRecord()
    let departure = try #require(Self.record(Self.events(over: try RehearsalTests.demo())).departures.first)
    for _ in 0..<PacketRecord.mostPackets { record.apply(PacketEvent.departed(departure)) }
    #expect(record.isComplete)
    record.apply(PacketEvent.departed(departure))
    record.apply(PacketEvent.told(.tick, at: .zero))
    #expect(record.departures.count == PacketRecord.mostPackets)
    #expect(record.leftOut == 2)
    #expect(!record.isComplete)
  }
}
