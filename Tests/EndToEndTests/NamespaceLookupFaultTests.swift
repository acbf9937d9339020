import Glibc
import NameWire
import Packets
import SystemIO
import TestSupport
import Testing

@Suite(
  "Look-ups in trouble, on real sockets", .serialized,
  .enabled(if: NamespaceServices.isPossible, NamespaceServices.reason))
struct NamespaceLookupFaultTests {
  /// Name servers that are of no use.
  private struct Fault {
    /// What `dns.server` is set to; nil leaves it to an empty resolv.conf.
    let server: String?
    /// What the failures are counted under; nil for a server that is silent for longer than the trace waits.
    let kind: String?
    /// What `lookup` says.
    let reason: String
    var stopsServers = false
  }

  private static let faults = [
    Fault(server: nil, kind: "unreachable", reason: "no name server can be reached: connection refused"),
    // No route leads there.
    Fault(server: "203.0.113.53", kind: "unreachable", reason: "network is unreachable (ENETUNREACH from connect)"),
    Fault(server: NamespaceServices.silent(.ipv4), kind: nil, reason: "no name server answered"),
    Fault(
      server: NamespaceServices.closed(.ipv4), kind: "unreachable",
      reason: "no name server can be reached: connection refused"),
    Fault(
      server: NamespaceServices.nameServer(.ipv4), kind: "unreachable",
      reason: "no name server can be reached: connection refused", stopsServers: true),
  ]

  /// What a trace waits for names, in milliseconds: a trace that had been made to wait for them would take as long.
  private static let wait = 2_000.0

  @Test("a name server that is missing, out of reach, silent, closed or dead costs names, and nothing else")
  func nameServers() async throws {
    try await NamespaceServices.with { services in
      try await services.setNameServers([])
      for fault in Self.faults {
        if fault.stopsServers { try await services.stopServers() }
        let run = try await services.run(
          """
          set special-addresses lookup; set stun.server stun.example; set dns.timeout 60s
          set enrich.wait \(Int(Self.wait))ms
          \(fault.server.map { "set dns.server \($0)" } ?? "")
          trace 198.18.4.2 --json
          show enrich --json
          set dns.timeout 100ms; set dns.tries 1
          set on-error continue
          lookup web.example
          lookup 198.18.1.2
          """)
        #expect(run.status == 1, "\(fault): \(run.errors)")
        let lines = run.output.split(separator: "\n")
        try #require(lines.count == 5, "\(fault): \(run.output) \(run.errors)")
        let trace = try EnrichedTrace(lines[0])
        #expect(trace.isWhole(services.path(.ipv4)), "\(fault)")
        #expect(trace.elapsed_ms < Self.wait, "\(fault)")
        #expect(trace.hops.map(\.hostname) == [nil, nil, nil, nil, nil])
        #expect(trace.public_ip == nil)
        let account = try EnrichmentAccount(lines[1])
        let names = try account.topic("names")
        #expect(names.asked == 5)
        // Five names, four origins, since the first address is private, and the public address.
        if let kind = fault.kind {
          #expect(trace.evidence.lookups_open == 0, "\(fault)")
          #expect(names.failures == [kind: 5], "\(fault)")
          #expect(try account.source("name servers").contains("10 failed"), "\(fault)")
        } else {
          #expect(trace.evidence.lookups_open == 6, "\(fault)")
          #expect(account.open == 10, "\(fault)")
          #expect(try account.source("name servers").contains("10 in flight"), "\(fault)")
        }
        #expect(run.errors.contains("lookup: cannot find 'web.example'"), "\(fault)")
        #expect(run.errors.contains(fault.reason), "\(fault): \(run.errors)")
        #expect(lines[2] == "198.18.1.2")
        #expect(lines[3].contains("name      not known: ") && lines[3].contains(fault.reason), "\(fault)")
        #expect(lines[4].contains("AS        not known: ") && lines[4].contains(fault.reason), "\(fault)")
      }
    }
  }

  @Test("a slow name server is waited for, also when no late reply is")
  func slow() async throws {
    try await NamespaceServices.with { services in
      let server = NamespaceServices.server(5, .ipv4)
      let name = try DomainName("slow.example")
      let slow = try await ScriptedNameServer(
        in: services.chain.name(NamespaceServices.routers + 1), at: try #require(IPAddress(server)), pause: 1_200
      ) { question in question.type == .ptr ? [.pointer(name)] : [] }
      defer { slow.shutDown() }
      // When the last probe has timed out, nothing more can come of the trace, and its names are still on their way.
      let run = try await services.run(
        """
        set special-addresses lookup; set enrich.wait 60s; set dns.timeout 60s; set dns.server \(server)
        set timeout 600ms; set late.keep 0; enrich as off; enrich isp off
        trace 198.18.4.2 --json
        """)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      let trace = try EnrichedTrace(run.output)
      #expect(trace.isWhole(services.path(.ipv4)))
      #expect(trace.hops.map(\.hostname) == Array(repeating: "slow.example", count: 5))
    }
  }

