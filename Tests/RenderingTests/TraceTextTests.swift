import Enrichment
import Packets
import Rendering
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("A trace as text")
struct TraceTextTests {
  private func request(_ change: (inout TraceRequest) -> Void) -> TraceRequest {
    var request = ProbeLines.request
    change(&request)
    return request
  }

  private func ttl(_ number: Int) throws -> TTL { try #require(TTL(number)) }

  private let unreachable = UnreachableCode(family: .ipv4, type: 3, code: 1)

  @Test("the heading says what is asked, of whom, and how")
  func heading() {
    let performance = Performance()
    performance.begin()
    #expect(
      performance.console.output == [
        "trace to demo.test (203.0.113.80), max 30 hops, timeout 1 s, ICMP, lab demo"
      ])
  }

  @Test("an address as target is not said twice; attempts are said when there are several")
  func headingOfAddress() {
    let performance = Performance()
    let request = request {
      $0.queries = 3
      $0.timeout = .milliseconds(70)
      $0.method = ProbeMethod(protocolName: .udp, socket: .errqueue, family: .ipv4)
    }
    performance.begin(0, "203.0.113.80", request: request)
    #expect(
      performance.console.output == [
        "trace to 203.0.113.80, max 30 hops, 3 attempts each, timeout 70 ms, UDP by error queue"
      ])
  }

  @Test("reached, with a hop that was given up")
  func reached() throws {
    let text = try Performance.text(
      """
      1 192.168.1.1 0.412
      2 gave-up
      3 198.51.100.129 16.704999
      4 203.0.113.80 46.2 echo
      """, end: .reached(ttl(4)))
    #expect(
      text == """
         1  192.168.1.1        0.412 ms
         2  * given up
         3  198.51.100.129    16.705 ms
         4  203.0.113.80      46.200 ms
        reached in 4 hops, 46.2 ms; 4 probes, 3 replies, 1 given up
        """)
  }

  @Test("several attempts and responders keep their columns")
  func severalResponders() throws {
    let request = request { $0.queries = 3 }
    let text = try Performance.text(
      """
      1 10.0.0.1 1
      1 10.0.0.2 2.5
      1 10.0.0.1 1234.5678
      2 *
      2 *
      2 gave-up
      3 *
      3 203.0.113.80 9 echo
      3 203.0.113.80 8 echo
      """, request, end: .reached(ttl(3)))
    #expect(
      text == """
         1  10.0.0.1           1.000 ms             1234.568 ms
            10.0.0.2                       2.500 ms
         2  *  *  * given up
         3  203.0.113.80              *    9.000 ms    8.000 ms
        reached in 3 hops, 8.0 ms; 9 probes, 5 replies, 3 silent, 1 given up
        """)
  }

  @Test("silence at the end is one row, silence in the middle is not")
  func exhausted() {
    let text = Performance.text(
      "1 10.0.0.1 1 \n 2 * \n 3 10.0.0.3 3 \n 4 * \n 5 * \n 6 *", request { $0.lastTTL = .first.advanced(by: 5) },
      end: .exhausted)
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
         2  *
         3  10.0.0.3           3.000 ms
        4–6  no answer
        not reached: no answer from hop 4 on; 6 probes, 2 replies, 4 silent
        """)
  }

  @Test("silence everywhere is one row too")
  func silent() {
    let text = Performance.text("1 * \n 2 *", request { $0.lastTTL = .first.advanced(by: 1) }, end: .exhausted)
    #expect(text == "1–2  no answer\nnot reached: no answer from any hop; 2 probes, 0 replies, 2 silent")
  }

  @Test("a path longer than the last TTL is said to be so")
  func tooLong() {
    let text = Performance.text("1 10.0.0.1 1", request { $0.lastTTL = .first }, end: .exhausted)
    #expect(text.hasSuffix("not reached: 1 hop was not enough; 1 probe, 1 reply"))
  }

  @Test("a router's unreachable shows its mark, and who sent it")
  func unreachableHost() throws {
    let text = try Performance.text(
      "1 10.0.0.1 1 \n 2 10.0.0.2 20 !H \n 3 *", end: .unreachable(ttl(2), unreachable))
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
         2  10.0.0.2          20.000 ms !H
        host unreachable (!H) at hop 2, from 10.0.0.2; 2 probes, 2 replies
        """)
  }

  @Test("a loop names both places")
  func loop() throws {
    let text = try Performance.text("1 10.0.0.1 1 \n 2 10.0.0.2 2 \n 3 10.0.0.1 3 \n 4 10.0.0.2 4", end: .loop(ttl(3)))
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
         2  10.0.0.2           2.000 ms
         3  10.0.0.1           3.000 ms  loop
        loop at hop 3: 10.0.0.1 answered at hop 1 already; 3 probes, 3 replies
        """)
  }

  @Test("the gap limit cuts the rows")
  func gapLimit() {
    let text = Performance.text(
      "1 10.0.0.1 1 \n 2 * \n 3 * \n 4 *", request { $0.gapLimit = 2 }, end: .gapLimit)
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
        2–3  no answer
        not reached: no answer from hop 2 on (gap limit 2); 3 probes, 1 reply, 2 silent
        """)
  }

  @Test("a trace that was stopped keeps what came, and what was not waited for")
  func cancelled() {
    let text = Performance.text(
      "1 10.0.0.1 1 \n 2 pending \n 3 10.0.0.3 3 \n 4 * \n 5 pending", end: .cancelled)
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
         2  …
         3  10.0.0.3           3.000 ms
        4–5  no answer yet
        stopped by you after hop 3; 5 probes, 2 replies, 1 silent, 2 not waited for
        """)
  }

  @Test("stopped before anything came, and stopped after the target had answered")
  func cancelledEarlyAndLate() {
    #expect(
      Performance.text("1 pending", end: .cancelled)
        == " 1  no answer yet\nstopped by you before any answer; 1 probe, 0 replies, 1 not waited for")
    #expect(
      Performance.text("1 pending \n 2 203.0.113.80 5 echo", end: .cancelled).hasSuffix(
        "stopped by you after hop 2; reached in 2 hops, 5.0 ms; 2 probes, 1 reply, 1 not waited for"))
  }

  @Test("the bound on the whole trace is named")
  func overall() {
    let text = Performance.text("1 10.0.0.1 1 \n 2 gave-up", request { $0.overall = .seconds(2) }, end: .overall)
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
         2  no answer, given up
        not reached: time was up after hop 1 (overall 2 s); 2 probes, 1 reply, 1 given up
        """)
  }

  @Test("a trace that could not be sent shows why, and no rows")
  func failed() {
    let failure = SendFailure(
      call: "sendmmsg", errno: 101, reason: "Network is unreachable", advice: "'ip route' shows the routes")
    #expect(
      Performance.text("1 unsent \n 2 unsent", end: .failed(failure))
        == "failed: sendmmsg: Network is unreachable")
  }

  @Test("late, revised, duplicate, unsent and dropped are marked and counted")
  func oddities() throws {
    let text = try Performance.text(
      """
      1 10.0.0.1 1 duplicate
      2 late 10.0.0.2 12.3
      3 10.0.0.3 3 revised
      4 unsent
      5 *
      5 10.0.0.5 5 own
      6 203.0.113.80 6 echo
      """, end: .reached(ttl(6)), evidence: HostEvidence(dropped: 3))
    #expect(
      text == """
         1  10.0.0.1           1.000 ms
         2  *  late 12.3 ms from 10.0.0.2
         3  10.0.0.3           3.000 ms
         4  not sent  (sendmmsg: Network is unreachable)
         5  10.0.0.5           5.000 ms  flow changed
         6  203.0.113.80       6.000 ms
        reached in 6 hops, 6.0 ms; 6 probes, 4 replies, 1 late, 1 sent again, 1 revised, 1 duplicate, 1 not sent, 3 dropped by this host's kernel
        note: This host's kernel dropped 3 arrivals unread; silent hops are perhaps lost here
        """)
  }

  @Test("labels and other oddities of a reply stand behind its times")
  func marks() {
    let text = Performance.text(
      "1 10.0.0.1 1 mpls=16001 quoted=0 \n 2 10.0.0.1 2", request { $0.lastTTL = .first.advanced(by: 1) },
      end: .exhausted)
    #expect(
      text == """
         1  10.0.0.1           1.000 ms  <MPLS:L=16001,E=0,S=1,T=1>  quoted TTL not 1
         2  10.0.0.1           2.000 ms  zero-TTL forwarding
        not reached: 2 hops were not enough; 2 probes, 2 replies
        """)
  }

  @Test("a limit on answers, known only in the end, is a note")
  func rateLimited() throws {
    let text = try Performance.text(
      "1 10.0.0.1 1 \n 1 * \n 2 203.0.113.80 2 echo \n 2 203.0.113.80 3 echo", request { $0.queries = 2 },
      end: .reached(ttl(2)))
    #expect(
      text.hasSuffix(
        "note: hop 1: Answered the first 1 of 2 attempts while hops behind it answered later ones: "
          + "it seems to limit how often it answers"))
  }

  @Test("IPv6 addresses widen their column as far as is known")
  func ipv6() throws {
    let target = try #require(IPAddress("2001:db8::80"))
    let request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv6))
    let text = try Performance.text(
      """
      1 fe80::1 0.4
      2 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff 12
      3 2001:db8::80 30 echo
      """, request, end: .reached(ttl(3)))
    #expect(
      text == """
         1  fe80::1                                   0.400 ms
         2  2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff   12.000 ms
         3  2001:db8::80                             30.000 ms
        reached in 3 hops, 30.0 ms; 3 probes, 3 replies
        """)
  }

  @Test("each sign that help explains is one that rows show")
  func legend() throws {
    let probes = """
      1 10.0.0.1 1 mpls=16001 quoted=0
      2 10.0.0.1 2 interface=eth0 object=1/2
      3 *
      3 10.0.0.3 3 own
      4 late 10.0.0.4 12.3
      5 unsent
      6 gave-up
      7 10.0.0.7 7 !H
      8 10.0.0.3 8
      9 203.0.113.80 9
      10 pending
      11 10.0.0.11 11
      12 *
      """
    let request = request { $0.timeout = .milliseconds(70) }
    let performance = Performance()
    func result(_ trace: Trace, _ knowledge: String) -> TraceResult {
      var result = TraceResult.sample(
        trace, kinds: [.names, .autonomousSystems, .segments], knowledge: knowledge)
      result.hasShortTimeout = true
      return result
    }
    let waiting = "10.0.0.1 … 64500=EXAMPLE,ZZ \n waited 10.0.0.1 \n 203.0.113.80 none none \n public fail"
    performance.tell(.began(slot: 0, result(Trace(request: request, began: ProbeLines.beginning), waiting)))
    performance.probes(probes, request: request)
    let trace = ProbeLines.trace(probes, request, end: .exhausted)
    performance.tell(.finished(slot: 0, result(trace, waiting + "\n 10.0.0.1 r1.test 64500=EXAMPLE,ZZ")))
    let text = performance.console.output.joined(separator: "\n")
    for entry in Sign.inRows { #expect(text.contains(entry.sign), "\(entry.sign)") }
  }
}
