import Enrichment
import Packets
import Rendering
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("Results as one JSON document a command")
struct JSONRendererTests {
  private let everything = """
    1 10.0.0.1 0.412 duplicate mpls=16001
    2 *
    3 late 10.0.0.3 12.3
    4 unsent
    5 gave-up
    6 10.0.0.6 20 revised quoted=2
    7 *
    7 10.0.0.7 7 own
    8 pending
    9 10.0.0.6 30 !X
    """

  private func violations(_ json: String) throws -> [String] {
    JSONSchemaCheck(schema: try .parse(ResultSchema.text)).violations(of: try .parse(json))
  }

  private func ends() throws -> [TraceEnd] {
    let nine = try #require(TTL(9))
    return [
      .reached(nine), .unreachable(nine, UnreachableCode(family: .ipv4, type: 3, code: 13)), .loop(nine), .gapLimit,
      .exhausted, .cancelled, .overall, .failed(SendFailure(call: "socket", errno: 1, reason: "not permitted")),
    ]
  }

  @Test("a trace conforms to the schema, however it ended")
  func conforms() throws {
    for end in try ends() {
      let performance = Performance(.json)
      performance.begin()
      performance.finish(ProbeLines.trace(everything, end: end, evidence: HostEvidence(dropped: 1)))
      performance.tell(.ended)
      #expect(performance.console.output.count == 1)
      #expect(try violations(performance.console.output.joined()) == [], "\(end)")
    }
  }

  @Test("a trace with everything that is looked up conforms to the schema")
  func annotated() throws {
    let trace = ProbeLines.trace("1 192.168.1.1 1 \n 2 192.0.2.9 2 \n 3 203.0.113.80 3 echo", end: .exhausted)
    var result = TraceResult.sample(
      trace, kinds: [.names, .autonomousSystems, .segments, .isp],
      knowledge: """
        public 198.51.100.7
        198.51.100.7 dsl-7.example.net 64500=EXAMPLE,IE
        192.168.1.1 none =private_network
        203.0.113.80 … 64510/64511=EXAMPLE-DC,CA
        """)
    let origin = Origin(
      asns: [64500], prefix: Prefix("192.0.2.0/24"), country: "IE", registry: "ripencc", name: "EXAMPLE")
    result.enrichment.apply(
      .annotated(
        IPAddress(192, 0, 2, 9),
        Annotation(
          name: .known("ae8.example.net", source: .dns, age: .zero), origin: .known(origin, source: .cymru, age: .zero),
          place: .known(
            Place(city: "Galway", country: "Ireland", countryCode: "IE"), source: .maxMind, age: .seconds(5)))))
    #expect(try violations(ResultCoding.encode(TraceDocument(result))) == [])
  }

  @Test("the schema refuses what is missing, unknown or of another type")
  func schemaRefuses() throws {
    let json = ResultCoding.encode(TraceDocument(.sample(ProbeLines.trace(everything, end: .exhausted))))
    #expect(try violations(json) == [])
    for (field, other) in [
      ("\"elapsed_ms\":100", "\"elapsed_ms\":\"100\""), ("\"family\":\"ipv4\"", "\"family\":\"ipx\""),
      ("\"isp\":null,", ""), ("\"isp\":null", "\"isp\":null,\"isq\":null"), ("\"ttl\":9", "\"ttl\":256"),
      ("\"id\":\"@k7f3\"", "\"id\":\"k7f3\""),
    ] {
      #expect(json.contains(field))
      #expect(try violations(json.replacing(field, with: other, maxReplacements: 1)) != [], "\(other)")
    }
  }

