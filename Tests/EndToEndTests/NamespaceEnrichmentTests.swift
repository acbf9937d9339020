import Glibc
import Packets
import SystemIO
import Testing

@Suite(
  "Enrichment over kernel routers", .serialized,
  .enabled(if: NamespaceServices.isPossible, NamespaceServices.reason))
struct NamespaceEnrichmentTests {
  private static let names = ["gate.example", "ae1.isp.example", nil, "ae3.far.example", "web.example"]
  private static let segments = ["LAN", "ISP", "TRANSIT", "DESTINATION", "DESTINATION"]

  private static func home(_ prefix: String) -> EnrichedTrace.Origin {
    EnrichedTrace.Origin(
      asn: 64_500, prefix: prefix, country_code: "IE", registry: "ripencc",
      name: "EXAMPLE-HOME - An Access Network", source: "cymru")
  }

  private static func origins(_ family: AddressFamily) -> [EnrichedTrace.Origin?] {
    func prefix(_ link: Int) -> String { family == .ipv4 ? "198.18.\(link).0/24" : "2001:db8:0:\(link)::/64" }
    var carrier = home(prefix(2))
    (carrier.asn, carrier.country_code, carrier.name) = (64_501, "DE", "EXAMPLE-CARRIER")
    var far = home(prefix(3))
    (far.asn, far.country_code, far.registry, far.name) = (64_502, "CA", "arin", "EXAMPLE-FAR")
    var target = far
    target.prefix = prefix(4)
    // The router of the home has a private address in IPv4, which is nobody's, and one of the provider's in IPv6.
    let gate =
      family == .ipv6
      ? home("2001:db8::/64")
      : EnrichedTrace.Origin(asn: 0, prefix: "192.168.0.0/16", name: "private network", source: "special")
    return [gate, home(prefix(1)), carrier, far, target]
  }

  @Test(
    "names, AS numbers, segments, provider and target's AS come from real servers, in JSON",
    arguments: AddressFamily.allCases)
  func document(_ family: AddressFamily) async throws {
    try await NamespaceServices.with { services in
      let lines = NamespaceServices.settings(family) + "trace web.example -\(family == .ipv4 ? 4 : 6) --json"
      let run = try await services.run(lines)
      try #require(run.status == 0, "\(run.errors)")
      #expect(run.errors.isEmpty)
      let trace = try EnrichedTrace(run.output)
      #expect(trace.isWhole(services.path(family)))
      #expect(trace.hops.map(\.hostname) == Self.names)
      #expect(trace.hops.map(\.asn_info) == Self.origins(family))
      #expect(trace.hops.map(\.segment) == Self.segments)
      #expect(trace.public_ip == NamespaceServices.publicAddress(family))
      #expect(
        trace.isp
          == EnrichedTrace.Provider(
            asn: 64_500, name: "EXAMPLE-HOME - An Access Network", hostname: "cpe.isp.example"))
      #expect(trace.destination_asn == Self.origins(family)[4])
      #expect(trace.evidence.lookups_open == 0)
    }
  }

  @Test("the same as text, asked of the servers of resolv.conf, and each address by itself")
  func text() async throws {
    try await NamespaceServices.with { services in
      try await services.setNameServers([NamespaceServices.nameServer(.ipv4)])
      let run = try await services.run(
        """
        set special-addresses lookup; set enrich.wait 60s; set dns.timeout 60s
        set stun.server \(NamespaceServices.server(2, .ipv4)),[\(NamespaceServices.server(2, .ipv6))]
        trace web.example -4
        trace web.example -6
        publicip
        lookup web.example
        lookup as64501
        """)
      try #require(run.status == 0, "\(run.errors)")
      #expect(run.errors.isEmpty)
      #expect(Self.withoutTimes(run.output) == Self.shown)
    }
  }

  /// The lines without round-trip times and the spaces before them.
  private static func withoutTimes(_ output: String) -> String {
    var text = output
    text.replace(#/, [0-9.]+ ms; .*/#, with: "")
    text.replace(#/ +[0-9]+\.[0-9]{3} ms/#, with: "")
    return text
  }

  private static let shown = """
    trace to web.example (198.18.4.2), max 30 hops, timeout 1 s, ICMP by raw socket
     1 [LAN]         gate.example (192.168.77.2) [private network]
     2 [ISP]         ae1.isp.example (198.18.1.2) [AS64500 EXAMPLE-HOME - An Access Network, IE]
     3 [TRANSIT]     198.18.2.2 [AS64501 EXAMPLE-CARRIER, DE]
     4 [DESTINATION] ae3.far.example (198.18.3.2) [AS64502 EXAMPLE-FAR, CA]
     5 [DESTINATION] web.example (198.18.4.2) [AS64502 EXAMPLE-FAR, CA]
    reached in 5 hops
    public address 198.18.1.1 (cpe.isp.example), provider AS64500 EXAMPLE-HOME - An Access Network, IE
    destination AS64502 EXAMPLE-FAR, CA
    trace to web.example (2001:db8:0:4::2), max 30 hops, timeout 1 s, ICMP by raw socket
     1 [LAN]         gate.example (2001:db8::2) [AS64500 EXAMPLE-HOME - An Access Network, IE]
     2 [ISP]         ae1.isp.example (2001:db8:0:1::2) [AS64500 EXAMPLE-HOME - An Access Network, IE]
     3 [TRANSIT]     2001:db8:0:2::2 [AS64501 EXAMPLE-CARRIER, DE]
     4 [DESTINATION] ae3.far.example (2001:db8:0:3::2) [AS64502 EXAMPLE-FAR, CA]
     5 [DESTINATION] web.example (2001:db8:0:4::2) [AS64502 EXAMPLE-FAR, CA]
    reached in 5 hops
    public address 2001:db8::1 (cpe.isp.example), provider AS64500 EXAMPLE-HOME - An Access Network, IE
    destination AS64502 EXAMPLE-FAR, CA
    198.18.1.1
      name      cpe.isp.example  (dns)
      AS        AS64500 EXAMPLE-HOME - An Access Network, IE  (cymru)
      prefix    198.18.1.0/24, ripencc
    2001:db8::1
      name      cpe.isp.example  (dns)
      AS        AS64500 EXAMPLE-HOME - An Access Network, IE  (cymru)
      prefix    2001:db8::/64, ripencc
    2001:db8:0:4::2
      name      web.example  (dns)
      AS        AS64502 EXAMPLE-FAR, CA  (cymru)
      prefix    2001:db8:0:4::/64, arin
    198.18.4.2
      name      web.example  (dns)
      AS        AS64502 EXAMPLE-FAR, CA  (cymru)
      prefix    198.18.4.0/24, arin
    AS64501
      name      EXAMPLE-CARRIER  (cymru)

    """
}
