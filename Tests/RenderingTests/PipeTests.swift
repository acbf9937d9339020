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