  @Test("a STUN server that is silent or closed costs the provider, and nothing else")
  func stunServers() async throws {
    try await NamespaceServices.with { services in
      let faults = [
        // The second trace is there when it fails.
        (NamespaceServices.silent(.ipv4), "198.18.100.4:3478: no answer within"),
        (NamespaceServices.closed(.ipv4), "connection refused, says 198.18.100.3"),
      ]
      for (server, reason) in faults {
        let run = try await services.run(
          """
          \(NamespaceServices.settings(.ipv4))
          set enrich.wait \(Int(Self.wait))ms; set stun.server \(server)
          trace 198.18.4.2 --json
          trace 198.18.4.2
          """)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let trace = try EnrichedTrace(try #require(run.output.split(separator: "\n").first))
        #expect(trace.isWhole(services.path(.ipv4)))
        #expect(trace.elapsed_ms < Self.wait)
        #expect(
          trace.hops.map(\.hostname) == ["gate.example", "ae1.isp.example", nil, "ae3.far.example", "web.example"])
        #expect(trace.hops.map(\.segment) == ["LAN", "UNKNOWN", "UNKNOWN", "DESTINATION", "DESTINATION"])
        #expect(trace.public_ip == nil && trace.isp == nil)
        #expect(run.output.contains(reason), "\(run.output)")
      }
    }
  }

  @Test("a state directory that is read-only or full is one note of each who would write there")
  func stateDirectory() async throws {
    try await NamespaceServices.with { services in
      let place = "\(services.directory)/small"
      try await NamespaceChain.run("mkdir \(place)\n")
      let faults = [
        (
          "mount -t tmpfs -o size=64k tmpfs \(place); mount -o remount,ro \(place)", "EROFS from mkdir '\(place)/ftrsh'"
        ),
        ("mount -t tmpfs -o size=16k tmpfs \(place)", "free some space"),
        // Full only when there is something to write.
        ("mount -t tmpfs -o size=128k tmpfs \(place)", "free some space"),
      ]
      for (mount, reason) in faults {
        let trace = "trace 198.18.4.2 --json\n"
        // What `ip netns exec` runs has mounts of its own, which go with it.
        let run = try await services.run(
          NamespaceServices.settings(.ipv4) + trace + "enrich names off\nenrich names on\n" + trace
            + "trace 2001:db8:0:4::2 --json",
          state: "small", before: mount)
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        try #require(lines.count == 3)
        for (line, family) in zip(lines, [AddressFamily.ipv4, .ipv4, .ipv6]) {
          let trace = try EnrichedTrace(line)
          #expect(trace.isWhole(services.path(family)))
          #expect(trace.hops[1].hostname == "ae1.isp.example")
        }
        let notes = run.errors.split(separator: "\n").filter { $0.hasPrefix("note: ") }
        #expect(
          notes.sorted() == [
            "note: results are not stored in '\(place)/ftrsh/results.db'",
            "note: the cache '\(place)/ftrsh/cache.db' is not used",
          ], "\(run.errors)")
        #expect(run.errors.contains(reason), "\(run.errors)")
      }
    }
  }

  @Test("what a killed session had learned is there for the next one, and the file is whole")
  func killed() async throws {
    try await NamespaceServices.with { services in
      let settings = NamespaceServices.settings(.ipv4) + "set public-ip 198.18.1.1\n"
      let trace = "trace 198.18.4.2 --json\n"
      // The command of a pipe is the program's child.
      let run = try await services.run(settings + trace + "version | kill -9 $PPID\nsleep 1h")
      #expect(run.status == 128 + SIGKILL)
      try await services.watching { watch in
        let next = try await services.run(settings + trace)
        #expect(next.status == 0 && next.errors.isEmpty, "\(next.errors)")
        #expect(try EnrichedTrace(next.output).hops[1].hostname == "ae1.isp.example")
        // Names of private addresses are not kept.
        #expect(try await watch.parts() == [[.question("PTR", "2.77.168.192.in-addr.arpa.")]])
        // In the middle of its writing, and each time over what the last one left.
        try await NamespaceChain.run(Self.killer(services.directory))
        for questions in [20, 45, 70] {
          let killed = try await services.run(
            "\(settings)version | \(services.directory)/killer $PPID \(questions)\n"
              + "repeat 1000 { enrich clear; trace 198.18.4.2 > /dev/null }")
          #expect(killed.status == 128 + SIGKILL, "\(killed)")
        }
      }
      let last = try await services.run(settings + trace + "show enrich --json")
      #expect(last.status == 0 && last.errors.isEmpty, "\(last.errors)")
      let lines = last.output.split(separator: "\n")
      try #require(lines.count == 2)
      #expect(try EnrichedTrace(lines[0]).isWhole(services.path(.ipv4)))
      #expect(try EnrichmentAccount(lines[1]).source("cache").contains(" AS names"))
    }
  }

  /// Kills a process once so many names have been asked for; until then it goes on in the background.
  private static func killer(_ directory: String) -> String {
    """
    cat > \(directory)/killer <<'END'
    #!/bin/sh
    cat > /dev/null
    ( until [ "$(grep -c 'PTR? ' \(directory)/sent)" -ge $2 ]; do sleep 0.002; done; kill -9 $1 ) \
      < /dev/null > /dev/null 2>&1 &
    END
    chmod 755 \(directory)/killer

    """
  }
}
