import Enrichment
import NameWire
import Packets
import Probing
import SystemIO
import Testing
import Time

@testable import Lookups

@Suite("Look-ups by a real name server", .enabled(if: RealServer.isInstalled, RealServer.reason))
struct RealServerTests {
  private func resolver(_ server: NameServer) throws -> Resolver {
    Resolver(on: try EventLoop(name: "resolver"), ResolverConfiguration(servers: [server], timeout: .seconds(20)))
  }

  private func answer(
    _ resolver: Resolver, _ ask: @escaping @Sendable (Resolver, @escaping @Sendable (Answer) -> Void) -> Void
  ) async throws -> Answer.Content {
    let (stream, report) = AsyncStream<Answer>.makeStream()
    await resolver.onLoop { resolver in ask(resolver) { report.yield($0) } }
    for await answer in stream { return answer.content }
    throw LookupFailure(.cancelled, "no answer")
  }

  @Test("find the names of all addresses of a network, and that there is none beside it")
  func names() async throws {
    try await RealServer.with(["--synth-domain=example,192.0.2.0/24,r-"]) { server in
      let resolver = try resolver(server)
      try await withThrowingTaskGroup(of: (UInt8, Answer.Content).self) { group in
        for last in UInt8.min...UInt8.max {
          group.addTask {
            let address = IPAddress(192, 0, 2, last)
            return (last, try await answer(resolver) { ReverseNames.name(of: address, using: $0, completion: $1) })
          }
        }
        for try await (last, content) in group { #expect(content == .name("r-192-0-2-\(last).example")) }
      }
      let beside = IPAddress(192, 0, 3, 1)
      let content = try await answer(resolver) { ReverseNames.name(of: beside, using: $0, completion: $1) }
      #expect(content == .absent)
      #expect(await resolver.statistics.failed.isEmpty)
    }
  }

  @Test("find IPv6 names, origins and the names of ASes")
  func everything() async throws {
    let digits = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    let options = [
      "--ptr-record=\(digits).ip6.arpa,six.example",
      "--txt-record=\(digits).origin6.asn.cymru.com,64500 | 2001:db8::/32 | ZZ | ripencc | 2010-07-09",
      "--txt-record=AS64500.asn.cymru.com,64500 | ZZ | ripencc | 2010-07-09 | EXAMPLE",
    ]
    try await RealServer.with(options) { server in
      let resolver = try resolver(server)
      let address = IPAddress(high: 0x2001_0db8_0000_0000, low: 9)
      let name = try await answer(resolver) { ReverseNames.name(of: address, using: $0, completion: $1) }
      #expect(name == .name("six.example"))
      let origin = try await answer(resolver) { CymruOrigins.origin(of: address, using: $0, completion: $1) }
      #expect(
        origin
          == .origin(Origin(asns: [64500], prefix: Prefix("2001:db8::/32"), country: "ZZ", registry: "ripencc")))
      let asName = try await answer(resolver) { CymruOrigins.asName(of: 64500, using: $0, completion: $1) }
      #expect(asName == .asName("EXAMPLE"))
    }
  }

  @Test("come by TCP where UDP is too short")
  func truncation() async throws {
    let strings = (0..<20).map { "\($0)" + String(repeating: "x", count: 200) }
    try await RealServer.with(["--txt-record=big.example," + strings.joined(separator: ",")]) { server in
      let answer = try await resolver(server).answer(to: question("big.example", .txt))
      #expect(answer.contents == [.text(Array(strings.joined().utf8))])
    }
  }

  @Test("are refused where the server has nobody to ask")
  func refused() async throws {
    try await RealServer.with([]) { server in
      await #expect(throws: LookupFailure(.refused, "the name server refuses to answer (REFUSED)")) {
        try await resolver(server).answer(to: question("elsewhere.test"))
      }
    }
  }

  @Test("find targets in both families, and through aliases")
  func targets() async throws {
    let options = [
      "--host-record=both.example,192.0.2.7,2001:db8::7", "--host-record=four.example,192.0.2.8",
      "--cname=alias.example,both.example",
    ]
    try await RealServer.with(options) { server in
      let resolver = try resolver(server)
      let names = TargetNames { resolver }
      let v6 = try #require(IPAddress("2001:db8::7"))
      #expect(try await names.addresses(of: "alias.example", family: .ipv4) == [IPAddress(192, 0, 2, 7)])
      #expect(Set(try await names.addresses(of: "both.example", family: .auto)) == [IPAddress(192, 0, 2, 7), v6])
      #expect(try await names.addresses(of: "four.example", family: .auto) == [IPAddress(192, 0, 2, 8)])
      await #expect(throws: NetworkFailure.self) { try await names.addresses(of: "four.example", family: .ipv6) }
      await #expect(throws: NetworkFailure.self) { try await names.addresses(of: "none.example", family: .auto) }
    }
  }
}
