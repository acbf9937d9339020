import CSystemIO
import Packets
import Probing
import Sockets
import SystemIO
import TestSupport
import Testing
import Time
import Tracing

@Suite(
  "Sockets that engines wait on, over kernel routers", .serialized,
  .enabled(if: NamespaceChain.isPossible, NamespaceChain.reason))
struct NamespaceProbeSocketTests {
  /// A way of probing, and whether its probes share a socket.
  struct Way: Sendable, CustomTestStringConvertible {
    let way: NamespaceTraceTests.Way
    let isShared: Bool
    var testDescription: String { "\(way.testDescription), \(isShared ? "one socket" : "a socket a probe")" }
  }

  static let ways = NamespaceTraceTests.ways.flatMap { way in
    [true, false].map { Way(way: way, isShared: $0) }
  }

  @Test("every way finds every hop, with the kernel's stamps on both ends", arguments: ways)
  func everyHop(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 3) { chain in
      let family = way.way.family
      let request = TraceRequest.patient(chain.target(family), way.way.protocolName, way.way.socket)
      let trace = try await SocketEngine.onThread {
        try enterNamespace(chain.name(0))
        return try SocketEngine.trace(request, by: LiveProbeSockets(), isShared: way.isShared)
      }
      #expect(trace.answers == chain.path(family))
      #expect(trace.end == .reached(try #require(TTL(4))))
      #expect(trace.evidence.dropped == 0)
      var replies = 0
      for record in trace.path.flatMap(\.probes) {
        guard case .replied(let reply, let rtt) = record.outcome else { continue }
        replies += 1
        #expect(reply.stamp == .kernel)
        #expect(record.departureStamp == .kernel)
        #expect(rtt > .zero)
      }
      #expect(replies == 4)
    }
  }

  @Test("without the capability a raw socket is refused with the way out, the others are not", arguments: ways)
  func unprivileged(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 2) { chain in
      let family = way.way.family
      let request = TraceRequest.patient(chain.target(family), way.way.protocolName, way.way.socket)
      do {
        let trace = try await SocketEngine.onThread {
          try enterNamespace(chain.name(0))
          try checked(csio_set_capabilities(0, 0, 0), "capset")
          return try SocketEngine.trace(request, by: LiveProbeSockets(), isShared: way.isShared)
        }
        guard way.way.socket == .raw else { return #expect(trace.answers == chain.path(family)) }
        guard case .failed(let failure) = trace.end else {
          Issue.record("It went on without the capability: \(String(describing: trace.end))")
          return
        }
        #expect(failure.call == "socket" && failure.advice != nil)
      } catch let failure as SendFailure {
        // Of the shared socket.
        #expect(way.way.socket == .raw && way.isShared)
        #expect(failure.call == "socket" && failure.advice != nil)
      }
    }
  }
}
