import Packets
import TestSupport
import Testing

@Suite(
  "Ctrl-C while names are waited for", .serialized,
  .enabled(if: NamespaceServices.isPossible, NamespaceServices.reason))
struct NamespaceInterruptTests {
  /// Settings with which nothing that is asked is answered, and everything is waited for.
  private static let settings =
    "set special-addresses lookup; set enrich.wait 60s; set dns.timeout 60s; "
    + "set dns.server \(NamespaceServices.silent(.ipv4)); set stun.server \(NamespaceServices.silent(.ipv4)); "

  // With the first the surplus probes are still open when Ctrl-C comes, and nothing happens that would end the wait.
  // With the second they have timed out long before the names are asked for once more, and nothing can come of the
  // trace any more.
  @Test(
    "ends a trace that waits for nothing else, with all that came",
    arguments: [
      ("set timeout 1h; ", 1), ("set timeout 400ms; set late.keep 0; set dns.timeout 1s; set dns.tries 10; ", 2),
    ])
  func trace(settings: String, times: Int) async throws {
    try await NamespaceServices.with { services in
      let line = Self.settings + settings + "set public-ip 198.18.1.1; trace 198.18.4.2; echo not"
      var started: PseudoTerminal?
      try await services.watching { watch in
        let terminal = try PseudoTerminal(services.words(line), columns: 120)
        started = terminal
        try await terminal.expectRow(" 5 ")
        try await watch.until("PTR? 2.4.18.198.in-addr.arpa", times: times)
        terminal.send(.interrupt)
        #expect(try await terminal.waitForExit() == .exited(130))
      }
      let terminal = try #require(started)
      let rows = terminal.screen.rows
      for (index, address) in services.path(.ipv4).enumerated() {
        #expect(rows.count { $0.hasPrefix(" \(index + 1) ") && $0.contains(" \(address) ") } == 1, "\(rows)")
      }
      #expect(rows.contains { $0.hasPrefix("reached in 5 hops") }, "\(rows)")
      #expect(!rows.contains("not"))
    }
  }

  @Test("ends a look-up with status 130, whatever it waits for")
  func lookups() async throws {
    try await NamespaceServices.with { services in
      let lines = [
        ("lookup 198.18.1.2", "PTR? 2.1.18.198.in-addr.arpa"), ("lookup AS64499", "TXT? AS64499.asn"),
        ("lookup a.example", "a.example"), ("trace b.example", "b.example"), ("ping c.example", "c.example"),
        ("publicip", "\(NamespaceServices.silent(.ipv4)).3478"),
      ]
      try await services.watching { watch in
        for (line, packet) in lines {
          let terminal = try PseudoTerminal(services.words(Self.settings + line + "; echo not"), columns: 120)
          try await watch.until(packet)
          terminal.send(.interrupt)
          #expect(try await terminal.waitForExit() == .exited(130), "\(line)")
          #expect(!terminal.screen.rows.contains("not"), "\(line)")
        }
      }
    }
  }
}
