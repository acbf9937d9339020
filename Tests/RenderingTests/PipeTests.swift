import Enrichment
import Packets
import Rendering
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("A trace on a pipe")
struct PipeTests {
  @Test("each row leaves when its hop has settled and those before it are written, silence when it is none at the end")
  func order() throws {
    let performance = Performance()
    performance.begin()
    var written = 1
    func lines(after probes: String) -> [String] {
      performance.probes(probes)
      defer { written = performance.console.output.count }
      return performance.console.output.dropFirst(written).map { String($0.prefix(12)) }
    }
    #expect(lines(after: "2 10.0.0.2 2") == [])
    #expect(lines(after: "1 10.0.0.1 1") == [" 1  10.0.0.1", " 2  10.0.0.2"])
    #expect(lines(after: "3 *") == [])
    #expect(lines(after: "4 pending \n 5 10.0.0.5 5") == [" 3  *"])
    performance.tell(.tick, at: 5000)
    #expect(performance.console.frames == [])
    #expect(performance.renderer.nextTick == nil)
  }

  @Test("a hop waits for all its attempts")
  func attempts() {
    let performance = Performance()
    var request = ProbeLines.request
    request.queries = 2
    performance.begin(request: request)
    performance.probes("1 10.0.0.1 1", request: request)
    #expect(performance.console.output.count == 1)
    performance.tell(
      .events(slot: 0, Array(ProbeLines.events("1 10.0.0.1 1 \n 1 10.0.0.1 2", request).suffix(2))))
    #expect(performance.console.output.last == " 1  10.0.0.1           1.000 ms    2.000 ms")
  }

  @Test("a silent hop that may be probed again on another socket is not written yet")
  func ambiguous() {
    let performance = Performance()
    var request = ProbeLines.request
    request.method = ProbeMethod(protocolName: .udp, socket: .errqueue, family: .ipv4)
    performance.begin(request: request)
    performance.probes("1 * \n 2 10.0.0.2 2", request: request)
    #expect(performance.console.output.count == 1)
  }

