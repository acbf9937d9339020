import Enrichment
import Rendering
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("A trace on a terminal")
struct LiveBlockTests {
  private let size = ConsoleSize(columns: 80, rows: 24)

  @Test("rows appear in the order of TTLs, and the block ends with the closing line")
  func rows() {
    let performance = Performance(size: size)
    let probes = "1 10.0.0.1 1 \n 2 pending \n 3 203.0.113.80 3 echo"
    performance.begin(at: 0)
    performance.probes("3 10.0.0.3 3 \n 2 pending \n 1 pending", at: 100)
    performance.finish(ProbeLines.trace(probes, end: .cancelled), at: 150)
    #expect(
      performance.console.frames == [
        [" 1  …"],
        [" 1  …", " 2  …", " 3  10.0.0.3           3.000 ms", " 4  …"],
        [
          " 1  10.0.0.1           1.000 ms", " 2  …", " 3  203.0.113.80       3.000 ms",
          "stopped by you after hop 3; reached in 3 hops, 3.0 ms; 3 probes, 2 replies, 1 not waited for",
        ],
      ])
    #expect(performance.console.closedBlocks == 1)
    #expect(performance.console.output.first?.hasPrefix("trace to demo.test") == true)
  }

  @Test("events that come faster than frames are drawn together, on the tick that was asked for")
  func throttle() {
    let performance = Performance(size: size)
    performance.begin(at: 0)
    performance.probes("1 10.0.0.1 1", at: 10)
    performance.probes("2 10.0.0.2 2", at: 20)
    #expect(performance.console.frames.count == 1)
    let wanted = performance.renderer.nextTick
    #expect(wanted == Instant(nanoseconds: 33_333_333))
    performance.tell(.tick, at: 34)
    #expect(performance.console.frames.count == 2)
    #expect(performance.console.frames.last?.count == 3)
  }

  @Test("a wait longer than 300 ms says what is waited for")
  func longWait() {
    let performance = Performance(size: size)
    performance.begin(at: 0)
    performance.probes("1 10.0.0.1 1 \n 2 pending \n 3 pending", at: 50)
    #expect(performance.renderer.nextTick == Performance.moment(300))
    performance.tell(.tick, at: 301)
    #expect(performance.console.frames.last?.last == " 2  …  waiting for hops 2–3, 0.3 s")
    #expect(performance.renderer.nextTick == Performance.moment(401))
    performance.tell(.tick, at: 700)
    #expect(performance.console.frames.last?.last == " 2  …  waiting for hops 2–3, 0.7 s")
  }

  @Test("once the target has answered no further TTL is announced")
  func knownEnd() {
    let performance = Performance(size: size)
    performance.begin(at: 0)
    performance.probes("1 pending \n 2 203.0.113.80 2 echo \n 3 pending", at: 50)
    #expect(performance.console.frames.last == [" 1  …", " 2  203.0.113.80       2.000 ms", "    …"])
    performance.tell(.tick, at: 400)
    #expect(performance.console.frames.last?.last == "    …  waiting for hop 1, 0.4 s")
  }

  @Test("a long look-up is shown, and leaves nothing behind")
  func lookUp() {
    let performance = Performance(size: size)
    performance.tell(.waiting("looking up 'demo.test'"), at: 0)
    #expect(performance.console.frames.isEmpty)
    #expect(performance.renderer.nextTick == Performance.moment(300))
    performance.tell(.tick, at: 400)
    #expect(performance.console.frames == [["looking up 'demo.test' …  0.4 s"]])
    performance.begin(at: 450)
    #expect(performance.console.frames.dropFirst().first == [])
    #expect(performance.console.output.count == 1)
  }

  @Test("the first unfinished trace is in front; a row tells of those behind it, which follow when it ends")
  func several() {
    let performance = Performance(size: size, targets: 3)
    let end = TraceEnd.reached(.first)
    for (slot, target) in ["a.test", "b.test", "c.test"].enumerated() { performance.begin(slot, target, at: 0) }
    performance.probes("1 10.0.0.1 1", in: 1, at: 100)
    performance.finish(ProbeLines.trace("1 203.0.113.80 3 echo", end: end), "c.test", in: 2, at: 200)
    performance.tell(.tick, at: 400)
    #expect(performance.console.frames.last?.last == "then: b.test (hop 1), c.test (ended)")
    performance.finish(ProbeLines.trace("1 203.0.113.80 1 echo", end: end), "a.test", in: 0, at: 450)
    #expect(performance.console.closedBlocks == 1)
    #expect(performance.console.frames.last?.first == " 1  10.0.0.1           1.000 ms")
    performance.finish(ProbeLines.trace("1 203.0.113.80 2 echo", end: end), "b.test", in: 1, at: 500)
    // The third had ended by then: it is printed, without a block of its own.
    #expect(performance.console.closedBlocks == 2)
    #expect(
      performance.console.output.filter { $0.hasPrefix("trace") || $0.hasPrefix("reached") }.map {
        String($0.suffix(22))
      }
      .count == 6)
  }

  @Test("a row appears with its reply, and is completed in place when its name comes")
  func names() throws {
    let performance = Performance(size: size)
    performance.begin(kinds: [.names], at: 0)
    performance.probes("1 10.0.0.1 1 \n 2 pending", at: 100)
    performance.know("10.0.0.1 …", at: 150)
    performance.know("10.0.0.1 r1.test", at: 200)
    #expect(
      performance.console.frames.map { $0.first?.prefix(26) } == [
        " 1  …", " 1  10.0.0.1              ", " 1  10.0.0.1              ", " 1  r1.test (10.0.0.1)    ",
      ])
    #expect(Set(performance.console.frames.dropFirst().map(\.count)) == [2])
  }

  @Test("a trace that has ended shows that it waits for names, for how many, and ends without a closing list")
  func waitingForNames() throws {
    let performance = Performance(size: size)
    let probes = "1 10.0.0.1 1 \n 2 203.0.113.80 3 echo"
    let end = TraceEnd.reached(try #require(TTL(2)))
    performance.begin(kinds: [.names], at: 0)
    performance.know("10.0.0.1 … \n 203.0.113.80 …", at: 100)
    performance.probes(probes, at: 200)
    performance.tell(.events(slot: 0, [.finished(end, at: ProbeLines.beginning)]), at: 250)
    #expect(performance.console.frames.last?.last == "    …")
    performance.tell(.tick, at: 400)
    #expect(
      performance.console.frames.last?.last == "    …  waiting for what is known of 2 addresses, 0.4 s")
    performance.know("10.0.0.1 r1.test", at: 500)
    #expect(
      performance.console.frames.last?.last == "    …  waiting for what is known of 1 address, 0.5 s")
    performance.finish(
      ProbeLines.trace(probes, end: end), kinds: [.names], knowledge: "10.0.0.1 r1.test \n 203.0.113.80 demo.test",
      at: 600)
    #expect(
      performance.console.frames.last?.map { $0.prefix(20) } == [
        " 1  r1.test (10.0.0.", " 2  demo.test (203.0", "reached in 2 hops, 3",
      ])
    #expect(!performance.console.output.contains { $0.hasPrefix("later:") })
  }

  @Test("what is said in sentences below a trace is printed whole, not cut to the width of the block")
  func sentences() throws {
    let performance = Performance(size: ConsoleSize(columns: 60, rows: 24))
    let kinds: Set<EnrichmentKind> = [.autonomousSystems, .segments]
    performance.begin(kinds: kinds)
    performance.finish(
      ProbeLines.trace("1 203.0.113.80 1 echo", end: .reached(.first)), kinds: kinds,
      knowledge: "203.0.113.80 - none \n public …")
    let note = "note: the public address was not known in time, so segments cannot tell the provider"
    #expect(performance.console.output.last == note)
    #expect(performance.console.frames.last?.contains(note) == false)
  }

  @Test("a command that ends in the middle closes its block")
  func aborted() {
    let performance = Performance(size: size)
    performance.begin()
    performance.tell(.ended, at: 10)
    #expect(performance.console.closedBlocks == 1)
    #expect(performance.renderer.nextTick == nil)
  }
}
