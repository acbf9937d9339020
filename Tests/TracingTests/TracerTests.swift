import Packets
import Testing
import Time

@testable import Tracing

@Suite("Tracer")
struct TracerTests {
  static let threeHops = ["10.0.0.1 1ms", "10.0.0.2 5ms", "203.0.113.80 20ms echo"]

  @Test("all TTLs leave at once inside the window, and none behind the target once it is known")
  func launchesAtOnce() {
    var path = ScriptedPath(Self.threeHops) { $0.window = 4 }
    path.run()
    #expect(path.launches.prefix(4).map { $0.probe.id.ttl.value } == [1, 2, 3, 4])
    #expect(path.launches.prefix(4).allSatisfy { $0.at == .zero })
    // The replies of TTL 1 and 2 made room for two more before the target answered; nothing was launched behind.
    #expect(path.launches.map { $0.probe.id.ttl.value } == [1, 2, 3, 4, 5, 6])
    #expect(path.trace.end == .reached(ttl(3)))
    #expect(path.trace.path.map(\.ttl.value) == [1, 2, 3])
  }

  @Test("the trace ends with the last answer, not with a timeout of probes behind the target")
  func endsAtOnce() {
    var path = ScriptedPath(Self.threeHops)
    path.run()
    #expect(path.trace.elapsed == .milliseconds(20))
    #expect(path.launches.count == 30)
  }

  @Test("the lowest TTL at which the target answers is its distance")
  func lowestTTLWins() {
    var path = ScriptedPath(["10.0.0.1 1ms", "203.0.113.80 30ms echo", "203.0.113.80 20ms echo"])
    path.run()
    #expect(path.trace.end == .reached(ttl(2)))
    #expect(path.trace.elapsed == .milliseconds(30))
    #expect(path.story.filter { $0.hasSuffix("beyond") } == [])
  }

  @Test("replies from behind the target are counted and not part of the result")
  func beyond() {
    var path = ScriptedPath(["10.0.0.1 1ms", "203.0.113.80 10ms echo", "203.0.113.80 20ms echo"]) {
      $0.lastTTL = ttl(4)
    }
    path.run()
    #expect(path.trace.beyondReplies == 2)
    #expect(path.trace.path.count == 2)
  }

  @Test("patience gives silent hops up after three times the largest RTT, at least 100 ms")
  func patience() {
    var path = ScriptedPath(["10.0.0.1 1ms", "*", "203.0.113.80 20ms echo"])
    path.run()
    #expect(path.story.last == "2#0 given up")
    #expect(path.trace.elapsed == .milliseconds(100))

    var far = ScriptedPath(["10.0.0.1 1ms", "*", "203.0.113.80 50ms echo"])
    far.run()
    #expect(far.trace.elapsed == .milliseconds(150))

    var short = ScriptedPath(["10.0.0.1 1ms", "*", "203.0.113.80 50ms echo"]) { $0.timeout = .milliseconds(70) }
    short.run()
    #expect(short.story.last == "2#0 timed out")
    #expect(short.trace.elapsed == .milliseconds(70))
  }

  @Test("without patience a silent hop is waited for its whole timeout")
  func patienceOff() {
    var path = ScriptedPath(["10.0.0.1 1ms", "*", "203.0.113.80 20ms echo"]) { $0.patience = nil }
    path.run()
    #expect(path.story.last == "2#0 timed out")
    #expect(path.trace.elapsed == .seconds(1))
  }

  @Test("a reply that arrived in time but is read after its probe was given up is a reply: the trace is revised")
  func revisedAfterGivenUp() {
    var path = ScriptedPath(["10.0.0.1 1ms", "10.0.0.2 400ms", "203.0.113.80 20ms echo"])
    path.run()
    #expect(path.story.suffix(2) == ["2#0 given up", "2#0 revised 400.0"])
    #expect(path.trace.hops[1].probes[0].wasRevised)
    #expect(path.trace.elapsed == .milliseconds(100))
  }

  @Test("a reply stamped inside the timeout and read behind it ends as replied")
  func revisedAfterTimeout() {
    var path = ScriptedPath(["10.0.0.1 60ms read 50ms", "203.0.113.80 65ms echo"]) { $0.timeout = .milliseconds(70) }
    path.run()
    #expect(path.story.contains("1#0 timed out"))
    #expect(path.story.last == "1#0 revised 60.0")
    #expect(path.trace.hops[0].responders.first?.address == ScriptedPath.address("10.0.0.1"))
  }

  @Test("a target that is read late turns the end into reached, at the time the trace had ended")
  func revisedEnd() {
    var path = ScriptedPath(["10.0.0.1 1ms", "203.0.113.80 60ms echo read 500ms", "*"]) {
      $0.timeout = .milliseconds(70)
      $0.lastTTL = ttl(3)
    }
    path.run()
    #expect(path.events.contains(.finished(.exhausted, at: .zero + .milliseconds(70))))
    #expect(path.events.last == .finished(.reached(ttl(2)), at: .zero + .milliseconds(70)))
    #expect(path.trace.end == .reached(ttl(2)))
  }

  @Test("a reply after its timeout is late, not lost")
  func late() {
    var path = ScriptedPath(["10.0.0.1 90ms", "203.0.113.80 20ms echo"]) { $0.timeout = .milliseconds(70) }
    path.run()
    #expect(path.story.suffix(2) == ["1#0 timed out", "1#0 late by 20.0"])
    #expect(!path.trace.hops[0].isAnswered)
  }

