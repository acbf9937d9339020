import Enrichment
import Packets
import Results
import Statistics
import TestSupport
import Testing
import Tracing

/// Whether two traces were one flow to the load balancers on the way.
extension PathComparisonTests {
  @Test("another target, protocol, port, flow number or source is another flow, and is said to be")
  func flows() throws {
    let path = lines(usual, probes: 1)
    let one = result(path)
    #expect(compare(one, result(path)).flow.isSame)
    #expect(compare(one, result(path) { $0.flow = FlowID(7) }).flow.differences == ["flow number"])
    // What was asked for, or else what routing chose.
    func from(_ host: UInt8, asked: UInt8? = nil) -> TraceResult {
      var known = result(path) { request in request.source = asked.map { IPAddress(192, 0, 2, $0) } }
      known.localAddress = IPAddress(192, 0, 2, host)
      return known
    }
    #expect(compare(from(10), from(99)).flow.differences == ["source address"])
    #expect(compare(from(10), from(10, asked: 99)).flow.differences == ["source address"])
    #expect(compare(from(10), from(10)).flow == compare(one, one).flow)
    #expect(compare(from(10), from(99, asked: 10)).flow.isSame)
    #expect(compare(from(10), one).flow.isSame)
    #expect(compare(from(10), one).flow.doubt == "the source address of one is not known")
    #expect(compare(one, one).flow.doubt == nil)
    // ICMP has no port.
    #expect(compare(one, result(path) { $0.port = 99 }).flow.isSame)
    func udp(_ port: UInt16, _ socket: SocketName) -> TraceResult {
      result(path) {
        $0.method = ProbeMethod(protocolName: .udp, socket: socket, family: .ipv4)
        $0.port = port
      }
    }
    #expect(compare(one, udp(33434, .lab)).flow.differences == ["protocol"])
    #expect(compare(udp(33434, .lab), udp(53, .lab)).flow.differences == ["destination port"])
    let errors = udp(33434, .errqueue)
    #expect(compare(errors, errors).flow.isSame)
    #expect(compare(errors, errors, shareSockets: false).flow.differences == ["source port"])
    let raw = result(path) { $0.method = ProbeMethod(protocolName: .icmp, socket: .raw, family: .ipv4) }
    #expect(compare(raw, raw, shareSockets: false).flow.isSame)
    #expect(compare(raw, raw, shareSockets: false).flow.doubt?.contains("the ICMP identifier") == true)
    #expect(compare(raw, raw).flow.doubt == "the source address of both is not known")
  }

  @Test("same flow, new path and other flow are told apart")
  func flowAndPath() {
    let path = lines(usual, probes: 8)
    let other = lines(["192.0.2.1", "192.0.2.9", "192.0.2.3", "203.0.113.80"], probes: 8)
    let changed = compare(result(path), result(other))
    #expect(changed.flow.isSame && changed.claims.map(\.kind) == [.path])
    #expect(!changed.limits.contains { $0.hasPrefix("other flow") })
    let balanced = compare(result(path), result(other) { $0.flow = FlowID(1) })
    #expect(balanced.limits.contains { $0.hasPrefix("other flow (flow number)") })
    let two = lines(["192.0.2.1", "192.0.2.8", "192.0.2.9", "203.0.113.80"], probes: 1)
    #expect(
      compare(result(lines(usual, probes: 1)), result(two)).limits.contains { $0.hasPrefix("a balancer that spreads") })
  }
}
