import Packets
import Results
import TestSupport
import Testing
import Tracing

@Suite("Findings")
struct FindingsTests {
  /// The names of the findings at a TTL of a trace that ran to its end.
  private func kinds(
    at ttl: Int, _ lines: String, evidence: HostEvidence = HostEvidence()
  ) throws -> [String] {
    var request = ProbeLines.request
    request.queries = 3
    let trace = ProbeLines.trace(lines, request, end: .exhausted, evidence: evidence)
    return Findings(trace)[try #require(TTL(ttl))].map(\.kind.rawValue)
  }

  @Test(
    "each kind is found where it is",
    arguments: [
      ("zero_ttl_forwarding", 2, "1 10.0.0.1 1 quoted=0 \n 2 10.0.0.1 2"),
      ("loop", 3, "1 10.0.0.1 1 \n 2 10.0.0.2 2 \n 3 10.0.0.1 3"),
      ("several_responders", 1, "1 10.0.0.1 1 \n 1 10.0.0.2 1"),
      ("quoted_ttl", 1, "1 10.0.0.1 1 quoted=2"),
      ("mpls_labels", 1, "1 10.0.0.1 1 mpls=16001"),
      ("flow_changed", 1, "1 * \n 1 10.0.0.1 1 own"),
      ("rate_limited", 1, "1 10.0.0.1 1 \n 1 * \n 1 * \n 2 10.0.0.2 1 \n 2 10.0.0.2 1 \n 2 10.0.0.2 1"),
      ("target_time_exceeded", 1, "1 203.0.113.80 1"),
      ("not_sent", 1, "1 unsent"),
      ("late_replies", 1, "1 late 10.0.0.1 12.3"),
    ])
  func isFound(kind: String, ttl: Int, lines: String) throws {
    #expect(try kinds(at: ttl, lines) == [kind])
  }

  @Test(
    "an ordinary hop has none",
    arguments: [
      (2, "1 10.0.0.1 1 \n 2 10.0.0.2 2"),
      // One router at the end of ways of different lengths forwards no spent probe.
      (2, "1 10.0.0.1 1 \n 2 10.0.0.1 2"),
      (1, "1 *"),
      (2, "1 10.0.0.1 1 \n 2 203.0.113.80 2 echo"),
      // Loss, not a limit: a later attempt was answered again.
      (1, "1 10.0.0.1 1 \n 1 * \n 1 10.0.0.1 1 \n 2 10.0.0.2 1 \n 2 10.0.0.2 1 \n 2 10.0.0.2 1"),
      // The path failed behind it too.
      (1, "1 10.0.0.1 1 \n 1 * \n 1 * \n 2 10.0.0.2 1 \n 2 * \n 2 *"),
      // Silence between two answers of one router is no loop.
      (3, "1 10.0.0.1 1 \n 2 * \n 3 10.0.0.1 3"),
      // Another port on the way that was not needed in the end says nothing.
      (1, "1 * \n 1 * own"),
    ])
  func isNotFound(ttl: Int, lines: String) throws {
    #expect(try kinds(at: ttl, lines) == [])
  }

  @Test("silent hops are perhaps lost here when this host's kernel dropped arrivals")
  func perhapsLostHere() throws {
    let lines = "1 10.0.0.1 1 \n 2 * \n 3 10.0.0.3 1"
    let evidence = HostEvidence(dropped: 4)
    #expect(try kinds(at: 1, lines, evidence: evidence) == [])
    #expect(try kinds(at: 2, lines, evidence: evidence) == ["perhaps_lost_here"])
    let ofTrace = Findings(ProbeLines.trace(lines, end: .exhausted, evidence: evidence)).ofTrace
    #expect(ofTrace.map(\.kind) == [.perhapsLostHere])
  }
}

@Suite("Counts of probes")
struct ProbeCountsTests {
  @Test("every probe of the path is counted once, what came from behind the target apart")
  func counts() {
    let trace = ProbeLines.trace(
      """
      1 10.0.0.1 1 duplicate
      2 *
      3 gave-up
      4 late 10.0.0.4 12
      5 10.0.0.5 5 revised
      6 unsent
      7 *                      # superseded by the next
      7 10.0.0.7 7 own
      8 203.0.113.80 8 echo
      9 203.0.113.80 9 echo
      """, end: .reached(.first.advanced(by: 7)), evidence: HostEvidence(foreign: 3, dropped: 2))
    let counts = ProbeCounts(trace)
    #expect(counts.sent == 8)
    #expect(counts.replies == 4)
    #expect(counts.silent == 1)
    #expect(counts.givenUp == 1)
    #expect(counts.late == 1)
    #expect(counts.superseded == 1)
    #expect(counts.pending == 0)
    #expect(counts.revised == 1)
    #expect(counts.duplicate == 1)
    #expect(counts.unsendable == 1)
    #expect(counts.beyond == 1)
    #expect(counts.foreign == 3)
    #expect(counts.dropped == 2)
  }
}
