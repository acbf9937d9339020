import Enrichment
import Lookups
import NameWire
import Packets
import Testing

@Suite(
  "Names from inside a network of the lab", .serialized,
  .enabled(if: TunnelNamespace.isPossible, TunnelNamespace.reason),
  .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct TunnelNameTests {
  private static let servers = [AddressFamily.ipv4: "192.168.1.1", .ipv6: "2001:db8:10:1::1"]

  @Test("the network's resolver answers ours, over both families", arguments: AddressFamily.allCases)
  func questions(family: AddressFamily) async throws {
    try await TunnelNamespace.with("demo") { namespace in
      let host = try await NamespaceHost(inNamespace: namespace.name)
      let servers = try NameServer.list(try #require(Self.servers[family]))
      let resolver = Resolver(on: host.loop, ResolverConfiguration(servers: servers))
      let core = IPAddress(198, 18, 0, 9)
      let core6 = try #require(IPAddress("2001:db8:10:2::9"))
      let name = try DomainName("ae8.core1.dub.example.net")
      for address in [core, core6] {
        let pointer = try await resolver.answer(to: NameQuestion(ReverseName.pointer(address).domainName, .ptr))
        #expect(pointer.contents == [.pointer(name)])
        #expect(pointer.timeToLive == .seconds(3_600))
      }
      #expect(try await resolver.answer(to: NameQuestion(name, .a)).contents == [.address(core)])
      #expect(try await resolver.answer(to: NameQuestion(name, .aaaa)).contents == [.address(core6)])
      let origin = try await text(ReverseName.origin(core), resolver)
      #expect(
        try CymruRecord.origin(ofTexts: [origin], for: core)
          == Origin(asns: [64500], prefix: Prefix("198.18.0.0/16"), country: "IE", registry: "ripencc"))
      #expect(try CymruRecord.asName(ofText: try await text(.asName(64500), resolver)) == "EXAMPLE-NET")
      let missing = try DomainName("nosuch.test")
      #expect(try await resolver.answer(to: NameQuestion(missing, .aaaa)).isAbsent)
      await resolver.close()
      await host.shutDown()
    }
  }

  private func text(_ name: ReverseName, _ resolver: Resolver) async throws -> String {
    let answer = try await resolver.answer(to: NameQuestion(name.domainName, .txt))
    guard case .text(let bytes)? = answer.contents.first else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("the C library finds names by the namespace's resolv.conf")
  func library() async throws {
    try await TunnelNamespace.with("demo") { namespace in
      let found = try await namespace.run("getent ahosts demo.test")
      #expect(found.contains("203.0.113.80") && found.contains("2001:db8:30::80"))
      #expect(try await namespace.run("getent hosts 198.19.8.1").contains("ae1.core1.yhz.example.org"))
    }
  }
}
