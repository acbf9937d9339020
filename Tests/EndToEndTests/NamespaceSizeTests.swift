import Glibc
import Packets
import Probing
import Testing
import Tracing

@Suite(
  "Sizes and flows over kernel routers", .serialized, .enabled(if: NamespaceChain.isPossible, NamespaceChain.reason))
struct NamespaceSizeTests {
  typealias Way = NamespaceTraceTests.Way

  /// A chain whose third link takes 1,400 bytes, the others 1,500.
  private static func withNarrowLink(_ body: (NamespaceChain, NamespaceHost) async throws -> Void) async throws {
    try await NamespaceChain.with(routers: 3) { chain in
      try await NamespaceChain.run(
        "ip -n \(chain.name(2)) link set right mtu 1400\nip -n \(chain.name(3)) link set left mtu 1400\n")
      let host = try await NamespaceHost(in: chain)
      try await body(chain, host)
      await host.shutDown()
    }
  }

  @Test("a probe too long for a link ends there, with the link's MTU", arguments: NamespaceTraceTests.ways)
  func narrowLink(_ way: Way) async throws {
    try await Self.withNarrowLink { chain, host in
      var request = TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket)
      request.size = 1_450
      let trace = await host.trace(request)
      #expect(
        trace.answers.prefix(3) == [chain.near(1, way.family), chain.near(2, way.family), chain.near(2, way.family)])
      guard case .unreachable(let ttl, let code) = trace.end else {
        Issue.record("It ended by \(String(describing: trace.end))")
        return
      }
      #expect(ttl.value == 3 && code.marker == "!F-1400")
      // The same probe fits when it is as long as the link takes, and knows of no earlier answer.
      request.size = 1_400
      #expect(await host.trace(request).answers == chain.path(way.family))
    }
  }

  @Test("a probe that may be fragmented arrives, and its socket goes back", arguments: NamespaceTraceTests.ways)
  func fragmented(_ way: Way) async throws {
    // Over IPv6 no router fragments.
    guard way.family == .ipv4 else { return }
    try await Self.withNarrowLink { chain, host in
      var request = TraceRequest.patient(chain.target(.ipv4), way.protocolName, way.socket)
      request.size = 1_450
      request.dontFragment = false
      #expect(await host.trace(request).answers == chain.path(.ipv4))
      request.dontFragment = true
      #expect(await host.trace(request).answers.contains(chain.target(.ipv4)) == false)
    }
  }

  @Test("a probe too long for this host's own link is unsendable, and says why", arguments: NamespaceTraceTests.ways)
  func tooLong(_ way: Way) async throws {
    try await Self.withNarrowLink { chain, host in
      var request = TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket)
      request.size = 1_501
      request.lastTTL = .first
      let trace = await host.trace(request)
      guard case .unsendable(let failure) = trace.hops.first?.probes.first?.outcome else {
        Issue.record("Not unsendable: \(trace.hops)")
        return
      }
      #expect(failure.errno == EMSGSIZE && failure.advice?.contains("--size") == true)
    }
  }

  @Test("every flow, and a flow that varies, finds every hop", arguments: NamespaceTraceTests.ways)
  func flows(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 3) { chain in
      let host = try await NamespaceHost(in: chain)
      var requests = (UInt16(0)..<4).map { flow in
        var request = TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket)
        request.flow = FlowID(flow)
        return request
      }
      requests[3].variesFlow = true
      requests[3].queries = 2
      requests[3].attemptInterval = .zero
      for trace in await host.trace(requests) { #expect(trace.answers == chain.path(way.family)) }
      await host.shutDown()
    }
  }
}
