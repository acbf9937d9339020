import Packets
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("Results as JSON")
struct ResultCodingTests {
  /// One of everything.
  static let trace = ProbeLines.trace(
    """
    1 10.0.0.1 0.412
    1 10.0.0.2 16.704999 mpls=16001
    2 *
    3 late 10.0.0.3 12.3
    4 unsent
    5 10.0.0.5 20 !X
    """, end: .cancelled)

  private var document: TraceDocument { TraceDocument(.sample(Self.trace)) }

  @Test("a document is read back as it was")
  func roundTrip() throws {
    #expect(try ResultCoding.decodeTrace(ResultCoding.encode(document)) == document)
  }

  @Test("extension objects of every kind are read back as they were")
  func extensions() throws {
    var trace = Trace(request: ProbeLines.request, began: ProbeLines.beginning)
    let id = ProbeID(ttl: .first, attempt: 0)
    let objects: [ICMPExtensionObject] = [
      .mpls([MPLSLabel(label: 16001, trafficClass: 5, bottomOfStack: true, timeToLive: 254)]),
      .interfaceInformation(
        InterfaceInformation(role: .nextHop, index: 3, address: IPAddress(192, 0, 2, 1), name: "eth0", mtu: 1500)),
      .interfaceInformation(InterfaceInformation(role: .incoming)),
      .unknown(classNumber: 200, type: 7, bytes: [0x00, 0x0f, 0xff]),
    ]
    let reply = Reply(
      responder: IPAddress(10, 0, 0, 1), kind: .timeExceeded, extensions: objects, arrival: ProbeLines.beginning,
      stamp: .kernel, read: ProbeLines.beginning)
    trace.apply(.sent(Probe(id: id, flow: .standard), departure: ProbeLines.beginning, stamp: .kernel))
    trace.apply(.replied(id, reply, rtt: .zero))
    let document = TraceDocument(.sample(trace))
    let read = try ResultCoding.decodeTrace(ResultCoding.encode(document))
    #expect(read.hops.first?.probes.first?.extensions == objects.map { ExtensionDocument($0) })
  }

  @Test("what is not known is null, not absent")
  func explicitNulls() {
    let json = ResultCoding.encode(document)
    for field in ["name", "public_ip", "isp", "destination_asn", "hostname", "asn_info", "segment", "late_ms"] {
      #expect(json.contains("\"\(field)\":null"), "\(field)")
    }
  }

  @Test("the document is one line of printable ASCII, whatever the target is called")
  func oneLine() throws {
    let result = TraceResult.sample(Self.trace, target: "bücher\n\u{1b}[2J\u{202e}.test\u{7f}😀")
    let json = ResultCoding.encode(TraceDocument(result))
    #expect(json.utf8.allSatisfy { (0x20...0x7e).contains($0) })
    #expect(try ResultCoding.decodeTrace(json).target == result.target)
  }

  @Test("a document of a later version is refused by its number")
  func newer() {
    let json = ResultCoding.encode(document).replacing("\"schema\":1", with: "\"schema\":2")
    #expect(throws: ResultCodingError.newer(schema: 2)) { try ResultCoding.decodeTrace(json) }
  }

  @Test("a document of another command is refused by its name")
  func anotherCommand() {
    let failure = FailureDocument(command: "ping", version: "1.0", error: CommandFailure(problem: "no"))
    #expect(throws: ResultCodingError.notATrace(command: "ping")) {
      try ResultCoding.decodeTrace(ResultCoding.encode(failure))
    }
  }

  @Test("what is wrong with a document is said")
  func malformed() {
    let json = ResultCoding.encode(document).replacing("\"target_ip\"", with: "\"target_pi\"")
    #expect(throws: ResultCodingError.malformed("target_ip is missing")) { try ResultCoding.decodeTrace(json) }
    #expect(throws: ResultCodingError.self) { try ResultCoding.decodeTrace("[1,") }
  }

  @Test("a hop shows its first responder, with the mean of its times")
  func firstResponder() throws {
    let trace = ProbeLines.trace("1 * \n 1 10.0.0.2 2 \n 1 10.0.0.1 1 \n 1 10.0.0.2 4", end: .exhausted)
    let hop = try #require(TraceDocument(.sample(trace)).hops.first)
    #expect(hop.address == "10.0.0.2")
    #expect(hop.rtt == Milliseconds(microseconds: 3000))
    #expect(hop.responders.map(\.address) == ["10.0.0.2", "10.0.0.1"])
    #expect(hop.responders.first?.rtt.stddev == Milliseconds(microseconds: 1414))
    #expect(hop.responders.last?.rtt.stddev == nil)
  }

  @Test("a list of traces keeps the failures among them")
  func list() throws {
    let failure = FailureDocument(
      command: "trace", version: "1.0", target: "b.test", error: CommandFailure(problem: "cannot find 'b.test'"))
    let list = TraceListDocument(version: "1.0", results: [.trace(document), .failure(failure)])
    let json = ResultCoding.encode(list)
    #expect(json.contains("\"problem\":\"cannot find 'b.test'\""))
    #expect(json.hasPrefix("{\"command\":\"trace\",\"results\":["))
  }

  @Test("a ping without replies has no times")
  func ping() {
    var result = PingResult(target: "demo.test", address: ProbeLines.target, network: "lab demo")
    #expect(result.lossPercent == nil)
    result.sent = 3
    let json = ResultCoding.encode(PingDocument(result, version: "1.0"))
    #expect(json.contains("\"loss_percent\":100"))
    #expect(json.contains("\"rtt_ms\":null"))
    result.times.add(.milliseconds(5))
    #expect(result.lossPercent == 66.7)
  }
}
