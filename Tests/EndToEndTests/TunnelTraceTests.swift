import FoundationEssentials
import Glibc
import Packets
import Probing
import SystemIO
import Testing
import Tracing

@Suite(
  "A network of the lab on real packets", .serialized, .enabled(if: TunnelNamespace.isPossible, TunnelNamespace.reason),
  .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct TunnelTraceTests {
  /// The addresses on the way to demo.test; the seventh router is silent.
  static func path(_ family: AddressFamily) -> [String?] {
    switch family {
    case .ipv4:
      [
        "192.168.1.1", "100.64.12.1", "198.18.4.17", "198.18.0.9", "198.18.0.34", "192.0.2.61", nil, "198.19.0.14",
        "198.19.8.1", "198.19.8.26", "203.0.113.1", "203.0.113.80",
      ]
    case .ipv6:
      [
        "2001:db8:10:1::1", "2001:db8:10::1", "2001:db8:10:4::17", "2001:db8:10:2::9", "2001:db8:10:2::34",
        "2001:db8:1f::61", nil, "2001:db8:20::14", "2001:db8:20:8::1", "2001:db8:20:8::26", "2001:db8:30::1",
        "2001:db8:30::80",
      ]
    }
  }

  private static func target(_ family: AddressFamily) throws -> IPAddress {
    try #require(path(family).last.flatMap { $0 }.flatMap { IPAddress($0) })
  }

  @Test("every way of probing finds the twelve hops of demo", arguments: NamespaceTraceTests.ways)
  func everyWay(_ way: NamespaceTraceTests.Way) async throws {
    let report = try await TunnelNamespace.with("demo") { namespace in
      let host = try await NamespaceHost(inNamespace: namespace.name)
      let trace = await host.trace(.patient(try Self.target(way.family), way.protocolName, way.socket))
      #expect(trace.answers.map { $0?.description } == Self.path(way.family))
      #expect(trace.end == .reached(try #require(TTL(12))))
      await host.shutDown()
    }
    // Twelve hops and what was sent beyond them; every answer went out, in its own time.
    #expect(report.carried >= 12)
    #expect(report.answers >= 11)
    #expect(report.lateness.count == report.answers)
    #expect(report.malformed == 0 && report.refused == 0 && report.failed_writes == 0)
  }

  /// As much of the JSON form as the test looks at.
  private struct Document: Decodable {
    struct Hop: Decodable { let address: String? }
    let hops: [Hop]
    let reached: Bool
  }

  @Test("the program itself finds them", arguments: AddressFamily.allCases)
  func program(family: AddressFamily) async throws {
    try await TunnelNamespace.with("demo", seed: 7) { namespace in
      let written = try await namespace.run(
        "env -u HOME -u XDG_STATE_HOME '\(ShellSession.binary)' --no-rc trace \(try Self.target(family)) --json")
      let document = try JSONDecoder().decode(Document.self, from: Data(written.utf8))
      #expect(document.reached)
      #expect(document.hops.map(\.address) == Self.path(family))
    }
  }

  @Test("a signal ends the network as the end of its input does", arguments: ["TERM", "INT", "HUP"])
  func signals(name: String) async throws {
    let report = try await TunnelNamespace.with("campus", endedBy: name) { _ in }
    #expect(report.answers == 0)
  }

  @Test("a network whose device somebody removes ends")
  func removal() async throws {
    try await TunnelNamespace.with("campus") { namespace in
      try await namespace.runToEnd("ip link del tun0")
    }
  }

  @Test(
    "Debian's traceroute sees the same",
    .enabled(if: access("/usr/sbin/traceroute", X_OK) == 0, "traceroute is missing"),
    arguments: AddressFamily.allCases)
  func traceroute(family: AddressFamily) async throws {
    try await TunnelNamespace.with("demo") { namespace in
      for method in ["-I", "-U -p 40000", "-T -p 443"] {
        let written = try await namespace.run(
          "/usr/sbin/traceroute -\(family == .ipv4 ? 4 : 6) -n -q 1 -w 1 \(method) \(try Self.target(family))")
        let hops = written.split(separator: "\n").dropFirst().map { $0.split(separator: " ")[1] }
        #expect(hops.map(String.init) == Self.path(family).map { $0 ?? "*" }, "traceroute \(method)")
      }
    }
  }

  @Test("a wrong network, a wrong device and a missing privilege are told")
  func refusals() async throws {
    try await Program.with { program in
      let name = NamespaceChain.newPrefix() + "0"
      try await NamespaceChain.run("ip netns add \(name)\n")
      var told: [String] = []
      for (user, arguments) in [
        (0, "--serve-lab deom"), (0, "--serve-lab ./nosuch.ftr"), (65_534, "--serve-lab demo"),
        (0, "--serve-lab demo --tun lo"),
      ] {
        told.append(try await program.run(arguments, in: name, asUser: user, status: 1))
      }
      try await NamespaceChain.run("ip netns del \(name)\n")
      #expect(told[0].contains("there is no network 'deom'; did you mean 'demo'?"))
      #expect(told[1].contains("cannot read './nosuch.ftr'"))
      #expect(told[2].contains("cannot serve a network") && (told[2].contains("EPERM") || told[2].contains("EACCES")))
      #expect(told[3].contains("cannot serve a network") && told[3].contains("'lo'"))
    }
  }
}
