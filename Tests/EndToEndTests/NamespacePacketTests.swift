import Glibc
import Packets
import SystemIO
import Testing

@Suite(
  "Packets of enrichment", .serialized, .enabled(if: NamespaceServices.isPossible, NamespaceServices.reason))
struct NamespacePacketTests {
  /// What a packet asks for.
  private enum Kind: String {
    case name, origin
    case asName = "AS name"
    case address
    case publicAddress = "public address"
    case other
  }

  /// Lines of one session, and what they may and must send besides probes.
  private struct Step {
    let lines: String
    let kinds: Set<Kind>

    init(_ lines: String, _ kinds: Set<Kind> = []) {
      self.lines = lines
      self.kinds = kinds
    }
  }

  /// The address of the STUN server is asked for by its name.
  private static let everything: Set<Kind> = [.name, .origin, .asName, .address, .publicAddress]

  private static func steps(_ family: AddressFamily, _ target: String) -> [Step] {
    let trace = "trace \(target)"
    return [
      Step(NamespaceServices.settings(family)),
      Step("enrich off\n\(trace)"),
      Step("enrich on\nenrich names off\nenrich as off\nenrich isp off\n\(trace)"),
      Step("enrich names on\n\(trace)", [.name]),
      Step("enrich names off\nenrich as on\n\(trace)", [.origin, .asName]),
      Step("enrich as off\nenrich isp on\n\(trace)", [.address, .publicAddress]),
      Step("enrich names on\nenrich as on\nenrich clear"),
      Step("\(trace) -n", everything.subtracting([.name])),
      Step("enrich clear"),
      Step("ping \(target) -c 1"),
      Step("set lab.clock real\ntrace demo.test\nuse lab demo\nlookup demo.test\nlookup AS64496\npublicip\nuse live"),
      Step(trace, everything),
      // Everything is at hand.
      Step("\(trace)\nlookup \(target)"),
      Step(
        "enrich clear\nset public-ip \(NamespaceServices.publicAddress(family))\n\(trace)", [.name, .origin, .asName]),
    ]
  }

  private static func kind(_ sent: PacketWatch.Sent) -> Kind {
    switch sent {
    case .question("PTR", _): .name
    case .question("TXT", let name) where name.hasPrefix("as"): .asName
    case .question("TXT", _): .origin
    case .question("A", _), .question("AAAA", _): .address
    case .stun: .publicAddress
    case .question, .mark, .other: .other
    }
  }

  private static func session(_ steps: [Step], _ directory: String) -> String {
    steps.enumerated().map { "\($1.lines)\nversion | \(directory)/mark \($0 + 1)\n" }.joined()
  }

  @Test(
    "a kind that is off sends none, one that is on sends its own, and nothing is asked twice",
    arguments: AddressFamily.allCases)
  func kinds(_ family: AddressFamily) async throws {
    try await NamespaceServices.with { services in
      let target = services.path(family)[4]
      let steps = Self.steps(family, target)
      // A second session has the answers of the first, but for the public address, which belongs to no machine, and the
      // name of a private address, which means another host in the next network.
      let trace = "trace \(target)"
      let again = [
        Step(NamespaceServices.settings(family)),
        Step(trace, family == .ipv4 ? [.name, .address, .publicAddress] : [.address, .publicAddress]),
        Step("enrich clear\n\(trace)", Self.everything),
      ]
      try await services.watching { watch in
        for session in [steps, again] {
          let run = try await services.run(Self.session(session, services.directory))
          try #require(run.status == 0, "\(run.errors)")
          #expect(run.errors.isEmpty)
        }
        let parts = try await watch.parts()
        try #require(parts.count == steps.count + again.count + 1)
        for (step, sent) in zip(steps + again, parts) {
          #expect(Set(sent.map(Self.kind)) == step.kinds, "\(step.lines): \(sent)")
        }
        let gate = parts[steps.count + 1].filter { Self.kind($0) == .name }
        #expect(gate == (family == .ipv4 ? [.question("PTR", "2.77.168.192.in-addr.arpa.")] : []))
      }
    }
  }
}
