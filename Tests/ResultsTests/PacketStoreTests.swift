import Packets
import Probing
import Simulation
import TestSupport
import Testing
import Time
import Tracing

@testable import Results

@Suite("Packets in the store form")
struct PacketStoreTests {
  /// A recorded result of the demo network.
  static func result(_ name: ProbeProtocolName = .icmp, over plan: FaultPlan = FaultPlan(), seed: UInt64 = 1) throws
    -> TraceResult
  {
    let network = SimulatedNetwork(try LabCatalog.shipped().network(named: "demo").topology, seed: seed)
    let target = IPAddress(203, 0, 113, 80)
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: name, socket: .lab, family: .ipv4))
    request.keepsPackets = true
    request.queries = 2
    var rehearsal = Rehearsal(FaultInjector(network, plan: plan, seed: seed), from: .zero + .seconds(7))
    rehearsal.begin(request, id: TraceID(1))
    var result = TraceResult.everything
    result.trace = Trace(request: request, began: .zero)
    result.packets = PacketRecord()
    for event in rehearsal.run() + rehearsal.advance(by: .seconds(8)) { result.apply(event.event) }
    return result
  }

  private static let rough: FaultPlan = {
    var plan = FaultPlan()
    plan.duplicateShare = 0.2
    plan.corruptShare = 0.2
    plan.refuseShare = 0.1
    plan.stalls = [FaultPlan.Stall(from: .zero + .seconds(7), until: .zero + .seconds(7) + .milliseconds(1_100))]
    return plan
  }()

  @Test("a recorded result is read back as it was", arguments: ProbeProtocolName.allCases)
  func roundTrip(name: ProbeProtocolName) throws {
    for plan in [FaultPlan(), Self.rough] {
      let result = try Self.result(name, over: plan)
      let read = try StoreForm.decodeTrace(StoreForm.encode(result))
      #expect(read.packets == result.packets)
      #expect(read == result)
      #expect(WhatIf.reproduces(read) == true)
    }
  }

  @Test("packets that are cut off or damaged are refused with their place, and break nothing")
  func damage() throws {
    let result = try Self.result(over: Self.rough)
    let text = PacketWriter.text(result.packets, from: result.trace.began)
    let request = result.trace.request
    for length in stride(from: 0, to: min(text.utf8.count, 800), by: 4) {
      #expect(throws: StoreFormError.self) {
        try PacketReader.record(String(text.prefix(length)), of: request, from: result.trace.began)
      }
    }
    var generator = SeededGenerator(seed: 5)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for _ in 0..<60 {
      var bytes = Array(text.utf8)
      bytes[Int(generator.next() % UInt64(bytes.count))] = letters[Int(generator.next() % 64)]
      do throws(StoreFormError) {
        var damaged = result
        damaged.packets = try PacketReader.record(
          String(decoding: bytes, as: UTF8.self), of: request, from: result.trace.began)
        // Whatever it says, it is looked at without harm.
        _ = WhatIf.reproduces(damaged)
        _ = Timeline(damaged)
      } catch {
        #expect(error.reason.contains("packets: "))
      }
    }
  }

  @Test("a result that was stored before packets were kept is read as it was")
  func older() throws {
    var result = TraceResult.everything
    result.packets = PacketRecord()
    let text = StoreForm.encode(result)
    #expect(!text.contains("\"packets\""))
    #expect(try StoreForm.decodeTrace(text).packets.isEmpty)
  }

  @Test("a result of whatif is stored as what it is")
  func hypothesis() throws {
    let result = try Self.result()
    var request = result.trace.request
    request.timeout = .milliseconds(20)
    let whatIf = try WhatIf(
      result, under: .init(request: request, engine: result.engineSettings, words: ["timeout 20ms"]))
    #expect(whatIf.result.hypothesis?.rules == ["timeout 20ms"])
    #expect(!whatIf.changes.isEmpty)
    let read = try StoreForm.decodeTrace(StoreForm.encode(whatIf.result))
    #expect(read == whatIf.result)
    #expect(WhatIf.reproduces(read) == nil)
  }

  @Test("judged by when it was read, a reply that lay unread is late")
  func engine() throws {
    var plan = FaultPlan()
    plan.stalls = [FaultPlan.Stall(from: .zero + .seconds(7), until: .zero + .seconds(9))]
    var result = try Self.result(over: plan)
    result.engineSettings = EngineSettings(.reactor)
    let whatIf = try WhatIf(
      result,
      under: .init(request: result.trace.request, engine: EngineSettings(.blocking), words: ["engine blocking"]))
    // Read two seconds behind its arrival, one more than the timeout.
    let first = ProbeID(ttl: .first, attempt: 0)
    #expect(result.trace[first]?.rtt != nil)
    #expect(try #require(whatIf.result.trace[first]).rtt == nil)
    #expect(whatIf.result.hypothesis?.untold.isEmpty == false)
  }

  @Test("packets that are not those of the trace are found out")
  func inconsistent() throws {
    var result = try Self.result()
    result.packets = try Self.result(seed: 2).packets
    #expect(WhatIf.reproduces(result) == false)
    result.packets = PacketRecord()
    #expect(throws: WhatIf.Failure.notRecorded) {
      try WhatIf(result, under: .init(request: result.trace.request, engine: result.engineSettings, words: []))
    }
  }
}
