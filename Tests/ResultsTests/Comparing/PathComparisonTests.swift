import Enrichment
import Packets
import Results
import Statistics
import TestSupport
import Testing
import Tracing

@Suite("The comparison of two paths")
struct PathComparisonTests {
  func result(
    _ text: String, end: TraceEnd? = TTL(4).map { .reached($0) }, _ change: (inout TraceRequest) -> Void = { _ in }
  ) -> TraceResult {
    var request = ProbeLines.request
    change(&request)
    return .sample(ProbeLines.trace(text, request, end: end))
  }

  func compare(_ first: TraceResult, _ second: TraceResult, shareSockets: Bool = true) -> PathComparison {
    PathComparison(
      first, second, labels: ("%1", "%2"), shareSockets: shareSockets, bootstrap: Bootstrap(resamples: 200))
  }

  /// Hops with so many probes each, whose times differ a little: `192.0.2.1 10` has the times 10.0, 10.1, … ms.
  func lines(_ hops: [String], probes: Int, from time: Double = 10) -> String {
    hops.enumerated().flatMap { offset, hop in
      (0..<probes).map { probe in
        let rtt = "\(time + Double(offset) + Double(probe) / 10)"
        return hop == "*" ? "\(offset + 1) *" : "\(offset + 1) \(hop) \(rtt)" + (hop == "203.0.113.80" ? " echo" : "")
      }
    }.joined(separator: "\n")
  }

