import Enrichment
import Packets
import Rendering
import Results
import TestSupport
import Testing
import Time
import Tracing

/// What the rows of a trace say of responders besides their times.
@Suite("Names, AS numbers and segments in rows")
struct NameTextTests {
  private static let all: Set<EnrichmentKind> = [.names, .autonomousSystems, .segments, .isp]

  private let probes = """
    1 192.168.1.1 0.412
    2 100.64.0.1 4.8
    3 192.0.2.9 16.705
    4 *
    5 198.51.100.40 20
    6 203.0.113.80 46.2 echo
    """
  private let knowledge = """
    public 198.51.100.7
    198.51.100.7 dsl-7.example.net 64500=EXAMPLE,IE
    192.168.1.1 gateway.home.test =private_network
    100.64.0.1 none =carrier-grade_NAT
    192.0.2.9 ae8.core1.dub.example.net 64500=EXAMPLE,IE
    198.51.100.40 fail 64501/64502=TRANSIT-EXAMPLE,ZZ
    203.0.113.80 demo.test 64510=EXAMPLE-DC,CA
    """

  private func text(
    kinds: Set<EnrichmentKind> = all, columns: Int? = nil, probes: String? = nil, knowledge: String? = nil,
    request: TraceRequest = ProbeLines.request
  ) throws -> String {
    let performance = Performance(size: columns.map { ConsoleSize(columns: $0, rows: 50) })
    performance.begin(request: request, kinds: kinds)
    let probes = probes ?? self.probes
    performance.probes(probes, request: request)
    performance.know(knowledge ?? self.knowledge)
    let last = ProbeLines.trace(probes, request, end: nil).reachedTTL
    let trace = ProbeLines.trace(probes, request, end: .reached(try #require(last)))
    performance.finish(trace, kinds: kinds, knowledge: knowledge ?? self.knowledge)
    performance.tell(.ended)
    return performance.console.output.dropFirst().joined(separator: "\n")
  }

  @Test("on a pipe everything is there, in columns")
  func pipe() throws {
    let text = try text()
    #expect(
      text == """
         1 [LAN]         gateway.home.test (192.168.1.1) [private network]                           0.412 ms
         2 [ISP]         100.64.0.1 [carrier-grade NAT]                                              4.800 ms
         3 [ISP]         ae8.core1.dub.example.net (192.0.2.9) [AS64500 EXAMPLE, IE]                16.705 ms
         4  *
         5 [TRANSIT]     198.51.100.40 [AS64501/AS64502 TRANSIT-EXAMPLE, ZZ]                        20.000 ms
         6 [DESTINATION] demo.test (203.0.113.80) [AS64510 EXAMPLE-DC, CA]                          46.200 ms
        reached in 6 hops, 46.2 ms; 6 probes, 5 replies, 1 silent
        public address 198.51.100.7 (dsl-7.example.net), provider AS64500 EXAMPLE, IE
        destination AS64510 EXAMPLE-DC, CA
        """)
  }

  @Test("a kind that is off leaves no trace in the rows")
  func kinds() throws {
    let probes = "1 192.168.1.1 0.412 \n 2 203.0.113.80 46.2 echo"
    let names = try text(
      kinds: [.names], probes: probes, knowledge: "192.168.1.1 gateway.home.test - \n 203.0.113.80 none -")
    #expect(
      names == """
         1  gateway.home.test (192.168.1.1)                   0.412 ms
         2  203.0.113.80                                     46.200 ms
        reached in 2 hops, 46.2 ms; 2 probes, 2 replies
        """)
    let systems = try text(
      kinds: [.autonomousSystems], probes: probes, knowledge: "192.168.1.1 - none \n 203.0.113.80 - 64510=DC,CA")
    #expect(
      systems == """
         1  192.168.1.1                                  0.412 ms
         2  203.0.113.80 [AS64510 DC, CA]               46.200 ms
        reached in 2 hops, 46.2 ms; 2 probes, 2 replies
        destination AS64510 DC, CA
        """)
    let segments = try text(kinds: [.segments], probes: probes, knowledge: "")
    #expect(
      segments == """
         1 [LAN]         192.168.1.1        0.412 ms
         2 [DESTINATION] 203.0.113.80      46.200 ms
        reached in 2 hops, 46.2 ms; 2 probes, 2 replies
        note: without AS numbers, segments tell the LAN and little else; 'enrich as on' asks for them
        """)
  }

  @Test("a wide character takes two columns, in what is aligned and in what is cut")
  func wide() throws {
    let probes = "1 192.168.1.1 0.412 \n 2 203.0.113.80 46.2 echo"
    let knowledge = "192.168.1.1 - =private_network \n 203.0.113.80 - 64510=日本の網,JP"
    #expect(
      try text(kinds: [.autonomousSystems], probes: probes, knowledge: knowledge) == """
         1  192.168.1.1 [private network]                0.412 ms
         2  203.0.113.80 [AS64510 日本の網, JP]         46.200 ms
        reached in 2 hops, 46.2 ms; 2 probes, 2 replies
        destination AS64510 日本の網, JP
        """)
    let cut = try text(kinds: [.autonomousSystems], columns: 44, probes: probes, knowledge: knowledge)
    #expect(cut.contains(" 2  203.0.113.80 [AS64510 日本…]   46.200 ms"))
  }

  @Test("rows fit on a terminal: the end of a name, the address and the times are what stays", arguments: [80, 60, 40])
  func narrow(columns: Int) throws {
    let text = try text(columns: columns)
    let goldens = [
      80: """
       1 [LAN]         gateway.home.test (192.168.1.1) [private network]      0.412 ms
       2 [ISP]         100.64.0.1 [carrier-grade NAT]                         4.800 ms
       3 [ISP]         ae8.core1.dub.example.net (192.0.2.9) [AS64500 EX…]   16.705 ms
       4  *
       5 [TRANSIT]     198.51.100.40 [AS64501/AS64502 TRANSIT-EXAMPLE, ZZ]   20.000 ms
       6 [DESTINATION] demo.test (203.0.113.80) [AS64510 EXAMPLE-DC, CA]     46.200 ms
      """,
      60: """
       1 [LAN]         gateway.home.test (192.168.1.1)    0.412 ms
       2 [ISP]         100.64.0.1 [carrier-grade NAT]     4.800 ms
       3 [ISP]         …e1.dub.example.net (192.0.2.9)   16.705 ms
       4  *
       5 [TRANSIT]     198.51.100.40 [AS64501/AS6450…]   20.000 ms
       6 [DESTINATION] demo.test (203.0.113.80)          46.200 ms
      """,
      40: """
       1  …home.test (192.168.1.1)    0.412 ms
       2  100.64.0.1 [carrier-gr…]    4.800 ms
       3  …example.net (192.0.2.9)   16.705 ms
       4  *
       5  198.51.100.40 [AS64501…]   20.000 ms
       6  demo.test (203.0.113.80)   46.200 ms
      """,
    ]
    let rows = text.split(separator: "\n").prefix(6)
    #expect(rows.joined(separator: "\n") == goldens[columns])
    #expect(rows.allSatisfy { $0.count <= columns })
  }

  @Test("three queries and two responders at one TTL keep their columns on a terminal", arguments: [80, 60])
  func severalResponders(columns: Int) throws {
    var request = ProbeLines.request
    request.queries = 3
    let probes = """
      1 192.0.2.9 1
      1 192.0.2.10 2
      1 192.0.2.9 3
      2 203.0.113.80 46.2 echo
      2 203.0.113.80 46.3 echo
      2 203.0.113.80 46.4 echo
      """
    let text = try text(columns: columns, probes: probes, request: request)
    let rows = text.split(separator: "\n").prefix(3)
    let goldens = [
      80: """
       1 [ISP]         …ub.example.net (192.0.2.9)    1.000 ms                3.000 ms
         [TRANSIT]     192.0.2.10                                 2.000 ms
       2 [DESTINATION] demo.test (203.0.113.80)      46.200 ms   46.300 ms   46.400 ms
      """,
      60: """
       1  …ple.net (192.0.2.9)    1.000 ms                3.000 ms
          192.0.2.10                          2.000 ms
       2  203.0.113.80           46.200 ms   46.300 ms   46.400 ms
      """,
    ]
    #expect(rows.joined(separator: "\n") == goldens[columns])
  }

  @Test("IPv6 addresses are never cut", arguments: [100, 80, 60])
  func ipv6(columns: Int) throws {
    let target: IPAddress = try #require(IPAddress("2001:db8::80"))
    let request = TraceRequest(target: target, method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv6))
    let long = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"
    let text = try text(
      columns: columns, probes: "1 fe80::1 0.4 \n 2 \(long) 12 \n 3 2001:db8::80 30 echo",
      knowledge: "fe80::1 none =link-local \n \(long) r2.example.net 64500=EXAMPLE \n 2001:db8::80 demo.test none",
      request: request)
    let rows = text.split(separator: "\n").prefix(3)
    let goldens = [
      100: """
       1 [LAN]         fe80::1 [link-local]                                                       0.400 ms
       2 [UNKNOWN]     r2.example.net (2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff) [AS64500 EXAM…]   12.000 ms
       3 [DESTINATION] demo.test (2001:db8::80)                                                  30.000 ms
      """,
      80: """
       1 [LAN]         fe80::1 [link-local]                                   0.400 ms
       2 [UNKNOWN]     …ample.net (2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff)   12.000 ms
       3 [DESTINATION] demo.test (2001:db8::80)                              30.000 ms
      """,
      60: """
       1 [LAN]         fe80::1 [link-local]               0.400 ms
       2 [UNKNOWN]     2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff   12.000 ms
       3 [DESTINATION] demo.test (2001:db8::80)          30.000 ms
      """,
    ]
    #expect(rows.joined(separator: "\n") == goldens[columns])
    #expect(rows.contains { $0.contains(long) })
  }

  /// What a stranger may put into a name: an escape sequence that clears the screen, a bidirectional override, a line of
  /// its own, and more of it than a row holds.
  private static let hostile =
    "\u{1b}[2J\u{202e}evil\n 1  10.0.0.1  0.001 ms\u{7f}\u{9b}31m" + String(repeating: "x", count: 200)

  private func hostileEvents() -> [EnrichmentEvent] {
    let origin = Origin(asns: [64500], prefix: nil, country: "Z\u{1b}", registry: "\u{1b}", name: Self.hostile)
    return [
      KnowledgeLines.event(ProbeLines.target, name: Self.hostile + ".end.test", origin: origin),
      .publicAddress(.ipv4, .known(ProbeLines.target, source: .stun, age: .zero)),
      .noted(LookupNote("note \u{1b}[2J", reason: "\u{202e}")),
    ]
  }

  private func hostileResult() -> TraceResult {
    var result = TraceResult.sample(
      ProbeLines.trace("1 203.0.113.80 1 echo", end: .reached(.first)), kinds: Self.all)
    for event in hostileEvents() { result.enrichment.apply(event) }
    return result
  }

  private static func isDangerous(_ text: String) -> Bool { text.unicodeScalars.contains(where: SafeText.isUnsafe) }

  @Test("a hostile name is shown escaped and cut, on a pipe and on a terminal", arguments: [nil, 80, 40])
  func hostileText(columns: Int?) {
    let performance = Performance(size: columns.map { ConsoleSize(columns: $0, rows: 24) })
    performance.begin(kinds: Self.all)
    performance.tell(.annotated(slot: 0, hostileEvents()))
    performance.probes("1 203.0.113.80 1 echo")
    performance.tell(.finished(slot: 0, hostileResult()))
    performance.tell(.ended)
    let lines = performance.console.output + performance.console.frames.joined()
    #expect(!lines.contains(where: Self.isDangerous))
    // One row stays one row, and its time is on it.
    let row = performance.console.output.dropFirst().first ?? ""
    #expect(row.hasSuffix("   1.000 ms"))
    if let columns {
      #expect(row.count <= columns)
    } else {
      // The end of a name says whose it is; the beginning of an AS name what it is.
      #expect(row.contains("xxx.end.test (203.0.113.80) [AS64500 \\x1b[2J\\u{202e}evil\\x0a 1"))
      #expect(row.count < 230)
    }
  }

  @Test("in JSON a hostile name is whole, in printable ASCII")
  func hostileJSON() throws {
    let json = ResultCoding.encode(TraceDocument(hostileResult()))
    #expect(json.utf8.allSatisfy { (0x20...0x7e).contains($0) })
    let document = try ResultCoding.decodeTrace(json)
    #expect(document.hops.first?.hostname == Self.hostile + ".end.test")
    #expect(document.hops.first?.asnInfo?.name == Self.hostile)
    #expect(document.isp?.name == Self.hostile)
  }
}