  @Test("a reply exactly at the timeout counts")
  func exactlyInTime() {
    var path = ScriptedPath(["10.0.0.1 70ms", "203.0.113.80 20ms echo"]) { $0.timeout = .milliseconds(70) }
    path.run()
    #expect(path.trace.hops[0].isAnswered)
    #expect(path.trace.end == .reached(ttl(2)))
  }

  @Test("a second reply to a probe is a duplicate")
  func duplicate() {
    var path = ScriptedPath(["10.0.0.1 1ms twice", "203.0.113.80 20ms echo"])
    path.run()
    #expect(path.story.contains("1#0 duplicate"))
    #expect(path.trace.hops[0].probes[0].duplicates == 1)
  }

  @Test("a probe that could not be sent is unsendable; when none could, the trace failed with the reason")
  func unsendable() {
    var path = ScriptedPath(Self.threeHops)
    path.refused = [2]
    path.run()
    #expect(path.story.contains("2#0 unsendable"))
    #expect(path.trace.end == .reached(ttl(3)))

    var none = ScriptedPath(Self.threeHops)
    none.refused = Set(1...30)
    none.run()
    guard case .failed(let failure) = none.trace.end else {
      Issue.record("ended \(String(describing: none.trace.end))")
      return
    }
    #expect(failure.errno == 101)
  }

  @Test("cancelling keeps what came, and leaves the rest pending")
  func cancel() {
    var path = ScriptedPath(Self.threeHops)
    path.run(cancelAt: .zero + .milliseconds(10))
    #expect(path.trace.end == .cancelled)
    #expect(path.trace.hops[0].isAnswered && path.trace.hops[1].isAnswered)
    #expect(path.story.last == "3#0 revised 20.0")
    #expect(path.trace.end == .cancelled)
  }

  @Test("the bound on the whole trace gives up what is pending")
  func overall() {
    var path = ScriptedPath(["10.0.0.1 1ms", "*"]) { $0.overall = .milliseconds(300) }
    path.run()
    #expect(path.trace.end == .overall)
    #expect(path.trace.elapsed == .milliseconds(300))
    #expect(path.trace.hops[1].probes[0].outcome == .givenUp)
  }

  @Test("attempts at one TTL are 50 ms apart, six of them, and then a second", arguments: [8])
  func attempts(queries: Int) {
    var path = ScriptedPath(["203.0.113.80 1ms echo"]) {
      $0.queries = queries
      $0.lastTTL = ttl(1)
    }
    path.run()
    let times = path.launches.map { $0.at - Instant.zero }
    #expect(
      times == [0, 50, 100, 150, 200, 250, 1250, 2250].map { Duration.milliseconds($0) })
    #expect(path.trace.hops[0].responders.first?.replies == 8)
  }

  @Test("interval spaces the launches of a trace")
  func interval() {
    var path = ScriptedPath(["*"]) {
      $0.interval = .milliseconds(10)
      $0.lastTTL = ttl(5)
    }
    path.run()
    #expect(path.launches.map { $0.at - Instant.zero } == [0, 10, 20, 30, 40].map { Duration.milliseconds($0) })
  }

  @Test("a known distance launches two TTLs beyond it, and goes on when the target has moved away")
  func distanceHint() {
    var path = ScriptedPath(Self.threeHops) { $0.distanceHint = ttl(3) }
    path.run()
    #expect(path.launches.map { $0.probe.id.ttl.value } == [1, 2, 3, 4, 5])

    let farther = (1...9).map { "10.0.0.\($0) 1ms" } + ["203.0.113.80 2ms echo"]
    var moved = ScriptedPath(farther) { $0.distanceHint = ttl(3) }
    moved.run()
    #expect(moved.trace.end == .reached(ttl(10)))
    #expect(moved.trace.elapsed == .milliseconds(3))

    var silent = ScriptedPath(["10.0.0.1 1ms"] + Array(repeating: "*", count: 7) + ["203.0.113.80 2ms echo"]) {
      $0.distanceHint = ttl(3)
    }
    silent.run()
    #expect(silent.trace.end == .reached(ttl(9)))
  }

  @Test("after errors that fit several probes, silent TTLs are probed again on sockets of their own")
  func ambiguous() {
    var path = ScriptedPath(["*,10.0.0.1 1ms", "*,10.0.0.2 2ms", "203.0.113.80 3ms port"]) {
      $0.lastTTL = ttl(3)
    }
    path.run(ambiguousErrors: 2)
    #expect(path.trace.hops[0].probes.map(\.probe.ownSocket) == [false, true])
    #expect(path.trace.hops[0].probes[0].isSuperseded)
    #expect(path.trace.hops[1].firstResponder == ScriptedPath.address("10.0.0.2"))
    #expect(path.trace.end == .reached(ttl(3)))
  }

  @Test("the kernel's stamp of a departure remakes the RTT")
  func restamped() {
    var trace = Trace(request: TracerTests.request, began: .zero)
    let id = ProbeID(ttl: .first, attempt: 0)
    let arrival = Instant.zero + .milliseconds(10)
    let reply = Reply(
      responder: ScriptedPath.address("10.0.0.1"), kind: .timeExceeded, arrival: arrival, stamp: .kernel, read: arrival)
    trace.apply(.sent(Probe(id: id, flow: .standard), departure: .zero, stamp: .program))
    trace.apply(.replied(id, reply, rtt: .milliseconds(10)))
    trace.apply(.restamped(id, departure: .zero + .milliseconds(1)))
    #expect(trace[id]?.rtt == .milliseconds(9))
    #expect(trace[id]?.departureStamp == .kernel)
  }

  static var request: TraceRequest {
    TraceRequest(
      target: ScriptedPath.address("203.0.113.80"),
      method: ProbeMethod(protocolName: .icmp, socket: .raw, family: .ipv4))
  }
}