  @Test("the schema knows every finding, end and state")
  func schemaIsComplete() throws {
    let definitions = try #require(try JSONValue.parse(ResultSchema.text)["$defs"])
    func values(_ definition: String, _ field: String) -> Set<String> {
      Set(definitions[definition]?["properties"]?[field]?["enum"]?.strings ?? [])
    }
    #expect(values("finding", "id") == Set(Finding.Kind.allCases.map(\.rawValue)))
    #expect(values("end", "reason") == Set(TraceDocument.EndReason.allCases.map(\.rawValue)))
    #expect(values("probe", "state") == Set(ProbeDocument.State.allCases.map(\.rawValue)))
    #expect(values("trace", "socket") == Set(SocketName.allCases.map(\.rawValue)))
    #expect(values("trace", "engine") == Set(EngineName.allCases.map(\.rawValue)))
    #expect(values("trace", "protocol").isSuperset(of: ProbeProtocolName.allCases.map(\.rawValue)))
    for place in ["hop", "responder"] { #expect(values(place, "segment") == Set(Segment.allCases.map(\.rawValue))) }
    #expect(values("asn_info", "source") == Set(FactSource.allCases.map(\.rawValue)))
    #expect(values("enrichment_kind", "name") == Set(EnrichmentKind.allCases.map(\.rawValue)))
    #expect(values("enrichment_topic", "name") == Set(EnrichmentStatistics.Topic.allCases.map(\.rawValue)))
    guard case .object(let failures)? = definitions["enrichment_topic"]?["properties"]?["failures"]?["properties"]
    else {
      Issue.record("the schema says nothing of failures")
      return
    }
    #expect(Set(failures.keys) == Set(LookupFailure.Kind.allCases.map(\.rawValue)))
  }

  @Test("several targets give one document, in the order of the arguments, with the failures among them")
  func several() throws {
    let performance = Performance(.json, targets: 3)
    performance.tell(.failed(slot: 1, target: "b.test", CommandFailure(problem: "cannot find 'b.test'")))
    performance.begin(0, "a.test")
    performance.begin(2, "c.test")
    performance.finish(ProbeLines.trace("1 203.0.113.80 1 echo", end: .reached(.first)), "c.test", in: 2)
    performance.finish(ProbeLines.trace("1 203.0.113.80 1 echo", end: .reached(.first)), "a.test", in: 0)
    #expect(performance.console.output == [])
    performance.tell(.ended)
    let json = try #require(performance.console.output.first)
    #expect(try violations(json) == [])
    guard case .array(let results)? = try JSONValue.parse(json)["results"] else {
      Issue.record("there are no results")
      return
    }
    #expect(results.map { $0["target"] } == [.string("a.test"), .string("b.test"), .string("c.test")])
    #expect(results[1]["error"]?["problem"] == .string("cannot find 'b.test'"))
  }

  @Test("a trace that was interrupted before its end is written as far as it came")
  func interrupted() throws {
    let performance = Performance(.json)
    performance.begin()
    performance.probes("1 10.0.0.1 1 \n 2 pending")
    performance.tell(.ended)
    performance.tell(.ended)
    let json = performance.console.output.joined()
    #expect(try violations(json) == [])
    #expect(try JSONValue.parse(json)["end"] == .null)
    guard case .array(let hops)? = try JSONValue.parse(json)["hops"] else {
      Issue.record("there are no hops")
      return
    }
    #expect(hops.count == 2)
  }

  @Test("a command that failed, or had nothing to say, leaves one document too")
  func failed() throws {
    let failed = Performance(.json, command: "trace", targets: 1)
    failed.tell(
      .failed(slot: nil, target: nil, CommandFailure(problem: "cannot open a raw socket", reason: "EPERM")))
    failed.tell(.ended)
    let silent = Performance(.json, command: "trace", targets: 1)
    silent.tell(.waiting("looking up 'demo.test'"))
    silent.tell(.ended)
    for performance in [failed, silent] {
      #expect(performance.console.output.count == 1)
      #expect(try violations(performance.console.output.joined()) == [])
    }
    #expect(failed.console.output.joined().contains("\"reason\":\"EPERM\""))
  }

  @Test("a ping gives its counts; lines for people and warnings stay off standard output")
  func ping() throws {
    let performance = Performance(.json, command: "ping")
    var result = PingResult(target: "demo.test", address: ProbeLines.target, network: "lab demo")
    result.sent = 2
    result.times.add(.microseconds(16_705))
    performance.tell(.line("1 of 2"))
    performance.tell(.warning("warning: timeout 70 ms"))
    performance.tell(.pinged(result))
    performance.tell(.ended)
    #expect(performance.console.errors == ["warning: timeout 70 ms"])
    #expect(performance.console.output.count == 1)
    #expect(try violations(performance.console.output.joined()) == [])
    #expect(performance.console.output.joined().contains("\"min\":16.705"))
  }
}

@Suite("A ping as text")
struct PingTextTests {
  @Test("replies are aligned, the summary counts and measures")
  func lines() {
    #expect(
      PingText.reply(3, from: ProbeLines.target, rtt: .microseconds(16_705)).text == " 3  203.0.113.80      16.705 ms")
    #expect(PingText.reply(4, from: ProbeLines.target, rtt: nil).text == " 4  no answer")
    var result = PingResult(target: "demo.test", address: ProbeLines.target, network: "lab demo")
    result.sent = 3
    #expect(PingText.summary(result).map(\.text) == ["3 probes, 0 replies, 100% lost"])
    result.times = RoundTripTimes([.milliseconds(10), .milliseconds(20)])
    #expect(
      PingText.summary(result).map(\.text) == [
        "3 probes, 2 replies, 33.3% lost; 10.000 ms at least, 15.000 ms on average, 20.000 ms at most, deviation 7.071 ms"
      ])
  }
}
