import FoundationEssentials
import NameWire
import Packets
import TestSupport
import Testing

@Suite(
  "Names from strangers", .serialized, .enabled(if: NamespaceServices.isPossible, NamespaceServices.reason))
struct NamespaceStrangerTests {
  /// First labels of the names of the hops: what a terminal obeys, what turns text round, no UTF-8, what pretends to be
  /// a further row, and controls of eight bits.
  private static let labels: [[UInt8]] = [
    Array("\u{1B}[2J\u{1B}[1;1Howned".utf8), Array("\u{202E}gnp.\u{2066}a".utf8), [0xff, 0xfe, 0xc0, 0xaf, 0x80],
    Array("\r\n 9 [LAN] fake\0".utf8), Array("\u{9B}31m\u{7F}\u{8}\u{7}".utf8),
  ]

  /// As RFC 1035 section 5.1 writes them.
  private static let shown = [
    #"\027[2J\027[1;1Howned.example"#, #"\226\128\174gnp\.\226\129\166a.example"#, #"\255\254\192\175\128.example"#,
    #"\013\010\0329\032[LAN]\032fake\000.example"#, #"\194\15531m\127\008\007.example"#,
  ]

  private static let systems = [
    "AS64500": "64500 | IE | ripencc | 2010-07-09 | HOME\u{1B}]0;owned\u{7} - Net\u{202E}, IE",
    "AS64501": "64501 | IE | ripencc | 2010-07-09 | \u{1B}[8m\r\n\u{2028}\u{200B}CARRIER, IE",
  ]

  /// Answers for the hops, an AS for each link, and the names of those.
  private static func answers(_ question: NameQuestion, _ names: [DomainName: DomainName]) -> [NameRecord.Content] {
    let labels = question.name.labels.map { String(decoding: $0, as: UTF8.self) }
    switch question.type {
    case .ptr: return names[question.name].map { [.pointer($0)] } ?? []
    case .txt where labels.contains("origin"):
      return [.text(Array("\(labels[1] == "1" ? 64_500 : 64_501) | 198.18.\(labels[1]).0/24 | IE | ripencc | ".utf8))]
    case .txt: return systems[labels[0].uppercased()].map { [.text(Array($0.utf8))] } ?? []
    case .a, .aaaa, .cname: return []
    }
  }

  /// The label, and `example` behind it.
  private static func name(_ label: [UInt8]) throws -> DomainName {
    let wire = [UInt8(label.count)] + label + [7] + Array("example".utf8) + [0]
    return try DomainName.parse(wire.span.bytes, at: 0).name
  }

  private static func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x0A: true
      case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFFD: false
      case _: true
      }
    }
  }

  @Test("move no cursor, turn no text round and are no line of their own, in text, in JSON and on a terminal")
  func escaped() async throws {
    try await NamespaceServices.with { services in
      var names: [DomainName: DomainName] = [:]
      for (address, label) in zip(services.path(.ipv4), Self.labels) {
        let pointer = ReverseName.pointer(try #require(IPAddress(address))).domainName
        names[pointer] = try Self.name(label)
      }
      let server = NamespaceServices.server(5, .ipv4)
      let strangers = try await ScriptedNameServer(
        in: services.chain.name(NamespaceServices.routers + 1), at: try #require(IPAddress(server))
      ) { [names] in Self.answers($0, names) }
      defer { strangers.shutDown() }
      let settings =
        "set special-addresses lookup; set enrich.wait 60s; set dns.timeout 60s; set public-ip 198.18.1.1; "
        + "set dns.server \(server); "

      let text = try await services.run(
        settings + "trace 198.18.4.2\nlookup 198.18.1.2\nlookup AS64501\nset enrich.wait 1s\nshow enrich")
      #expect(text.status == 0 && text.errors.isEmpty, "\(text.errors)")
      #expect(Self.isHarmless(text.output), "\(text.output.debugDescription)")
      let rows = text.output.split(separator: "\n")
      for (index, name) in Self.shown.enumerated() {
        let row = rows[1 + index]
        #expect(row.hasPrefix(" \(index + 1) ") && row.contains("] ") && row.contains(" \(name) ("), "\(row)")
      }
      #expect(rows[2].contains(#"[AS64500 HOME\x1b]0;owned\x07 - Net\u{202e}, IE]"#), "\(rows[2])")
      #expect(rows[3].contains(#"[AS64501 \x1b[8m\x0d\x0a\u{2028}\u{200b}CARRIER, IE]"#), "\(rows[3])")

      let document = try await services.run(settings + "trace 198.18.4.2 --json\nlookup 198.18.1.2 --json")
      #expect(document.status == 0 && document.errors.isEmpty, "\(document.errors)")
      #expect(Self.isHarmless(document.output), "\(document.output.debugDescription)")
      let trace = try EnrichedTrace(try #require(document.output.split(separator: "\n").first))
      #expect(trace.hops.map(\.hostname) == Self.shown)

      let terminal = try PseudoTerminal(services.words(settings + "trace 198.18.4.2"), columns: 160)
      #expect(try await terminal.waitForExit() == .exited(0))
      let screen = terminal.screen.rows
      #expect(screen[0].hasPrefix("trace to 198.18.4.2"), "\(screen)")
      for (index, name) in Self.shown.enumerated() { #expect(screen[1 + index].contains(name), "\(screen)") }
      // Neither a title nor a bell.
      #expect(!terminal.transcript.contains(7))
    }
  }
}
