import Lexing
import Packets
import Simulation
import Testing
import Time
import Tracing

@testable import Probing

@Suite("Rehearsal")
struct RehearsalTests {
  static func request(_ target: IPAddress, _ name: ProbeProtocolName = .icmp) -> TraceRequest {
    TraceRequest(
      target: target, method: ProbeMethod(protocolName: name, socket: .lab, family: target.family))
  }

  static func demo(seed: UInt64 = 1) throws -> SimulatedNetwork {
    SimulatedNetwork(try LabCatalog.shipped().network(named: "demo").topology, seed: seed)
  }

  static let web = IPAddress(203, 0, 113, 80)

  static func traces(_ events: [TracerTable.Event]) -> [TraceID: Trace] {
    var traces: [TraceID: Trace] = [:]
    for event in events {
      if case .began(let request, let at) = event.event {
        traces[event.trace] = Trace(request: request, began: at)
      } else {
        traces[event.trace]?.apply(event.event)
      }
    }
    return traces
  }

  @Test("the demo network has twelve hops, one of them silent", arguments: ProbeProtocolName.allCases)
  func demo(name: ProbeProtocolName) throws {
    var rehearsal = Rehearsal(try Self.demo())
    rehearsal.begin(Self.request(Self.web, name), id: TraceID(1))
    let trace = try #require(Self.traces(rehearsal.run())[TraceID(1)])
    #expect(trace.end == .reached(try #require(TTL(12))))
    #expect(trace.path.filter { !$0.isAnswered }.map(\.ttl.value) == [7])
    #expect(trace.path.last?.firstResponder == Self.web)
  }

  @Test("a trace is the same again with the same seed, and another with another")
  func determinism() throws {
    func run(_ seed: UInt64) throws -> [TraceEvent] {
      var rehearsal = Rehearsal(try Self.demo(seed: seed))
      rehearsal.begin(Self.request(Self.web), id: TraceID(1))
      return rehearsal.run().map(\.event)
    }
    #expect(try run(7) == run(7))
    #expect(try run(7) != run(8))
  }

  @Test("replies stamped in time and read behind the deadline end as replied")
  func lateReading() throws {
    var plan = FaultPlan()
    // The reader is stalled from before the first reply until behind every deadline.
    plan.stalls = [FaultPlan.Stall(from: .zero, until: .zero + .milliseconds(150))]
    var request = Self.request(Self.web)
    request.timeout = .milliseconds(70)
    var rehearsal = Rehearsal(FaultInjector(try Self.demo(), plan: plan, seed: 1))
    rehearsal.begin(request, id: TraceID(1))
    var events = rehearsal.run()
    events += rehearsal.advance(by: .seconds(6))
    let revised = events.count { if case .revised = $0.event { true } else { false } }
    let trace = try #require(Self.traces(events)[TraceID(1)])
    #expect(revised >= 11)
    #expect(trace.path.count == 12)
    #expect(trace.path.filter { !$0.isAnswered }.map(\.ttl.value) == [7])
    #expect(trace.end == .reached(try #require(TTL(12))))
    #expect(rehearsal.forgotten == [TraceID(1)])
  }

  @Test("two traces of one target in one process do not mix, and neither do duplicates, drops and damage")
  func unmixedUnderFaults() throws {
    var plan = FaultPlan()
    plan.duplicateShare = 0.2
    plan.corruptShare = 0.1
    var rehearsal = Rehearsal(FaultInjector(try Self.demo(), plan: plan, seed: 5))
    for id in 1...20 as ClosedRange<UInt64> { rehearsal.begin(Self.request(Self.web), id: TraceID(id)) }
    let traces = Self.traces(rehearsal.run())
    let clean = try #require(
      {
        var rehearsal = Rehearsal(try Self.demo())
        rehearsal.begin(Self.request(Self.web), id: TraceID(1))
        return Self.traces(rehearsal.run())[TraceID(1)]
      }())
    #expect(traces.count == 20)
    for trace in traces.values {
      for (hop, right) in zip(trace.hops, clean.path) {
        // A damaged byte may spoil a reply, and even its sender's address; what it may not do is move it elsewhere.
        guard let responder = hop.firstResponder, let expected = right.firstResponder else { continue }
        let others = clean.path.filter { $0.ttl != hop.ttl }.compactMap(\.firstResponder)
        #expect(responder == expected || !others.contains(responder))
      }
    }
  }

  @Test("a transport that cannot be opened fails the trace with the reason")
  func refused() throws {
    var rehearsal = Rehearsal(ClosedTransport())
    rehearsal.begin(Self.request(Self.web), id: TraceID(1))
    let events = rehearsal.run().map(\.event)
    guard case .finished(.failed(let failure), at: _) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(failure.call == "socket")
    #expect(rehearsal.forgotten == [TraceID(1)])
  }

  @Test("cancelling ends a trace at once, and its identities are kept for late replies")
  func cancel() throws {
    var rehearsal = Rehearsal(try Self.demo())
    rehearsal.begin(Self.request(Self.web), id: TraceID(1))
    var events = rehearsal.advance(by: .milliseconds(20))
    rehearsal.cancel(TraceID(1))
    events += rehearsal.advance(by: .seconds(1))
    let trace = try #require(Self.traces(events)[TraceID(1)])
    #expect(trace.end == .cancelled)
    #expect(trace.path.last?.probes.first?.wasRevised == true)
    #expect(rehearsal.forgotten.isEmpty)
    _ = rehearsal.advance(by: .seconds(6))
    #expect(rehearsal.forgotten == [TraceID(1)])
  }

  @Test("200,000 probes outstanding over 1,000 targets all find their owners, and no kept identity is given away")
  func manyOutstanding() throws {
    let transport = DistantTransport(delay: .milliseconds(900))
    var rehearsal = Rehearsal(transport)
    for number in 0..<1000 as Range<UInt32> {
      var request = Self.request(IPAddress(ipv4: 0x0a00_0000 + number))
      request.lastTTL = try #require(TTL(200))
      request.window = 200
      rehearsal.begin(request, id: TraceID(UInt64(number)))
    }
    let events = rehearsal.run()
    let traces = Self.traces(events)
    #expect(transport.mostOutstanding == 200_000)
    #expect(transport.reused == 0)
    #expect(traces.count == 1000)
    for (id, trace) in traces {
      #expect(trace.hops.count { $0.isAnswered } == 200)
      // The distant network answers each probe from an address made of its destination and TTL.
      for hop in trace.hops {
        let expected = DistantTransport.responder(to: trace.request.target, ttl: hop.ttl.value)
        #expect(hop.firstResponder == expected, "trace \(id.value), hop \(hop.ttl)")
      }
    }
    let duplicates = events.count { if case .duplicate = $0.event { true } else { false } }
    #expect(duplicates == 0)
  }
}

