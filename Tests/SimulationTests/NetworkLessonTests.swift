import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

/// What the targets of the shipped networks say one can see.
@Suite("What shipped networks teach")
struct NetworkLessonTests {
  /// Runs traces of a name one after the other in one network, with times to wait before each.
  private func traces(
    of name: String, seed: UInt64 = 1, _ plans: [(wait: Duration, adjust: (inout TraceRequest) -> Void)]
  ) async throws -> [Trace] {
    let catalog = try LabCatalog.shipped()
    let entry = try #require(catalog.owner(ofName: name))
    let lab = LabNetwork(entry, of: catalog, clock: .virtual, seed: seed)
    let target = try await lab.resolve(name, family: .auto)
    var found: [Trace] = []
    for plan in plans {
      await lab.sleep(for: plan.wait)
      var request = TraceRequest(target: target, method: try lab.method(for: target, protocolName: nil, socket: nil))
      plan.adjust(&request)
      let run = try #require(await lab.begin([request]).first)
      // An empty batch follows what was known when it was asked for.
      await lab.sleep(for: .zero)
      var trace = Trace(request: request, began: .zero)
      for await batch in run.events {
        for event in batch { trace.apply(event) }
        if batch.isEmpty { break }
      }
      found.append(trace)
    }
    await lab.shutDown()
    return found
  }

  private func trace(of name: String, _ adjust: @escaping (inout TraceRequest) -> Void = { _ in }) async throws -> Trace
  {
    try #require(try await traces(of: name, [(.zero, adjust)]).first)
  }

  /// How many probes of each hop were answered.
  private func answered(_ trace: Trace) -> [Int] {
    trace.path.map { hop in hop.probes.count { $0.rtt != nil } }
  }

  @Test("ratelimit: the second trace in a row misses at hop 2 alone")
  func ratelimit() async throws {
    let found = try await traces(
      of: "clean.ratelimit.test", [(.zero, { $0.queries = 6 }), (.zero, { $0.queries = 6 })])
    #expect(answered(found[0]) == [6, 6, 6, 6, 6])
    #expect(answered(found[1])[1] < 3)
    #expect(answered(found[1]).enumerated().allSatisfy { $0.offset == 1 || $0.element == 6 })
    let lossy = try await trace(of: "www.ratelimit.test") { $0.queries = 40 }
    #expect(answered(lossy).prefix(3).allSatisfy { $0 == 40 })
    #expect(answered(lossy).dropFirst(3).allSatisfy { $0 < 38 })
  }

  @Test("balanced: flows differ in length; one flow is split by packet; destinations part")
  func balanced() async throws {
    let lengths = try await traces(
      of: "flow.balanced.test", (0..<16).map { flow in (.zero, { $0.flow = FlowID(UInt16(flow)) }) }
    ).map { $0.path.count }
    #expect(Set(lengths) == [5, 6])
    let split = try await trace(of: "packet.balanced.test") { $0.queries = 10 }
    #expect(split.path.map { $0.responders.count } == [1, 1, 2, 1, 1])
    let one = try await trace(of: "one.balanced.test")
    let two = try await trace(of: "two.balanced.test")
    #expect(one.path[2].firstResponder != two.path[2].firstResponder)
    #expect(one.path[3].firstResponder == two.path[3].firstResponder)
  }

  @Test("flap: six hops, from 10 to 20 seconds seven, then six again")
  func flap() async throws {
    let found = try await traces(
      of: "www.flap.test", [(.zero, { _ in }), (.seconds(11), { _ in }), (.seconds(9), { _ in })])
    #expect(found.map { $0.path.count } == [6, 7, 6])
    let times = found.compactMap { $0.path.last?.probes.first?.rtt?.milliseconds }
    try #require(times.count == 3)
    #expect(times[1] - times[0] > 37 && times[1] - times[0] < 39)
  }

  @Test("lossy: about a tenth is missing from hop 4 on, in bursts on one way and evenly on the other")
  func lossy() async throws {
    for (name, hops) in [("www.lossy.test", 3...5), ("even.lossy.test", 3...4)] {
      let trace = try await trace(of: name) { $0.queries = 200 }
      let counts = answered(trace)
      #expect(counts.prefix(3).allSatisfy { $0 == 200 })
      #expect(counts[hops].allSatisfy { (140..<198).contains($0) }, "\(name) \(counts)")
    }
  }

  @Test("asymmetric: hop 5 is far later than hop 4, and its replies come over three routers more")
  func asymmetric() async throws {
    let trace = try await trace(of: "www.asymmetric.test")
    let replies = trace.path.compactMap { $0.probes.first?.outcome.reply }
    let times = trace.path.compactMap { $0.probes.first?.rtt?.milliseconds }
    try #require(replies.count == 7 && times.count == 7)
    #expect(times[4] - times[3] > 30)
    #expect(replies.prefix(5).map(\.replyTTL) == [255, 254, 253, 252, 249])
  }

  @Test("mtu: a long probe ends at hop 3 with the MTU on one way, and in silence on the other")
  func mtu() async throws {
    let told = try await trace(of: "www.mtu.test") { $0.size = 1_500 }
    #expect(told.path.last?.probes.first?.outcome.reply?.pathEndCode?.marker == "!F-1400")
    #expect(told.end?.ttl == TTL(4))
    let silent = try await trace(of: "hole.mtu.test") { $0.size = 1_500 }
    #expect(silent.end == .exhausted)
    #expect(silent.hops.last { $0.isAnswered }?.ttl == TTL(3))
    #expect(try await trace(of: "hole.mtu.test").reachedTTL == TTL(5))
  }
}
