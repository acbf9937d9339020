import Packets
import Testing
import Time

@testable import Tracing

@Suite("Where a path ends")
struct PathEndTests {
  @Test("an echo reply ends the path only from the target itself")
  func echoFromElsewhere() {
    var path = ScriptedPath(["10.0.0.1 1ms echo", "203.0.113.80 2ms echo"])
    path.run()
    #expect(path.trace.end == .reached(ttl(2)))
  }

  @Test("a port unreachable ends it from anyone")
  func portUnreachable() {
    var path = ScriptedPath(["10.0.0.1 1ms", "192.0.2.77 2ms port"])
    path.run()
    #expect(path.trace.end == .reached(ttl(2)))
  }

  @Test("a time exceeded from the target's own address is a hop")
  func timeExceededFromTarget() {
    var path = ScriptedPath(["203.0.113.80 1ms", "10.0.0.2 1ms", "203.0.113.80 2ms echo"])
    path.run()
    #expect(path.trace.end == .reached(ttl(3)))
  }

  @Test("a router's unreachable ends it when nothing answered behind, and the wait is cut short")
  func unreachable() {
    var path = ScriptedPath(["10.0.0.1 1ms", "10.0.0.2 5ms !H", "*"])
    path.run()
    #expect(path.trace.end == .unreachable(ttl(2), UnreachableCode(family: .ipv4, type: 3, code: 1)))
    #expect(path.trace.elapsed == .milliseconds(100))
    #expect(path.trace.path.count == 2)
  }

  @Test("a router's unreachable is a remark when a higher TTL answered")
  func unreachableButPassed() {
    var path = ScriptedPath(["10.0.0.1 1ms", "10.0.0.2 5ms !X", "203.0.113.80 30ms echo"])
    path.run()
    #expect(path.trace.end == .reached(ttl(3)))

    var short = ScriptedPath(["10.0.0.1 1ms", "10.0.0.2 5ms !X", "10.0.0.3 9ms", "*"]) { $0.lastTTL = ttl(4) }
    short.run()
    #expect(short.trace.end == .exhausted)
  }

  @Test("a router that refuses every probe ends it at the lowest TTL, unless another router refuses behind it")
  func refusesAll() {
    var path = ScriptedPath(["10.0.0.1 1ms"] + (2...30).map { _ in "10.0.0.2 5ms !H" })
    path.run()
    #expect(path.trace.end == .unreachable(ttl(2), UnreachableCode(family: .ipv4, type: 3, code: 1)))

    var passed = ScriptedPath(["10.0.0.1 1ms !X", "10.0.0.2 5ms !X", "10.0.0.2 6ms !X"]) { $0.lastTTL = ttl(3) }
    passed.run()
    #expect(passed.trace.end == .unreachable(ttl(2), UnreachableCode(family: .ipv4, type: 3, code: 13)))
  }

  @Test("one responder at two TTLs with another between is a loop; the result stops where it closes")
  func loop() {
    var path = ScriptedPath(["10.0.0.1 1ms"] + (0..<29).map { $0 % 2 == 0 ? "10.0.0.2 2ms" : "10.0.0.3 3ms" })
    path.run()
    #expect(path.trace.end == .loop(ttl(4)))
    #expect(path.trace.path.count == 4)
    #expect(path.trace.elapsed == .milliseconds(3))
  }

  @Test("adjacent equals are no loop, and neither is a silence between equals")
  func notALoop() {
    var path = ScriptedPath(["10.0.0.1 1ms", "10.0.0.2 2ms", "10.0.0.2 2ms", "203.0.113.80 9ms echo"])
    path.run()
    #expect(path.trace.end == .reached(ttl(4)))

    var silent = ScriptedPath(["10.0.0.1 1ms", "*", "10.0.0.1 2ms", "*"]) { $0.lastTTL = ttl(4) }
    silent.run()
    #expect(silent.trace.end == .exhausted)
  }

  @Test("a target behind what looks like a loop wins")
  func targetBehindLoop() {
    var path = ScriptedPath(["10.0.0.1 1ms", "10.0.0.2 2ms", "10.0.0.1 3ms", "203.0.113.80 9ms echo"])
    path.run()
    #expect(path.trace.end == .reached(ttl(4)))
  }

  @Test("gap-limit cuts the result that many silent TTLs behind the last responder")
  func gapLimit() {
    var path = ScriptedPath(["10.0.0.1 1ms", "*", "10.0.0.3 3ms", "*"]) { $0.gapLimit = 3 }
    path.run()
    #expect(path.trace.end == .gapLimit)
    #expect(path.trace.path.map(\.ttl.value) == [1, 2, 3, 4, 5, 6])

    var sequential = ScriptedPath(["10.0.0.1 1ms", "*"]) {
      $0.gapLimit = 3
      $0.window = 1
    }
    sequential.run()
    #expect(sequential.launches.count == 4)
    #expect(sequential.trace.end == .gapLimit)
  }

  @Test("nothing at all is exhausted, and every TTL is listed")
  func exhausted() {
    var path = ScriptedPath(["*"])
    path.run()
    #expect(path.trace.end == .exhausted)
    #expect(path.trace.path.count == 30)
    #expect(path.trace.elapsed == .seconds(1))
  }

  @Test("markers are those of traceroute")
  func markers() {
    let v4 = (0...15).map { UnreachableCode(family: .ipv4, type: 3, code: $0).marker }
    #expect(
      v4 == [
        "!N", "!H", "!P", "!p", "!F-0", "!S", "!U", "!W", "!I", "!A", "!Z", "!Q", "!T", "!X", "!V", "!C",
      ])
    #expect(UnreachableCode(family: .ipv4, type: 3, code: 4, mtu: 1400).marker == "!F-1400")
    #expect(UnreachableCode(family: .ipv4, type: 3, code: 99).marker == "!<99>")
    let v6 = (0...4).map { UnreachableCode(family: .ipv6, type: 1, code: $0).marker }
    #expect(v6 == ["!N", "!X", "!S", "!H", "!p"])
    #expect(UnreachableCode(family: .ipv6, type: 2, code: 0, mtu: 1280).marker == "!F-1280")
  }
}
