import Glibc
import Packets
import Probing
import Sockets
import Testing
import Time
import Tracing

@Suite("Live traces over kernel routers", .serialized, .enabled(if: NamespaceChain.isPossible, NamespaceChain.reason))
struct NamespaceTraceTests {
  /// A way of probing.
  struct Way: Sendable, CustomTestStringConvertible {
    let protocolName: ProbeProtocolName
    let socket: SocketName
    let family: AddressFamily
    var testDescription: String { "\(protocolName) by \(socket), \(family)" }
  }

  static let ways = AddressFamily.allCases.flatMap { family in
    [
      Way(protocolName: .icmp, socket: .raw, family: family), Way(protocolName: .icmp, socket: .ping, family: family),
      Way(protocolName: .udp, socket: .errqueue, family: family),
    ]
  }

  @Test("every way finds every hop, with the kernel's stamps on both ends", arguments: ways)
  func everyHop(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 5) { chain in
      let host = try await NamespaceHost(in: chain)
      let trace = await host.trace(.patient(chain.target(way.family), way.protocolName, way.socket))
      #expect(trace.answers == chain.path(way.family))
      #expect(trace.end == .reached(try #require(TTL(6))))
      #expect(trace.evidence.dropped == 0)
      for record in trace.path.flatMap(\.probes) {
        guard case .replied(let reply, let rtt) = record.outcome else { continue }
        #expect(reply.stamp == .kernel)
        #expect(record.departureStamp == .kernel)
        #expect(rtt > .zero)
        #expect(reply.replyTTL.map { $0 > 64 - 7 } == true)
      }
      await host.shutDown()
    }
  }

  @Test("the kernel's stamp of a departure comes before the reply", arguments: ways)
  func stampsBeforeReplies(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 5) { chain in
      let host = try await NamespaceHost(in: chain)
      let request = TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket)
      let run = try #require(await host.prober.begin([request]).first)
      var stamped: Set<ProbeID> = []
      var replies = 0
      reading: for await events in run.events {
        for event in events {
          if case .restamped(let id, departure: _) = event { stamped.insert(id) }
          if case .replied(let id, _, rtt: _) = event {
            replies += 1
            #expect(stamped.contains(id))
          }
          if case .finished = event { break reading }
        }
      }
      #expect(replies >= 6)
      await host.shutDown()
    }
  }

  @Test("ping and UDP need no capability", arguments: ways)
  func unprivileged(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 3) { chain in
      let host = try await NamespaceHost(in: chain, isPrivileged: false)
      let trace = await host.trace(.patient(chain.target(way.family), way.protocolName, way.socket))
      switch way.socket {
      case .ping, .errqueue: #expect(trace.answers == chain.path(way.family))
      case .raw, .lab, .capture:
        guard case .failed(let failure) = trace.end else {
          Issue.record("It went on without the capability: \(String(describing: trace.end))")
          return
        }
        #expect(failure.call == "socket")
        #expect(failure.errno == EPERM)
        #expect(failure.advice?.contains("setcap") == true)
      }
      await host.shutDown()
    }
  }

  @Test("traces that run together find each its own hops", arguments: ways)
  func together(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 5) { chain in
      let host = try await NamespaceHost(in: chain)
      // Paths of every length, and twice the same.
      let requests =
        (1...20).map { TraceRequest.patient(chain.furtherTarget($0, way.family), way.protocolName, way.socket) }
        + (1...6).map { TraceRequest.patient(chain.near($0, way.family), way.protocolName, way.socket) }
        + (1...2).map { _ in TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket) }
      let traces = await host.trace(requests)
      for trace in traces {
        let target = trace.request.target
        let isFurther = (1...20).contains { chain.furtherTarget($0, way.family) == target }
        let length = isFurther ? 6 : try #require((1...6).first { chain.near($0, way.family) == target })
        var expected = Array(chain.path(way.family).prefix(length))
        expected[length - 1] = target
        #expect(trace.answers == expected, "\(target)")
      }
      await host.shutDown()
    }
  }

  @Test("a target without a route is unsendable, with call, errno and way out", arguments: ways)
  func noRoute(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 1) { chain in
      let host = try await NamespaceHost(in: chain)
      let target = try #require(IPAddress(way.family == .ipv4 ? "203.0.113.9" : "3fff::9"))
      let trace = await host.trace(.patient(target, way.protocolName, way.socket))
      let record = try #require(trace.hops.first?.probes.first)
      guard case .unsendable(let failure) = record.outcome else {
        Issue.record("Not unsendable but \(record.outcome)")
        return
      }
      #expect(failure.call == "sendmsg")
      #expect(failure.errno == ENETUNREACH)
      #expect(failure.advice?.contains("ip route get") == true)
      await host.shutDown()
    }
  }

  @Test("a stock router's limit shows as silence, and does not keep a trace from its target")
  func stockLimits() async throws {
    try await NamespaceChain.with(routers: 1, .stock) { chain in
      let host = try await NamespaceHost(in: chain)
      var request = TraceRequest.patient(chain.target(.ipv4), .icmp, .raw)
      request.patience = 3
      var answered = 0
      for _ in 0..<10 {
        let trace = await host.trace(request)
        #expect(trace.end == .reached(try #require(TTL(2))))
        #expect(trace.evidence.dropped == 0, "It was not lost here.")
        let record = try #require(trace.hops.first?.probes.first)
        if record.rtt != nil { answered += 1 } else { #expect(record.outcome.isSilent) }
      }
      // Linux answers 6 in a burst and then one a second (net/ipv4/route.c, inet_peer_xrlim_allow); ten traces take half a second.
      #expect((6...9).contains(answered))
      await host.shutDown()
    }
  }
}
