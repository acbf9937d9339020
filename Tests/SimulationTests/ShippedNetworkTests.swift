import FoundationEssentials
import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Shipped networks")
struct ShippedNetworkTests {
  private let catalog = Result { try LabCatalog.shipped() }

  /// Traces a name in virtual time.
  private func trace(
    _ name: String, protocolName: ProbeProtocolName = .icmp, family: FamilyPreference = .auto, seed: UInt64 = 1,
    adjust: (inout TraceRequest) -> Void = { _ in }
  ) async throws -> Trace {
    let catalog = try self.catalog.get()
    let entry = try #require(catalog.owner(ofName: name))
    let lab = LabNetwork(entry, of: catalog, clock: .virtual, seed: seed)
    let target = try await lab.resolve(name, family: family)
    var request = TraceRequest(
      target: target, method: try lab.method(for: target, protocolName: protocolName, socket: nil))
    adjust(&request)
    let run = try #require(await lab.begin([request]).first)
    await lab.shutDown()
    var trace = Trace(request: request, began: .zero)
    for await batch in run.events {
      for event in batch { trace.apply(event) }
    }
    return trace
  }

  /// The TTLs at which nothing answered.
  private func silentTTLs(_ trace: Trace) -> [Int] {
    trace.path.filter { !$0.isAnswered }.map { Int($0.ttl.value) }
  }

  @Test("every file of the folder is in the catalogue, under the name of the file")
  func table() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let folder = tests.appending(path: "../../Sources/Simulation/Networks").path()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.sorted() == (try catalog.get()).names.map { "\($0).ftr" }.sorted())
  }

  @Test(
    "demo.test is reached in 12 hops, of which the seventh is silent",
    arguments: ProbeProtocolName.allCases, [FamilyPreference.ipv4, .ipv6])
  func demo(protocolName: ProbeProtocolName, family: FamilyPreference) async throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let trace = try await trace("demo.test", protocolName: protocolName, family: family, seed: seed)
      #expect(trace.reachedTTL == TTL(12), "seed \(seed)")
      #expect(trace.path.count == 12, "seed \(seed)")
      #expect(silentTTLs(trace) == [7], "seed \(seed)")
      let last = try #require(trace.path.last?.probes.first?.rtt).milliseconds
      #expect((45.0...47.5).contains(last), "seed \(seed)")
    }
  }

  @Test("the ocean of demo is a step of more than 30 ms between hops 8 and 9")
  func ocean() async throws {
    let trace = try await trace("demo.test")
    let times = trace.hops.map { $0.probes.first?.rtt?.milliseconds }
    let before = try #require(times[7])
    let after = try #require(times[8])
    #expect(before < 12)
    #expect(after - before > 30)
  }

  @Test(
    "each target is as far as it should be",
    arguments: [
      ("demo.test", 12), ("far.demo.test", 14), ("web.campus.test", 4), ("lab.campus.test", 5),
      ("end.long.test", 30),
    ])
  func distances(name: String, hops: Int) async throws {
    let trace = try await trace(name)
    #expect(trace.end == TTL(hops).map { .reached($0) })
    #expect(trace.path.count == hops)
  }

  @Test("targets without a host end the way they say")
  func endings() async throws {
    let ghost = try await trace("ghost.demo.test")
    #expect(ghost.end?.ttl == TTL(12))
    #expect(ghost.path.last?.probes.first?.outcome.reply?.pathEndCode?.marker == "!H")
    let nowhere = try await trace("nowhere.demo.test")
    #expect(nowhere.end?.ttl == TTL(6))
    #expect(nowhere.path.last?.probes.first?.outcome.reply?.pathEndCode?.marker == "!N")
    let hole = try await trace("hole.demo.test")
    #expect(hole.end == .exhausted)
    #expect(hole.hops.last { $0.isAnswered }?.ttl == TTL(11))
    #expect(try await trace("nobody.campus.test").end?.ttl == TTL(4))
    #expect(try await trace("archive.campus.test").end == .exhausted)
  }

  @Test("beyond.long.test is out of reach until max-ttl is 32")
  func beyond() async throws {
    #expect(try await trace("beyond.long.test").end == .exhausted)
    let far = try await trace("beyond.long.test") { $0.lastTTL = .usualLast.advanced(by: 2) }
    #expect(far.reachedTTL == TTL(32))
  }

  @Test("the sparing router of campus misses probes, and the hops behind it do not")
  func rateLimit() async throws {
    let trace = try await trace("lab.campus.test") { $0.queries = 10 }
    let answered = trace.path.map { hop in hop.probes.count { $0.rtt != nil } }
    #expect(answered[2] < 10)
    #expect(answered[3] == 10 && answered[4] == 10)
  }

  @Test("the wireless link of campus loses, and nothing before it does")
  func wireless() async throws {
    let seed: UInt64 = 4
    let trace = try await trace("tablet.campus.test", seed: seed) { $0.queries = 40 }
    let answered = trace.path.map { hop in hop.probes.count { $0.rtt != nil } }
    #expect(answered.dropLast().allSatisfy { $0 == 40 }, "seed \(seed)")
    #expect((20..<40).contains(try #require(answered.last)), "seed \(seed)")
  }

  @Test(
    "the network of the promise has twelve hops that answer, the last after 45 ms", arguments: AddressFamily.allCases)
  func promise(family: AddressFamily) async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let file = try Data(contentsOf: tests.appending(path: "../../scripts/soak.d/promise.ftr"))
    let topology = try LabScript.topology(of: file, name: "promise.ftr")
    let catalog = LabCatalog([topology])
    let lab = LabNetwork(try catalog.network(named: "promise"), of: catalog, clock: .virtual, seed: 1)
    let target = try #require(topology.nodes.last?.address(family))
    let request = TraceRequest(
      target: target, method: try lab.method(for: target, protocolName: nil, socket: nil))
    let run = try #require(await lab.begin([request]).first)
    await lab.shutDown()
    var trace = Trace(request: request, began: .zero)
    for await batch in run.events {
      for event in batch { trace.apply(event) }
    }
    #expect(trace.path.count == 12)
    #expect(silentTTLs(trace).isEmpty)
    #expect(trace.path.last?.probes.first?.rtt == .milliseconds(45))
  }

  @Test("every name of every network can be found, in both directions where a node has it")
  func names() async throws {
    let catalog = try self.catalog.get()
    for entry in catalog.entries {
      let lab = LabNetwork(entry, of: catalog, clock: .virtual, seed: 1)
      for name in entry.zone.names {
        let address = try await lab.resolve(name.uppercased() + ".", family: .auto)
        #expect(entry.zone.name(of: address) == name)
        #expect(address.family == .ipv4)
      }
      #expect(!entry.topology.targets.isEmpty)
    }
    let all = catalog.entries.flatMap(\.zone.names).filter { LabCatalog.answers(for: $0) }
    #expect(Set(all).count == all.count, "a name under .test belongs to one network")
  }

  @Test("AS numbers are those set aside for documentation (RFC 5398), and every network has its resolver and address")
  func systems() throws {
    let documentation = [64_496...64_511, 65_536...65_551] as [ClosedRange<UInt32>]
    for topology in try catalog.get().entries.map(\.topology) {
      #expect(!topology.systems.isEmpty)
      for system in topology.systems {
        #expect(documentation.contains { $0.contains(system.number) }, "\(topology.name) has AS\(system.number)")
      }
      #expect(topology.publicAddresses.map(\.family) == [.ipv4, .ipv6])
      #expect(topology.nameServer?.addresses.map(\.family) == [.ipv4, .ipv6])
    }
  }
}
