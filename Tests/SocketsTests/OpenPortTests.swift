import CSystemIO
import Glibc
import Packets
import Probing
import SystemIO
import Testing
import Time
import Tracing

@testable import Sockets

/// Probes to a UDP port of this machine that a program listens on.
@Suite("An open UDP port over loopback", .serialized)
struct OpenPortTests {
  static let loopbacks = [IPAddress(127, 0, 0, 1), IPAddress(high: 0, low: 1)]

  @Test("an answer to the only probe is the target's", arguments: loopbacks)
  func sole(_ address: IPAddress) async throws {
    let trace = try await trace(to: address, hops: 1) { $0.answerFromPort() }
    #expect(trace.end == .reached(.first))
    let probe = try #require(trace.hops[0].probes.first)
    let reply = try #require(probe.outcome.reply)
    #expect(reply.kind == .datagram && reply.responder == address && reply.replyTTL == 64)
    #expect(reply.icmpType == nil && reply.stamp == .kernel)
    #expect(!probe.probe.ownSocket)
  }

  @Test("answers to several probes do not say to which, until each has a socket of its own", arguments: loopbacks)
  func several(_ address: IPAddress) async throws {
    let trace = try await trace(to: address, hops: 3) { $0.answerFromPort() }
    #expect(trace.end == .reached(.first))
    #expect(trace.hops[0].probes.map(\.outcome.reply?.kind) == [nil, .datagram])
    #expect(trace.hops[0].probes.map(\.probe.ownSocket) == [false, true])
  }

  @Test("a datagram from another port is no answer", arguments: [1, 2])
  func otherPort(hops: Int) async throws {
    let trace = try await trace(to: Self.loopbacks[0], hops: hops) { $0.answerFromElsewhere() }
    #expect(trace.end == .exhausted)
    #expect(trace.hops.allSatisfy { !$0.isAnswered })
  }

  @Test("a datagram from elsewhere to a probe's own socket is no answer")
  func otherPortOwnSocket() async throws {
    // The first answers are the port's own, and ambiguous; those to the probes with own sockets are not the port's.
    let trace = try await trace(to: Self.loopbacks[0], hops: 2) { server in
      if server.count < 2 { server.answerFromPort() } else { server.answerFromElsewhere() }
    }
    #expect(trace.hops[0].probes.map(\.probe.ownSocket) == [false, true])
    #expect(trace.end == .exhausted)
  }

  /// Traces while `answer` is called for each datagram that has come to the port.
  private func trace(
    to address: IPAddress, hops: Int, answer: @escaping @Sendable (Server) -> Void
  ) async throws -> Trace {
    let loop = try EventLoop(name: "open port")
    let server = try Server(address, on: loop, answer)
    let prober = Prober(SocketTransport(on: loop), on: loop, firstSequence: 1)
    let method = ProbeMethod(protocolName: .udp, socket: .errqueue, family: address.family)
    var request = TraceRequest(target: address, method: method)
    request.port = server.port
    request.lastTTL = try #require(TTL(hops))
    request.timeout = .milliseconds(200)
    let runs = await prober.begin([request])
    var trace = Trace(request: request, began: .zero)
    for await events in try #require(runs.first).events {
      for event in events { trace.apply(event) }
      if trace.end != nil { break }
    }
    await prober.shutDown()
    server.close()
    loop.shutDown()
    return trace
  }
}

/// Two UDP ports, one of which is probed; it lives on the loop's thread.
private final class Server: Sendable {
  let port: UInt16
  private let probed: FileDescriptor
  private let other: FileDescriptor
  private let registration = Locked<EventLoop.Registration?>(nil)
  private let sender = Locked(Sender())

  /// Who sent what came last, and how many came before.
  private struct Sender: Sendable {
    var address = sockaddr_storage()
    var length: socklen_t = 0
    var count = -1
  }

  init(_ address: IPAddress, on loop: EventLoop, _ answer: @escaping @Sendable (Server) -> Void) throws {
    probed = FileDescriptor(owning: try checked(csio_udp_socket(address.family.isIPv6), "socket"))
    other = FileDescriptor(owning: try checked(csio_udp_socket(address.family.isIPv6), "socket"))
    var end = csio_address(address)
    for descriptor in [probed.raw, other.raw] { try checked(csio_bind(descriptor, &end), "bind") }
    try checked(csio_local_address(probed.raw, &end), "getsockname")
    port = end.port
    let made = try loop.register(probed.raw) { [weak self] _ in
      while let self, self.receive() { answer(self) }
    }
    registration.withLock { $0 = made }
  }

  /// How many datagrams came before the one that is to be answered.
  var count: Int { sender.withLock { $0.count } }

  func answerFromPort() { answer(by: probed.raw) }
  func answerFromElsewhere() { answer(by: other.raw) }
  func close() { registration.withLock { $0 }?.cancel() }

  private func receive() -> Bool {
    sender.withLock { (sender: inout Sender) -> Bool in
      var bytes = [UInt8](repeating: 0, count: 64)
      var addressLength = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let length = withUnsafeMutablePointer(to: &sender.address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(probed.raw, &bytes, bytes.count, Int32(MSG_DONTWAIT), $0, &addressLength)
        }
      }
      guard length >= 0 else { return false }
      sender.length = addressLength
      sender.count += 1
      return true
    }
  }

  private func answer(by descriptor: Int32) {
    sender.withLock { (sender: inout Sender) in
      let length = sender.length
      _ = withUnsafePointer(to: &sender.address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(descriptor, "hello", 5, 0, $0, length) }
      }
    }
  }
}
