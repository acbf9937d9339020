import Enrichment
import Packets
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("Segments of a path, and what is known of its ends")
struct PathSegmentsTests {
  private static let all: Set<EnrichmentKind> = [.names, .autonomousSystems, .segments, .isp]

  private static let probes = """
    1 192.168.1.1 0.412
    2 100.64.0.1 4.8
    3 192.0.2.9 16
    3 192.0.2.130 17
    4 *
    5 192.0.2.131 20
    6 198.51.100.40 21
    7 203.0.113.80 46 echo
    """
  private static let knowledge = """
    public 198.51.100.7
    198.51.100.7 dsl-7.example.net 64500=EXAMPLE,IE
    192.168.1.1 none =private_network
    100.64.0.1 none =carrier-grade_NAT
    192.0.2.9 none 64500=EXAMPLE,IE
    192.0.2.130 none 64501
    192.0.2.131 none 64500/64501=EXAMPLE,IE
    198.51.100.40 none 64502
    203.0.113.80 none 64510=EXAMPLE-DC,CA
    """

  private func result(
    kinds: Set<EnrichmentKind> = all, probes: String = probes, knowledge: String = knowledge,
    end: TraceEnd? = .exhausted
  ) -> TraceResult {
    .sample(ProbeLines.trace(probes, end: end), kinds: kinds, knowledge: knowledge)
  }

  /// Responders with their segments, in the order of TTLs.
  private func lines(_ result: TraceResult) -> [String] {
    let segments = result.segments
    return result.trace.path.flatMap { hop in
      hop.responders.map { "\(hop.ttl) \($0.address) \(segments[hop.ttl, $0.address]?.rawValue ?? "-")" }
    }
  }

  @Test("each responder has its segment, by the AS numbers of the public address and of the target")
  func path() {
    #expect(
      lines(result()) == [
        "1 192.168.1.1 LAN", "2 100.64.0.1 ISP", "3 192.0.2.9 ISP", "3 192.0.2.130 ISP", "5 192.0.2.131 ISP",
        "6 198.51.100.40 TRANSIT", "7 203.0.113.80 DESTINATION",
      ])
  }

  @Test("a responder at several TTLs has a segment at each; one who is not there has none")
  func places() throws {
    let result = result(probes: "1 192.0.2.9 1 \n 2 192.0.2.9 2")
    let segments = result.segments
    #expect(lines(result) == ["1 192.0.2.9 ISP", "2 192.0.2.9 ISP"])
    #expect(segments[try #require(TTL(3)), IPAddress(192, 0, 2, 9)] == nil)
    #expect(segments[.first, IPAddress(192, 0, 2, 10)] == nil)
  }

  @Test("when segments are off there are none")
  func off() {
    #expect(result(kinds: [.names, .autonomousSystems, .isp]).segments.isEmpty)
  }

  @Test("without the public address, transit is not told from the provider")
  func noPublicAddress() {
    let lines = lines(result(knowledge: "192.0.2.9 none 64500 \n 192.0.2.130 none 64501 \n 203.0.113.80 none 64510"))
    #expect(lines.contains("3 192.0.2.9 TRANSIT"))
    #expect(lines.last == "7 203.0.113.80 DESTINATION")
  }

  @Test("an IPv6 neighbour on the own link is in the LAN")
  func onLink() throws {
    let target: IPAddress = try #require(IPAddress("2001:db8:9::80"))
    let request = TraceRequest(target: target, method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv6))
    var result = TraceResult.sample(
      ProbeLines.trace("1 2001:db8:1::1 1 \n 2 2001:db8:2::1 2", request, end: .exhausted), kinds: Self.all)
    #expect(lines(result) == ["1 2001:db8:1::1 TRANSIT", "2 2001:db8:2::1 TRANSIT"])
    result.localAddress = IPAddress("2001:db8:1::2")
    #expect(lines(result) == ["1 2001:db8:1::1 LAN", "2 2001:db8:2::1 TRANSIT"])
    result.localAddress = IPAddress(192, 0, 2, 1)
    #expect(lines(result) == ["1 2001:db8:1::1 TRANSIT", "2 2001:db8:2::1 TRANSIT"])
  }

  @Test("the ends of the path are those of the family traced, and a range is no AS")
  func ends() {
    let result = result()
    #expect(result.publicAddress == IPAddress(198, 51, 100, 7))
    #expect(result.ispOrigin?.asns == [64500])
    #expect(result.destinationOrigin?.name == "EXAMPLE-DC")
    let inside = self.result(knowledge: "public … \n 203.0.113.80 none =private_network")
    #expect(inside.publicAddress == nil)
    #expect(inside.ispOrigin == nil)
    #expect(inside.destinationOrigin == nil)
  }

  @Test("a result is annotated when its responders and its ends are known, or have been waited for")
  func annotated() {
    #expect(result().isAnnotated)
    for line in Self.knowledge.split(separator: "\n") {
      let rest = Self.knowledge.replacing(line, with: "")
      #expect(!result(knowledge: rest).isAnnotated, "\(line)")
    }
    // The public address is not known, but its wait is over; so is that of a router.
    let waited = Self.knowledge.replacing("public 198.51.100.7", with: "public … \n waited public")
      .replacing("192.0.2.9 none 64500=EXAMPLE,IE", with: "192.0.2.9 none … \n waited 192.0.2.9")
    #expect(result(knowledge: waited).isAnnotated)
    #expect(result(kinds: [], knowledge: "").isAnnotated)
  }
}