  @Test("nothing is written behind what may be a loop")
  func loop() throws {
    let performance = Performance()
    let probes = "1 10.0.0.1 1 \n 2 10.0.0.2 2 \n 3 10.0.0.1 3 \n 4 10.0.0.2 4"
    performance.begin()
    performance.probes(probes)
    #expect(performance.console.output.count == 4)
    performance.finish(ProbeLines.trace(probes, end: .loop(try #require(TTL(3)))))
    #expect(performance.console.output.dropFirst(4).count == 1)
  }

  @Test("what a router refuses at every further TTL is written once, unless somebody behind it answers")
  func refused() throws {
    let performance = Performance()
    performance.begin()
    performance.probes("1 10.0.0.1 1 \n 2 10.0.0.2 2 !H \n 3 10.0.0.2 3 !H \n 4 *")
    #expect(performance.console.output.count == 3)
    performance.probes("5 10.0.0.5 5")
    #expect(performance.console.output.count == 6)
  }

  @Test("a row waits until what is looked up about its responder is known or has been waited for, and is written once")
  func names() throws {
    let performance = Performance()
    performance.begin(kinds: [.names])
    var written = 1
    func lines(after tell: () -> Void) -> [String] {
      tell()
      defer { written = performance.console.output.count }
      return Array(performance.console.output.dropFirst(written))
    }
    let gap = String(repeating: " ", count: 32)
    #expect(lines { performance.probes("1 10.0.0.1 1 \n 2 10.0.0.2 2 \n 3 10.0.0.3 3 \n 4 pending") } == [])
    #expect(lines { performance.know("10.0.0.1 … \n 10.0.0.2 … \n 10.0.0.3 none") } == [])
    #expect(
      lines { performance.know("10.0.0.1 r1.test") } == [" 1  r1.test (10.0.0.1)\(gap)1.000 ms"])
    // The wait for the second is over, which lets the third go, too.
    #expect(
      lines { performance.know("waited 10.0.0.2") } == [
        " 2  10.0.0.2          \(gap)2.000 ms", " 3  10.0.0.3          \(gap)3.000 ms",
      ])
    #expect(lines { performance.know("10.0.0.2 r2.test") } == [])
    let trace = ProbeLines.trace(
      "1 10.0.0.1 1 \n 2 10.0.0.2 2 \n 3 10.0.0.3 3 \n 4 203.0.113.80 4 echo", end: .reached(try #require(TTL(4))))
    let knowledge = "10.0.0.1 r1.test \n 10.0.0.2 r2.test \n 10.0.0.3 none \n 203.0.113.80 …"
    #expect(
      lines { performance.finish(trace, kinds: [.names], knowledge: knowledge) } == [
        " 4  203.0.113.80      \(gap)4.000 ms", "later:  2  r2.test (10.0.0.2)",
        "reached in 4 hops, 4.0 ms; 4 probes, 4 replies",
      ])
  }

  @Test("with segments a row waits for both ends of the path, too, and no longer than they are waited for")
  func ends() {
    for (knowledge, isWritten) in [
      ("", false), ("203.0.113.80 - 64510", false), ("203.0.113.80 - 64510 \n public …", false),
      ("203.0.113.80 - 64510 \n public …  \n waited public", true), ("203.0.113.80 - 64510 \n public fail", true),
      ("203.0.113.80 - 64510 \n public 198.51.100.7", false),
      ("203.0.113.80 - 64510 \n public 198.51.100.7 \n 198.51.100.7 - …", false),
      ("203.0.113.80 - 64510 \n public 198.51.100.7 \n 198.51.100.7 - 64500", true),
      ("203.0.113.80 - … \n waited 203.0.113.80 \n public fail", true),
    ] {
      let performance = Performance()
      performance.begin(kinds: [.autonomousSystems, .segments, .isp])
      performance.probes("1 10.0.0.1 1 \n 2 pending")
      performance.know("10.0.0.1 - =private_network \n" + knowledge)
      #expect(performance.console.output.count == (isWritten ? 2 : 1), "\(knowledge)")
    }
  }

  @Test("a segment that changes behind a written row is told below")
  func changedSegment() throws {
    let performance = Performance()
    let kinds: Set<EnrichmentKind> = [.autonomousSystems, .segments]
    let knowledge = """
      203.0.113.80 - 64510
      10.0.0.1 - =private_network
      192.0.2.1 - 64500
      192.0.2.2 - 64510
      """
    let probes = "1 10.0.0.1 1 \n 2 192.0.2.2 2 \n 3 192.0.2.1 3"
    performance.begin(kinds: kinds)
    performance.know(knowledge)
    performance.probes(probes + "\n 4 pending")
    #expect(performance.console.output.dropFirst(2).first?.hasPrefix(" 2 [DESTINATION] 192.0.2.2 [AS64510]") == true)
    #expect(performance.console.output.last?.hasPrefix(" 3 [UNKNOWN]     192.0.2.1 [AS64500]") == true)
    // Between two hops of the target's network lies the target's network.
    let trace = ProbeLines.trace(probes + "\n 4 203.0.113.80 4 echo", end: .reached(try #require(TTL(4))))
    performance.finish(trace, kinds: kinds, knowledge: knowledge)
    #expect(performance.console.output.contains("later:  3 [DESTINATION] 192.0.2.1 [AS64500]"))
    #expect(performance.console.output.count { $0.hasPrefix("later: ") } == 1)
  }

  @Test("several traces are written in the order of the arguments, whichever ends first")
  func several() throws {
    let performance = Performance(targets: 3)
    let end = TraceEnd.reached(.first)
    performance.tell(.failed(slot: 1, target: "b.test", CommandFailure(problem: "cannot find 'b.test'")))
    performance.begin(0, "a.test")
    performance.begin(2, "c.test")
    performance.probes("1 203.0.113.80 2 echo", in: 2)
    performance.finish(ProbeLines.trace("1 203.0.113.80 2 echo", end: end), "c.test", in: 2)
    #expect(performance.console.output.count == 1)
    performance.finish(ProbeLines.trace("1 203.0.113.80 1 echo", end: end), "a.test", in: 0)
    performance.tell(.ended)
    #expect(
      performance.console.output.map { String($0.prefix(15)) } == [
        "trace to a.test", " 1  203.0.113.8", "reached in 1 ho", "", "trace to c.test", " 1  203.0.113.8",
        "reached in 1 ho",
      ])
  }
}
