import Enrichment
import Packets
import Results
import Time
import Tracing

extension TraceResult {
  /// A result with one of everything that a trace and its enrichment can hold.
  package static var everything: TraceResult {
    var request = ProbeLines.request
    request.queries = 3
    request.gapLimit = 4
    request.patience = 2.5
    request.overall = .seconds(30)
    request.interval = .microseconds(150)
    request.source = IPAddress(192, 168, 1, 7)
    request.interfaceIndex = 3
    request.distanceHint = TTL(12)
    var trace = ProbeLines.trace(
      """
      1 10.0.0.1 0.412 duplicate
      1 10.0.0.2 16.704999 mpls=16001 quoted=2
      1 10.0.0.2 3 revised
      2 *
      2 * own
      3 late 10.0.0.3 12.3
      4 unsent
      5 10.0.0.5 20 !X
      6 gave-up
      7 pending
      8 203.0.113.80 46.2 echo
      """, request, end: .unreachable(TTL.first.advanced(by: 4), UnreachableCode(family: .ipv4, type: 3, code: 13)),
      evidence: HostEvidence(foreign: 7, dropped: 2, largestLag: .microseconds(1_234)))
    trace.addBeyondReplies(3)
    trace.apply(.restamped(ProbeID(ttl: .first, attempt: 1), departure: ProbeLines.beginning + .nanoseconds(17)))
    for (attempt, kind) in [ReplyKind.datagram, .reset, .synAck].enumerated() {
      let id = ProbeID(ttl: TTL.first.advanced(by: 8), attempt: UInt16(attempt))
      let moment = ProbeLines.beginning + .milliseconds(attempt)
      let reply = Reply(
        responder: IPAddress(high: 0x2001_0db8 << 32, low: 1), kind: kind, extensions: extensionObjects,
        arrival: moment,
        stamp: .program, read: moment + .nanoseconds(1))
      trace.apply(.sent(Probe(id: id, flow: FlowID(9)), departure: ProbeLines.beginning, stamp: .program))
      trace.apply(.replied(id, reply, rtt: .milliseconds(attempt)))
    }
    var result = sample(
      trace, target: "bücher\n\u{1b}[2J.test", kinds: Set(EnrichmentKind.allCases),
      knowledge: """
        192.0.2.9 ae8.example.net 64500=EXAMPLE,ZZ
        192.0.2.10 … 64500/64501=EXAMPLE
        192.168.1.1 none =private_network
        192.0.2.11 - -
        192.0.2.12 fail fail
        public 198.51.100.7
        waited 192.0.2.10
        waited public
        """)
    result.name = "before"
    result.engineSettings = EngineSettings(.tuned)
    result.engineSettings.threads = 7
    result.warnings = ["timeout 70 ms with enrichment on"]
    result.hasShortTimeout = true
    result.localAddress = IPAddress(high: 0xfe80 << 48, low: 1)
    for event in furtherKnowledge { result.enrichment.apply(event) }
    return result
  }

  private static var extensionObjects: [ICMPExtensionObject] {
    [
      .mpls([MPLSLabel(label: 1_048_575, trafficClass: 7, bottomOfStack: true, timeToLive: 255)]),
      .interfaceInformation(
        InterfaceInformation(
          role: .nextHop, index: .max, address: IPAddress(192, 0, 2, 1), name: "eth0\\u{1b}", mtu: 1_500)),
      .interfaceInformation(InterfaceInformation(role: .incoming)),
      .unknown(classNumber: 200, type: 7, bytes: [0x00, 0x0f, 0xa9, 0xff]),
    ]
  }

  private static var furtherKnowledge: [EnrichmentEvent] {
    let place = Place(city: "Zürich", country: nil, countryCode: "CH")
    let origin = Origin(
      asns: [64_500], prefix: Prefix("192.0.2.0/24"), country: "ZZ", registry: "ripencc", name: "EXAMPLE")
    return [
      .annotated(
        IPAddress(192, 0, 2, 13),
        Annotation(
          name: .absent(source: .dns, age: .seconds(60)),
          origin: .known(origin, source: .maxMind, age: .seconds(86_400)),
          place: .known(place, source: .maxMind, age: .zero))),
      .publicAddress(.ipv6, .failed(LookupFailure(.unreachable, "no route"))),
      .system(64_500, .known("EXAMPLE", source: .cymru, age: .zero)), .system(64_501, .pending),
      .waited(.system(64_501)), .noted(LookupNote("no cache", reason: "no disk", advice: "buy one")),
    ]
  }
}