@Suite("Annotations as JSON")
struct AnnotationDocumentTests {
  @Test("an origin with everything, and where it comes from")
  func origin() throws {
    let origin = Origin(
      asns: [64500, 64501], prefix: Prefix("192.0.2.0/24"), country: "IE", registry: "ripencc", name: "EXAMPLE")
    let document = try #require(OriginDocument(.known(origin, source: .cymru, age: .milliseconds(61_999))))
    #expect(
      ResultCoding.encode(document)
        == #"{"age_s":61,"asn":64500,"asns":[64500,64501],"country_code":"IE","name":"EXAMPLE","#
        + #""prefix":"192.0.2.0/24","registry":"ripencc","source":"cymru"}"#)
  }

  @Test("a special-purpose range is AS 0, of no AS")
  func range() throws {
    let origin = Origin(asns: [], prefix: Prefix("10.0.0.0/8"), name: "private network")
    let document = try #require(OriginDocument(.known(origin, source: .special, age: .zero)))
    #expect(document.asn == 0)
    #expect(document.asns == [])
    #expect(document.source == "special")
    #expect(document.name == "private network")
  }

  @Test("what is not known has no document")
  func unknown() {
    let failure = LookupFailure(.timedOut, "no answer")
    let facts: [Fact<Origin>] = [
      .pending, .skipped(.off), .absent(source: .cymru, age: .zero), .failed(failure),
    ]
    for fact in facts { #expect(OriginDocument(fact) == nil) }
    #expect(OriginDocument(nil) == nil)
    #expect(PlaceDocument(.pending) == nil)
    #expect(ProviderDocument(nil) == nil)
  }

  @Test("a document with annotations is read back as it was, and says what was still open")
  func roundTrip() throws {
    var result = TraceResult.sample(
      ProbeLines.trace("1 192.0.2.9 1 \n 2 late 192.0.2.10 12.3 \n 3 203.0.113.80 3 echo", end: .exhausted),
      kinds: [.names, .autonomousSystems, .segments, .isp],
      knowledge: """
        public 198.51.100.7
        198.51.100.7 dsl-7.example.net 64500=EXAMPLE,IE
        192.0.2.9 ae8.example.net 64500=EXAMPLE,IE
        203.0.113.80 … 64510/64511=EXAMPLE-DC,CA
        """)
    let place = Place(city: "Halifax", country: "Canada", countryCode: "CA")
    result.enrichment.apply(
      .annotated(
        IPAddress(192, 0, 2, 9),
        Annotation(
          name: .known("ae8.example.net", source: .dns, age: .zero),
          origin: .known(Origin(asns: [64500], name: "EXAMPLE"), source: .table, age: .seconds(3)),
          place: .known(place, source: .maxMind, age: .zero))))
    result.enrichment.apply(.noted(LookupNote("cannot keep answers", reason: "the disk is full")))
    let document = TraceDocument(result)
    #expect(try ResultCoding.decodeTrace(ResultCoding.encode(document)) == document)
    #expect(document.publicIP == "198.51.100.7")
    #expect(document.isp?.asn == 64500 && document.isp?.hostname == "dsl-7.example.net")
    #expect(document.destinationASN?.asns == [64510, 64511])
    #expect(document.warnings.first == "cannot keep answers")
    #expect(document.evidence.lookupsOpen == 1)
    #expect(document.evidence.late == 1)
    #expect(document.evidence.largestLate == Milliseconds(microseconds: 12_300))
    let hop = try #require(document.hops.first)
    #expect(hop.segment == "ISP" && hop.hostname == "ae8.example.net" && hop.geo?.city == "Halifax")
    #expect(hop.asnInfo?.age == 3 && hop.asnInfo?.source == "table")
    #expect(hop.responders.first?.geo == hop.geo)
    #expect(document.hops.last?.hostname == nil && document.hops.last?.segment == "DESTINATION")
  }
}