  let usual = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "203.0.113.80"]

  @Test("a path is like itself: nothing is claimed, and every hop is the same")
  func itself() {
    let one = result(lines(usual, probes: 8))
    let comparison = compare(one, one)
    #expect(comparison.claims == [])
    #expect(comparison.rows.map(\.kind) == [.same, .same, .same, .same])
    #expect(comparison.limits == [])
    #expect(comparison.flow.isSame)
  }

  @Test("a router in another's place, one more and one less are told, and where")
  func changes() {
    let before = result(lines(usual, probes: 8))
    func claim(_ hops: [String], ttl: Int) -> [PathComparison.Claim] {
      compare(before, result(lines(hops, probes: 8), end: TTL(ttl).map { .reached($0) })).claims.filter {
        $0.kind == .path
      }
    }
    let replaced = claim(["192.0.2.1", "192.0.2.9", "192.0.2.3", "203.0.113.80"], ttl: 4)
    #expect(replaced.map(\.sentence) == ["hop 2: 192.0.2.9 in place of 192.0.2.2"])
    #expect(replaced.map(\.ttl) == [2])
    let inserted = claim(["192.0.2.1", "192.0.2.2", "192.0.2.9", "192.0.2.3", "203.0.113.80"], ttl: 5)
    #expect(inserted.map(\.sentence) == ["hop 3 is new: 192.0.2.9"])
    let removed = claim(["192.0.2.1", "192.0.2.3", "203.0.113.80"], ttl: 3)
    #expect(removed.map(\.sentence) == ["hop 2 is gone: 192.0.2.2"])
    let detour = claim(["192.0.2.1", "192.0.2.8", "192.0.2.9", "192.0.2.3", "203.0.113.80"], ttl: 5)
    #expect(detour.map(\.sentence) == ["hops 2-3 in place of hop 2"])
  }

  @Test("a hop that is silent on one side is no change of the path")
  func silence() {
    let before = result(lines(usual, probes: 1))
    let after = result(lines(["192.0.2.1", "*", "192.0.2.3", "203.0.113.80"], probes: 1))
    let comparison = compare(before, after)
    #expect(comparison.claims == [])
    #expect(comparison.rows.map(\.kind) == [.same, .silentSecond, .same, .same])
    #expect(comparison.limits.contains("hop 2 was silent on %2: so few lost probes may be chance"))
  }

  @Test("a router that answered eight probes and then none has fallen silent")
  func fallenSilent() {
    let before = result(lines(usual, probes: 8))
    let comparison = compare(before, result(lines(["192.0.2.1", "*", "192.0.2.3", "203.0.113.80"], probes: 8)))
    #expect(comparison.claims.map(\.kind) == [.loss])
    #expect(comparison.claims.first?.ttl == 2)
    #expect(comparison.claims.first?.sentence.hasPrefix("hop 2 is silent on %2 (0% of 8 lost on %1, 100%") == true)
  }

  @Test("silence from a hop to the end is told where the probes of its hops together are beyond chance")
  func silentEnd() {
    let long = usual.dropLast() + ["192.0.2.4", "203.0.113.80"]
    func pair(_ answered: Int, probes: Int) -> (TraceResult, TraceResult) {
      let hops = long.prefix(answered) + Array(repeating: "*", count: 7 - answered)
      return (
        result(lines(Array(long), probes: probes), end: TTL(5).map { .reached($0) }),
        result(lines(Array(hops), probes: probes), end: .exhausted)
      )
    }
    // 2 / C(10, 5) is 0.008, 2 / C(6, 3) is 0.1.
    let (five, none) = pair(0, probes: 1)
    #expect(compare(five, none).claims.map(\.sentence) == ["no answer on %2 from hop 1 on"])
    let (before, perhaps) = pair(2, probes: 1)
    for (comparison, label) in [(compare(before, perhaps), "%2"), (compare(perhaps, before), "%1")] {
      #expect(comparison.claims == [])
      #expect(comparison.limits.contains("no answer on \(label) from hop 3 on: may be chance, '-q 3' tells"))
      #expect(!comparison.limits.contains { $0.contains("was silent on") })
    }
    let (often, broken) = pair(2, probes: 3)
    #expect(compare(often, broken).claims.map(\.sentence) == ["no answer on %2 from hop 3 on"])
    #expect(compare(often, broken).claims.map(\.ttl) == [3])
    let (two, short) = pair(3, probes: 1)
    #expect(compare(two, short).claims == [])
    #expect(compare(short, two).claims == [])
  }

  @Test("where no hop answered on both it does not say that nothing differs")
  func nothing() {
    let silent = result(lines(["*", "*", "*", "*"], probes: 1), end: .exhausted)
    #expect(compare(silent, silent).verdict == "nothing to compare: no hop answered on both")
    #expect(compare(result(lines(usual, probes: 1)), silent).verdict == "nothing to compare: no hop answered on both")
  }

  @Test("one more hop is one hop")
  func moreHops() {
    let before = result(lines(usual, probes: 1))
    let after = result(lines(["192.0.2.1", "*", "*", "203.0.113.80"], probes: 1))
    #expect(
      compare(before, after).limits.contains(
        "hop 2 was silent on %2, and 1 more hop: so few lost probes may be chance"))
  }

  @Test("a path that was probed less far is not a shorter path")
  func notProbed() {
    let before = result(lines(usual, probes: 1))
    let short = result(lines(Array(usual.prefix(2)), probes: 1), end: .exhausted) {
      $0.lastTTL = .first.advanced(by: 1)
    }
    let comparison = compare(before, short)
    #expect(comparison.claims == [])
    #expect(comparison.rows.map(\.kind) == [.same, .same, .silentSecond, .silentSecond])
    #expect(comparison.limits.contains("%2 was not probed beyond hop 2"))
  }

  @Test("a target whose answers were lost at its own TTL is not farther away")
  func targetLost() {
    let before = result(lines(usual, probes: 1))
    let after = result(
      lines(usual.dropLast() + ["*", "203.0.113.80"], probes: 1), end: TTL(5).map { .reached($0) })
    let comparison = compare(before, after)
    #expect(comparison.claims == [])
    #expect(comparison.rows.map(\.kind) == [.same, .same, .same, .unclear, .same])
    let two = result(
      lines(Array(usual.prefix(2)) + ["*", "*", "203.0.113.80"], probes: 1), end: TTL(5).map { .reached($0) })
    #expect(compare(before, two).claims == [])
    #expect(compare(two, before).claims == [])
  }

  @Test("where all routers are others, a silent hop is none of them")
  func otherPath() {
    let before = result(lines(usual, probes: 8))
    let other = ["192.0.2.1", "198.51.100.2", "*", "198.51.100.4", "198.51.100.5", "203.0.113.80"]
    let comparison = compare(before, result(lines(other, probes: 8), end: TTL(6).map { .reached($0) }))
    #expect(comparison.claims.filter { $0.kind == .path }.map(\.sentence) == ["hops 2-5 in place of hops 2-3"])
    #expect(!comparison.claims.contains { $0.kind == .loss })
    #expect(
      comparison.rows.map(\.kind) == [.same, .removed, .removed, .inserted, .inserted, .inserted, .inserted, .same])
  }

  @Test("paths to two targets with no hop in common are listed one behind the other, and their silence is nobody's")
  func nothingInCommon() {
    let before = result(lines(usual, probes: 1))
    for hops in [
      ["*", "198.51.100.2", "198.51.100.3", "198.51.100.80"], ["198.51.100.2", "*", "198.51.100.80"],
      ["198.51.100.2", "*", "*", "*"],
    ] {
      let other = result(lines(hops, probes: 1), end: TTL(hops.count).map { .reached($0) }) {
        $0.target = IPAddress(198, 51, 100, 80)
      }
      let comparison = compare(before, other)
      let kinds = Array(repeating: HopComparison.Kind.removed, count: 4) + hops.map { _ in .inserted }
      #expect(comparison.rows.map(\.kind) == kinds, "\(hops)")
      #expect(comparison.rows.allSatisfy { $0.loss == nil })
      #expect(comparison.claims.map(\.sentence) == ["the paths have no hop in common"])
      #expect(comparison.verdict == "two targets, two paths")
      #expect(!comparison.limits.contains { $0.contains("silent on") })
    }
  }

  @Test("behind the hop where paths to two targets part, a silent hop is none of the other path's")
  func parting() {
    let before = result(lines(usual, probes: 1))
    let other = result(
      lines(["192.0.2.1", "198.51.100.2", "*", "*"], probes: 1), end: .exhausted
    ) {
      $0.target = IPAddress(198, 51, 100, 80)
    }
    let kinds: [HopComparison.Kind] = [
      .same, .removed, .removed, .removed, .inserted, .inserted, .inserted,
    ]
    #expect(compare(before, other).rows.map(\.kind) == kinds)
  }

  @Test("hops that one path was not asked for are not gone", arguments: [true, false])
  func firstTTL(isSecond: Bool) throws {
    let whole = result(lines(usual, probes: 8))
    let third = try #require(TTL(3))
    let rest = lines(usual, probes: 8).split(separator: "\n").dropFirst(16).joined(separator: "\n")
    let part = result(rest) { $0.firstTTL = third }
    let comparison = isSecond ? compare(whole, part) : compare(part, whole)
    #expect(comparison.claims == [])
    #expect(comparison.rows.map(\.kind) == [.same, .same])
    #expect(comparison.rows.map { $0.first?.ttl } == [3, 4])
    #expect(comparison.rows.map { $0.second?.ttl } == [3, 4])
    #expect(comparison.rows.map { $0.shift?.difference.microseconds } == [0, 0])
    #expect(comparison.limits == ["hops before 3 were not asked for on \(isSecond ? "%2" : "%1")"])
    #expect(comparison.verdict == "no difference beyond chance")
  }

  @Test("a path that ended before the other was asked is no other path")
  func beyond() throws {
    let tenth = try #require(TTL(10))
    let beyond = result("10 203.0.113.80 4 echo", end: .reached(tenth)) { $0.firstTTL = tenth }
    let comparison = compare(result(lines(usual, probes: 1)), beyond)
    #expect(comparison.claims == [])
    #expect(comparison.rows == [])
    #expect(comparison.limits.contains("hops before 10 were not asked for on %2"))
  }

  @Test("a path that was waited for less is neither silent nor losing: both are judged at the smaller timeout")
  func timeouts() {
    let hops = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "203.0.113.80"]
    let end = TTL(6).map { TraceEnd.reached($0) }
    // From hop 4 on every answer takes 13 ms or more.
    let long = result(lines(hops, probes: 8), end: end)
    let near = lines(Array(hops.prefix(3)), probes: 8)
    let late = (4...6).flatMap { hop in Array(repeating: "\(hop) late \(hops[hop - 1]) 3", count: 8) }
    let short = result(near + "\n" + late.joined(separator: "\n"), end: .exhausted) {
      $0.timeout = .milliseconds(12.95)
    }
    for comparison in [compare(long, short), compare(short, long)] {
      #expect(comparison.claims == [])
      #expect(comparison.rows.map(\.kind) == [.same, .same, .same, .silent, .silent, .silent])
      #expect(comparison.limits.contains { $0.hasPrefix("timeouts ") && $0.hasSuffix(": both judged at 12.95 ms") })
    }
    #expect(compare(long, short).first.timeout?.exact == "1 s")
    #expect(compare(long, long).limits == [])
  }

  @Test("an answer that an impatient trace gave up came in time for a comparison when it came within the timeout")
  func impatient() {
    let rows = lines(usual, probes: 8).split(separator: "\n").map(String.init)
    let events = ProbeLines.events(
      (rows[..<16] + Array(repeating: "3 late 192.0.2.3 -988", count: 8) + rows[24...]).joined(separator: "\n"))
    var trace = Trace(request: ProbeLines.request, began: ProbeLines.beginning)
    for event in events { trace.apply(event) }
    if let end = TTL(4).map({ TraceEnd.reached($0) }) { trace.apply(.finished(end, at: ProbeLines.beginning)) }
    let comparison = compare(result(lines(usual, probes: 8)), .sample(trace))
    #expect(comparison.rows.map(\.kind) == [.same, .same, .same, .same])
    #expect(comparison.second.hops[2].answered == 8)
  }

  @Test("a delay is named once, by the first hop that has it")
  func delay() {
    let before = result(lines(usual, probes: 8))
    let after = result(
      lines(Array(usual.prefix(1)), probes: 8) + "\n"
        + lines(usual, probes: 8, from: 15).split(separator: "\n").dropFirst(8).joined(separator: "\n"))
    let comparison = compare(before, after)
    #expect(comparison.claims.map(\.kind) == [.shift])
    #expect(comparison.claims.first?.ttl == 2)
    #expect(comparison.claims.first?.sentence.hasPrefix("from hop 2 on +5.0 ms (at hop 4 +") == true)
    #expect(comparison.rows.map(\.isDifferent) == [false, true, true, true])
    let back = compare(after, before)
    #expect(back.claims.first?.sentence.hasPrefix("from hop 2 on -5.0 ms") == true)
  }

  @Test("a router that answers later than those behind it is told from a slower path")
  func slowRouter() {
    let before = result(lines(usual, probes: 8))
    let slow = lines(usual, probes: 8, from: 30).split(separator: "\n")[8..<16]
    let rows = lines(usual, probes: 8).split(separator: "\n")
    let after = result((rows[..<8] + slow + rows[16...]).joined(separator: "\n"))
    let claims = compare(before, after).claims
    #expect(claims.map(\.ttl) == [2])
    #expect(
      claims.first?.sentence.hasSuffix("; hops behind are as before, so it is the answering and not the path") == true)
  }

  /// Hop 2 is 20 ms later on the second path, by eight probes; the hops behind have so many probes.
  private func slowHop(behind probes: Int) -> PathComparison {
    func path(_ second: Double) -> TraceResult {
      let rows = [10, second, 10, 10].map { lines(usual, probes: 8, from: $0).split(separator: "\n").map(String.init) }
      return result(
        (rows[0][..<8] + rows[1][8..<16] + rows[2][16..<(16 + probes)] + rows[3][24..<(24 + probes)])
          .joined(separator: "\n"))
    }
    return compare(path(10), path(30))
  }

  @Test("that the path is as before is said only where hops behind could have told")
  func noEvidence() {
    for (probes, isTold) in [(8, true), (2, false)] {
      let claims = slowHop(behind: probes).claims
      #expect(claims.map(\.ttl) == [2])
      #expect(claims.first?.sentence.contains("hops behind are as before") == isTold)
    }
  }

  @Test("that the path loses nothing is said only where hops behind could have told")
  func noEvidenceOfLoss() {
    func path(_ lost: Int, behind: Int) -> TraceResult {
      let all = (0..<20).flatMap { probe in
        ["1 192.0.2.1 10", probe < lost ? "2 *" : "2 192.0.2.2 11"]
          + (probe < 6 ? ["3 192.0.2.3 12", probe < behind ? "4 *" : "4 203.0.113.80 13 echo"] : [])
      }
      return result(all.joined(separator: "\n"))
    }
    let claims = compare(path(0, behind: 0), path(16, behind: 0)).claims
    #expect(claims.map(\.kind) == [.loss])
    #expect(claims.first?.sentence.contains("the path loses nothing") == false)
  }

  @Test("a shift over several hops is shown with the p of the hop that its interval is of")
  func ownP() throws {
    let before = result(lines(usual, probes: 8))
    let rows = [10.0, 15, 15, 15].map { lines(usual, probes: 8, from: $0).split(separator: "\n").map(String.init) }
    let after = result(
      (rows[0][..<8] + rows[1][8..<16] + rows[2][16..<24] + rows[3][24..<29]).joined(separator: "\n"))
    let comparison = compare(before, after)
    let last = try #require(comparison.rows.last?.shift)
    let third = try #require(comparison.rows[2].shift)
    #expect(last.adjustedP != third.adjustedP)
    let p = Int((try #require(last.adjustedP) * 1000).rounded())
    #expect(comparison.claims.first?.sentence.contains("at hop 4 ") == true)
    #expect(comparison.claims.first?.sentence.contains("p=0.00\(p))") == true, "\(comparison.claims)")
  }

  @Test("two delays on two links are two claims")
  func twoDelays() {
    let before = result(lines(usual, probes: 8))
    let rows = [10, 15, 15, 25].map { lines(usual, probes: 8, from: $0).split(separator: "\n") }
    let after = result(rows.enumerated().flatMap { $1[($0 * 8)..<($0 * 8 + 8)] }.joined(separator: "\n"))
    let claims = compare(before, after).claims
    #expect(claims.map(\.ttl) == [2, 4])
    #expect(claims.first?.sentence.hasPrefix("hops 2-3 +5.0 ms") == true)
    #expect(claims.last?.sentence.hasPrefix("hop 4 +15.0 ms") == true)
  }

  @Test("with one probe a hop it says what cannot be told, and how many would do")
  func oneProbe() {
    let before = result(lines(usual, probes: 1))
    let comparison = compare(before, result(lines(usual, probes: 1, from: 90)))
    #expect(comparison.claims == [])
    // 2 / C(2n, n) is 0.0286 for n = 4 and 0.0079 for n = 5; the last hop has a third of 0.05.
    #expect(comparison.leastQueries == 5)
    #expect(comparison.limits.first?.contains("'-q 5' is the least") == true)
    #expect(compare(result(lines(usual, probes: 5)), result(lines(usual, probes: 5, from: 90))).leastQueries == nil)
  }

  @Test("another AS on the way is told, and an AS that is only unknown is not")
  func systems() {
    let knowledge = "192.0.2.2 - 64500=A\n192.0.2.3 - 64501=B\n192.0.2.9 - 64502=C\n203.0.113.80 - 64510=D"
    func known(_ hops: [String], _ knowledge: String) -> TraceResult {
      .sample(
        ProbeLines.trace(lines(hops, probes: 8), end: TTL(4).map { .reached($0) }), kinds: [.autonomousSystems],
        knowledge: knowledge)
    }
    let other = ["192.0.2.1", "192.0.2.9", "192.0.2.3", "203.0.113.80"]
    let claims = compare(known(usual, knowledge), known(other, knowledge)).claims
    #expect(claims.map(\.kind) == [.path, .systems])
    #expect(claims.last?.sentence == "AS path 64502 64501 64510 instead of 64500 64501 64510")
    #expect(compare(known(usual, knowledge), known(other, "")).claims.map(\.kind) == [.path])
    #expect(compare(known(usual, knowledge), known(usual, "")).claims == [])
    var request = ProbeLines.request
    request.firstTTL = TTL.first.advanced(by: 2)
    let part = TraceResult.sample(
      ProbeLines.trace("3 192.0.2.3 12\n4 203.0.113.80 13 echo", request, end: TTL(4).map { .reached($0) }),
      kinds: [.autonomousSystems], knowledge: knowledge)
    #expect(compare(known(usual, knowledge), part).first.systems == [64501, 64510])
  }

  @Test("a router that limits its answers loses nothing, and is not compared for it")
  func rateLimited() {
    let before = result(lines(usual, probes: 8))
    let rows = lines(usual, probes: 8).split(separator: "\n").map(String.init)
    let after = result((rows[..<9] + Array(repeating: "2 *", count: 7) + rows[16...]).joined(separator: "\n"))
    let comparison = compare(before, after)
    #expect(comparison.claims == [])
    #expect(comparison.limits == ["hop 2 seems to limit how often it answers: its losses are not compared"])
  }

  @Test("it comes back from its JSON as it was")
  func coding() throws {
    let comparison = compare(result(lines(usual, probes: 8)), result(lines(usual, probes: 6, from: 12)))
    let json = ResultCoding.encode(
      PathComparisonDocument(comparison, id: try #require(ResultID("@k7f3")), version: "1.0"))
    let document = try ResultCoding.decodeComparison(json)
    #expect(ResultCoding.encode(document) == json)
    #expect(document.comparison.claims == comparison.claims)
    #expect(throws: ResultCodingError.newer(schema: 99)) {
      try ResultCoding.decodeComparison(json.replacing("\"schema\":1", with: "\"schema\":99"))
    }
    #expect(throws: ResultCodingError.self) { try ResultCoding.decodeComparison("{}") }
  }
}