/// A transport that opens nothing.
private final class ClosedTransport: Transport {
  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    throw SendFailure(call: "socket", errno: 1, reason: "Operation not permitted")
  }
  func send(_ batch: inout DepartureBatch, at now: Instant) {}
  func receive(into batch: inout ArrivalBatch, by now: Instant) {}
  var nextArrivalTime: Instant? { nil }
  var dropCount: Int { 0 }
  func attach(wake: @escaping @Sendable () -> Void) {}
  func close() {}
}

/// Answers every probe with a time exceeded after one delay, from an address made of destination and TTL.
private final class DistantTransport: Transport {
  let delay: Duration
  private(set) var mostOutstanding = 0
  /// Probes sent with an identity that another outstanding probe has.
  private(set) var reused = 0
  private var waiting: [(at: Instant, destination: IPAddress, ttl: UInt8, bytes: [UInt8])] = []
  private var head = 0
  private var identities: Set<[UInt64]> = []

  init(delay: Duration) { self.delay = delay }

  static func responder(to target: IPAddress, ttl: UInt8) -> IPAddress {
    IPAddress(ipv4: UInt32(truncatingIfNeeded: target.low) | UInt32(ttl) << 16 | 0x6400_0000)
  }

  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 { 4242 }

  func send(_ batch: inout DepartureBatch, at now: Instant) {
    for index in batch.records.indices {
      let record = batch.records[index]
      let bytes = Array(batch.bytes[record.range])
      if !identities.insert([record.destination.low, UInt64(bytes[6]) << 8 | UInt64(bytes[7])]).inserted {
        reused += 1
      }
      waiting.append((now + delay, record.destination, record.hopLimit, bytes))
      batch.records[index].result = .departed(now, .kernel)
    }
    mostOutstanding = max(mostOutstanding, waiting.count - head)
  }

  func receive(into batch: inout ArrivalBatch, by now: Instant) {
    while batch.records.count < ArrivalBatch.mostRecords, head < waiting.count, waiting[head].at <= now {
      let (at, destination, ttl, bytes) = waiting[head]
      head += 1
      var quote = ByteWriter()
      IPv4Header(
        source: IPAddress(192, 0, 2, 1), destination: destination, protocolNumber: .icmp, timeToLive: 1,
        payloadLength: bytes.count
      ).write(into: &quote)
      let quoted = quote.bytes + bytes.prefix(8)
      var message = ByteWriter()
      ICMPMessage.writeError(
        family: .ipv4, type: ICMPType.timeExceeded, code: 0, quote: quoted.span.bytes, checksum: .message,
        into: &message)
      var header = ByteWriter()
      IPv4Header(
        source: Self.responder(to: destination, ttl: ttl), destination: IPAddress(192, 0, 2, 1),
        protocolNumber: .icmp, timeToLive: 60, payloadLength: message.count
      ).write(into: &header)
      let start = batch.bytes.count
      batch.bytes += header.bytes + message.bytes
      batch.records.append(
        ArrivalBatch.Record(
          form: .ipv4Datagram, family: .ipv4, protocolName: .icmp, source: nil, stamp: at, stampSource: .kernel,
          range: start..<batch.bytes.count))
    }
  }

  var nextArrivalTime: Instant? { head < waiting.count ? waiting[head].at : nil }
  var dropCount: Int { 0 }
  func attach(wake: @escaping @Sendable () -> Void) {}
  func close() {}
}
