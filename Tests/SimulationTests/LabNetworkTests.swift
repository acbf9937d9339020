import Packets
import Probing
import Simulation
import SystemIO
import Testing
import Time
import Tracing

@Suite("Lab network")
struct LabNetworkTests {
  private func lab(_ name: String = "demo", clock: LabClock = .virtual, seed: UInt64 = 1) throws -> LabNetwork {
    let catalog = try LabCatalog.shipped()
    return LabNetwork(try catalog.network(named: name), of: catalog, clock: clock, seed: seed)
  }

  private func request(_ lab: LabNetwork, _ name: String) async throws -> TraceRequest {
    let target = try await lab.resolve(name, family: .auto)
    return TraceRequest(target: target, method: try lab.method(for: target, protocolName: nil, socket: nil))
  }

  /// The events of a run up to its end.
  private func events(_ run: TraceRun) async -> [TraceEvent] {
    var events: [TraceEvent] = []
    for await batch in run.events {
      events += batch
      if batch.contains(where: { if case .finished = $0 { true } else { false } }) { break }
    }
    return events
  }

  @Test("in virtual time the same seed gives the same events to the nanosecond")
  func deterministic() async throws {
    var runs: [[TraceEvent]] = []
    for _ in 0..<2 {
      let lab = try lab(seed: 99)
      let run = try #require(await lab.begin([try await request(lab, "far.demo.test")]).first)
      runs.append(await events(run))
      await lab.shutDown()
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0].count > 20)
  }

  @Test("traces that run together in virtual time do not mix")
  func together() async throws {
    let lab = try lab("campus")
    let names = ["web.campus.test", "lab.campus.test", "archive.campus.test"]
    var requests: [TraceRequest] = []
    for name in names { requests.append(try await request(lab, name)) }
    let runs = await lab.begin(requests)
    var ends: [TraceEnd?] = []
    for (run, request) in zip(runs, requests) {
      var trace = Trace(request: request, began: .zero)
      for event in await events(run) { trace.apply(event) }
      ends.append(trace.end)
    }
    #expect(ends == [TTL(4).map { .reached($0) }, TTL(5).map { .reached($0) }, .exhausted])
    await lab.shutDown()
  }

  @Test("a reply later than its timeout is told once the virtual clock has come that far")
  func late() async throws {
    let lab = try lab()
    var request = try await request(lab, "demo.test")
    request.timeout = .milliseconds(20)
    let run = try #require(await lab.begin([request]).first)
    await lab.sleep(for: .seconds(10))
    var trace = Trace(request: request, began: .zero)
    for await batch in run.events {
      for event in batch { trace.apply(event) }
    }
    let late = trace.hops.filter { hop in
      hop.probes.contains { if case .late = $0.outcome { true } else { false } }
    }
    #expect(late.map(\.ttl.value).contains(12))
  }

  @Test("on the real clock a trace of the lab arrives at the same hops")
  func realClock() async throws {
    let loop = try EventLoop(name: "lab test")
    let lab = try lab(clock: .real(loop))
    let request = try await request(lab, "demo.test")
    let run = try #require(await lab.begin([request]).first)
    var trace = Trace(request: request, began: .zero)
    for event in await events(run) { trace.apply(event) }
    #expect(trace.end == .reached(.first.advanced(by: 11)))
    #expect(trace.path.map(\.isAnswered) == (1...12).map { $0 != 7 })
    #expect(!lab.isVirtual)
    await lab.shutDown()
    loop.shutDown()
  }

  @Test("names that are not there say why, and what to do")
  func unknownNames() async throws {
    let lab = try lab()
    func failure(_ name: String, _ family: FamilyPreference = .auto) async throws -> NetworkFailure {
      do throws(NetworkFailure) {
        let address = try await lab.resolve(name, family: family)
        throw NetworkFailure(problem: "found \(address)", reason: "")
      } catch {
        return error
      }
    }
    #expect(
      try await failure("dmeo.test")
        == NetworkFailure(
          problem: "cannot find 'dmeo.test'", reason: "network 'demo' of the lab has no such name",
          advice: "'demo.test'"))
    #expect(try await failure("web.campus.test").advice == "'use lab campus', the network that it belongs to")
    #expect(try await failure("zzz.unheard-of.test").advice == "'lab list' for the networks and their targets")
    #expect(try await failure("www.example.com").advice == "'use live'")
    #expect(
      try await failure("192.0.2.1", .ipv6)
        == NetworkFailure(problem: "cannot trace '192.0.2.1' over IPv6", reason: "it is an IPv4 address"))
  }

  @Test("an address is taken as it is; IPv6 only when asked for")
  func literals() async throws {
    let lab = try lab()
    #expect(try await lab.resolve("203.0.113.80", family: .auto) == IPAddress(203, 0, 113, 80))
    #expect(try await lab.resolve("8.8.8.8", family: .ipv4) == IPAddress(8, 8, 8, 8))
    #expect(try await lab.resolve("demo.test", family: .ipv6).family == .ipv6)
  }

  @Test("the lab has no sockets, and says so")
  func methods() throws {
    let lab = try lab()
    let target = IPAddress(203, 0, 113, 80)
    #expect(
      throws: NetworkFailure(
        problem: "cannot use a 'raw' socket here",
        reason: "packets of the lab never leave the program, so it has no sockets", advice: "'set socket auto'")
    ) { try lab.method(for: target, protocolName: nil, socket: .raw) }
    #expect(try lab.method(for: target, protocolName: nil, socket: nil).protocolName == .icmp)
    #expect(try lab.method(for: target, protocolName: .udp, socket: .lab).protocolName == .udp)
    #expect(lab.methods().count == 4)
    #expect(lab.methods().allSatisfy { $0.isUsable && !$0.adds.isEmpty })
  }
}
