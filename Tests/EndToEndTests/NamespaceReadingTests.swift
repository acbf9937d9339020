import CSystemIO
import Glibc
import Packets
import Probing
import Sockets
import SystemIO
import Testing
import Time
import Tracing

@Suite("Late reading of real sockets", .serialized, .enabled(if: NamespaceChain.isPossible, NamespaceChain.reason))
struct NamespaceReadingTests {
  typealias Way = NamespaceTraceTests.Way

  /// Each kind of socket once, since every trace lasts its timeout.
  static let ways = [
    Way(protocolName: .icmp, socket: .raw, family: .ipv4), Way(protocolName: .icmp, socket: .ping, family: .ipv6),
    Way(protocolName: .udp, socket: .errqueue, family: .ipv4),
  ]
  /// A busy machine forwards through five namespaces in its own time; replies must be in time even so.
  static let timeout = Duration.milliseconds(400)

  @Test("replies that are stamped in time and read after every deadline count", arguments: ways)
  func readAfterTheDeadline(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 4) { chain in
      let host = try await NamespaceHost(in: chain)
      var request = TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket)
      request.timeout = Self.timeout
      let trace = await host.traceUnread(request, for: 600)
      #expect(trace.answers == chain.path(way.family))
      #expect(trace.evidence.largestLag > Self.timeout)
      for rtt in trace.path.flatMap(\.probes).compactMap(\.rtt) { #expect(rtt < Self.timeout) }
      await host.shutDown()
    }
  }

  @Test("a reply that is read after its probe was ended revises the outcome", arguments: ways)
  func revised(_ way: Way) async throws {
    try await NamespaceChain.with(routers: 4) { chain in
      let tampering = Tampering()
      let host = try await NamespaceHost(in: chain) { TamperedTransport($0, tampering) }
      var request = TraceRequest.patient(chain.target(way.family), way.protocolName, way.socket)
      request.timeout = Self.timeout
      request.lastTTL = try #require(TTL(5))
      tampering.isBlind.withLock { $0 = true }
      let runs = await host.prober.begin([request])
      var trace = Trace(request: request, began: .zero)
      for await events in try #require(runs.first).events {
        for event in events { trace.apply(event) }
        guard trace.end != nil else { continue }
        if trace.hops.allSatisfy(\.isAnswered) { break }
        // Every probe has timed out: only now is the program allowed to see what came.
        if trace.hops.allSatisfy({ $0.probes.allSatisfy(\.outcome.isSilent) }) {
          tampering.isBlind.withLock { $0 = false }
        }
      }
      #expect(trace.answers == chain.path(way.family))
      let outcomes = trace.hops.flatMap(\.probes).map { "\($0.departureStamp) \($0.outcome)" }
      let revised = trace.path.flatMap(\.probes).filter { $0.wasRevised }
      #expect(revised.count == 5, "\(outcomes)")
      #expect(trace.end == .reached(try #require(TTL(5))))
      await host.shutDown()
    }
  }

  @Test(
    "a flood of another program's replies changes nothing with the filter, and everything without",
    arguments: [true, false])
  func flood(isFiltered: Bool) async throws {
    try await NamespaceChain.with(routers: 4) { chain in
      // The buffer that an ordinary program has, so that the filter is all that matters.
      let router = chain.name(1)
      let tampering = Tampering()
      let host = try await NamespaceHost(in: chain, receiveBufferBytes: 212_992, isFiltered: isFiltered) {
        TamperedTransport($0, tampering)
      }
      let request = TraceRequest.patient(chain.target(.ipv4), .icmp, .raw)
      let before = await host.trace(request)
      #expect(before.answers == chain.path(.ipv4), "The socket is open, and nobody else is there.")
      tampering.beforeSending.withLock { $0 = { Flood.send(2_500, from: router) } }
      let trace = await host.traceUnread(request, for: 50)
      if isFiltered {
        #expect(trace.answers == chain.path(.ipv4))
        #expect(trace.evidence.dropped == 0)
        #expect(trace.evidence.foreign == 0)
      } else {
        #expect(trace.answers != chain.path(.ipv4))
        #expect(trace.evidence.dropped > 0)
      }
      await host.shutDown()
    }
  }
}

/// Echo replies that nobody asked for, as another program's pings would bring.
enum Flood {
  /// Sends them from a namespace to the source of its chain, and returns when the last has left.
  static func send(_ count: Int, from namespace: String) {
    do {
      try Thread("flood") {
        do { try sendHere(count, from: namespace) } catch { Issue.record("The flood broke off: \(error)") }
      }.join()
    } catch {
      Issue.record("No thread for the flood: \(error)")
    }
  }

  private static func sendHere(_ count: Int, from namespace: String) throws {
    try enterNamespace(namespace)
    let socket = FileDescriptor(owning: try checked(csio_raw_icmp_socket(0), "socket"))
    // Type, code, checksum, identifier 0xfeed, sequence 1, and 56 bytes as `ping` has them.
    let message: [UInt8] = [0, 0, 0x01, 0x11, 0xfe, 0xed, 0, 1] + [UInt8](repeating: 0, count: 56)
    let departure = csio_departure(
      destination: csio_address(high: 0, low: 0xc612_0001, port: 0, family: 4), source: csio_address(), offset: 0,
      length: UInt32(message.count), interface: 0, identifier: 0, has_identifier: 0, hop_limit: 64)
    let batch = [csio_departure](repeating: departure, count: Int(csio_send_max))
    var left = count
    while left > 0 {
      let sent = csio_send(socket.raw, message, batch, Int32(min(left, batch.count)))
      if sent == -EAGAIN {
        var entry = pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
        continue
      }
      left -= Int(try checked(sent, "sendmmsg"))
    }
  }
}

/// What is done to a transport, from outside its thread.
final class Tampering: Sendable {
  /// Whether it keeps quiet about arrivals.
  let isBlind = Locked(false)
  /// Happens once, before the next probes leave and after everything that arrived before has been read.
  let beforeSending = Locked<(@Sendable () -> Void)?>(nil)
}

/// A transport that is tampered with.
final class TamperedTransport: Transport {
  private let base: SocketTransport
  private let tampering: Tampering

  init(_ base: SocketTransport, _ tampering: Tampering) {
    self.base = base
    self.tampering = tampering
  }

  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 { try base.open(method, flow: flow) }
  func attach(wake: @escaping @Sendable () -> Void) { base.attach(wake: wake) }
  func close() { base.close() }
  var nextArrivalTime: Instant? { base.nextArrivalTime }
  var dropCount: Int { base.dropCount }

  func send(_ batch: inout DepartureBatch, at now: Instant) {
    let action = tampering.beforeSending.withLock { action in
      let taken = action
      action = nil
      return taken
    }
    action?()
    base.send(&batch, at: now)
  }

  func receive(into batch: inout ArrivalBatch, by now: Instant) {
    guard !tampering.isBlind.withLock({ $0 }) else { return }
    base.receive(into: &batch, by: now)
  }
}
