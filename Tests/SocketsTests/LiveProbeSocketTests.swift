import Glibc
import Packets
import Probing
import SystemIO
import TestSupport
import Testing
import Time
import Tracing

@testable import Sockets

/// Real sockets to the machine itself; routers on the way are in `EndToEndTests`.
@Suite("Sockets that engines wait on, over loopback", .serialized)
struct LiveProbeSocketTests {
  static let loopbacks = [IPAddress(127, 0, 0, 1), IPAddress(high: 0, low: 1)]

  private static func request(
    _ target: IPAddress, _ protocolName: ProbeProtocolName, _ socket: SocketName
  ) -> TraceRequest {
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: protocolName, socket: socket, family: target.family))
    request.timeout = .seconds(60)
    return request
  }

  @Test("a closed port answers, by a shared socket and by those of single probes", arguments: loopbacks, [true, false])
  func closedPort(target: IPAddress, isShared: Bool) async throws {
    let request = Self.request(target, .udp, .errqueue)
    let trace = try await SocketEngine.onThread {
      try SocketEngine.trace(request, by: LiveProbeSockets(), isShared: isShared)
    }
    #expect(trace.end == .reached(.first))
    let record = try #require(trace.path.first?.probes.first)
    guard case .replied(let reply, let rtt) = record.outcome else { throw NoReply() }
    #expect(reply.responder == target && reply.stamp == .kernel && record.departureStamp == .kernel && rtt > .zero)
  }

  private struct NoReply: Error {}

  @Test(
    "of two raw sockets each hears about its own probe alone", .enabled(if: geteuid() == 0, "raw sockets need root"),
    arguments: loopbacks)
  func rawHearsItsOwn(target: IPAddress) async throws {
    try await SocketEngine.onThread {
      let source = LiveProbeSockets()
      let request = Self.request(target, .icmp, .raw)
      let encoder = ProbeProtocol(request, local: try source.open(request.method, flow: .standard))
      var batch = DepartureBatch()
      var sockets: [any ProbeSocket] = []
      for number in 0..<3 {
        let start = batch.bytes.count
        encoder.encode(sequence: UInt16(500 + number), port: request.port, into: &batch.bytes)
        batch.records.append(
          DepartureBatch.Record(
            launch: LaunchID(slot: UInt32(number), generation: 1), method: request.method, flow: .standard,
            ownSocket: false, destination: target, port: 0, source: nil, interfaceIndex: 0, hopLimit: 64,
            range: start..<batch.bytes.count))
        sockets.append(try source.makeSocket(for: batch.records[number]))
      }
      // All are open before the first is sent: each could hear all.
      for number in 0..<3 { sockets[number].send(&batch.records[number], batch.bytes) }
      // The last one's reply comes last, so that what a socket would hear is there when it is read.
      for number in (0..<3).reversed() {
        let numbers = try Self.sequences(from: sockets[number])
        #expect(numbers == [UInt16(500 + number)])
        sockets[number].close()
      }
    }
  }

  @Test(
    "a raw socket for one probe hears nothing of what comes while it is opened",
    .enabled(if: geteuid() == 0, "raw sockets need root"), arguments: loopbacks)
  func rawIsOpenedEmpty(target: IPAddress) async throws {
    let isOver = Locked(false)
    async let storm: Void = SocketEngine.onThread {
      let source = LiveProbeSockets()
      var batch = try Self.echo(to: target, from: source)
      let socket = try source.makeSocket(for: batch.records[0])
      while !isOver.withLock({ $0 }) { socket.send(&batch.records[0], batch.bytes) }
      socket.close()
    }
    let strays = try await SocketEngine.onThread {
      defer { isOver.withLock { $0 = true } }
      let source = LiveProbeSockets()
      let batch = try Self.echo(to: target, from: source)
      var arrivals = ArrivalBatch()
      for _ in 0..<1_000 {
        let socket = try source.makeSocket(for: batch.records[0])
        socket.receive(into: &arrivals)
        socket.close()
      }
      return arrivals.records.count
    }
    try await storm
    #expect(strays == 0)
  }

  /// One probe, not sent yet.
  private static func echo(to target: IPAddress, from source: LiveProbeSockets) throws -> DepartureBatch {
    let request = request(target, .icmp, .raw)
    let encoder = ProbeProtocol(request, local: try source.open(request.method, flow: .standard))
    var batch = DepartureBatch()
    encoder.encode(sequence: 500, port: request.port, into: &batch.bytes)
    batch.records.append(
      DepartureBatch.Record(
        launch: LaunchID(slot: 0, generation: 1), method: request.method, flow: .standard, ownSocket: false,
        destination: target, port: 0, source: nil, interfaceIndex: 0, hopLimit: 64, range: 0..<batch.bytes.count))
    return batch
  }

  /// The numbers of the probes that replies on a socket are to, when one at least has come.
  private static func sequences(from socket: any ProbeSocket) throws -> [UInt16] {
    var batch = ArrivalBatch()
    var numbers: [UInt16] = []
    while numbers.isEmpty {
      var entry = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 60_000) == 1 else { throw NoReply() }
      batch.removeAll()
      socket.receive(into: &batch)
      for record in batch.records where record.form != .departureStamp {
        guard let parsed = ReplyParser.parse(record, batch.bytes.span.bytes.extracting(record.range)),
          case .echo(let identity) = parsed.key
        else { throw NoReply() }
        numbers.append(identity.sequence)
      }
    }
    return numbers
  }

  @Test("a socket that cannot be opened says which call refused")
  func refused() throws {
    let source = LiveProbeSockets()
    let method = ProbeMethod(protocolName: .udp, socket: .raw, family: .ipv4)
    #expect(throws: SendFailure.self) { try source.makeSharedSocket(method, flow: .standard) }
    #expect(throws: SendFailure.self) {
      try source.open(ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4), flow: .standard)
    }
  }

  @Test("flows differ in what identifies them, and stay in the dynamic range of ports")
  func flows() throws {
    let source = LiveProbeSockets()
    let method = ProbeMethod(protocolName: .udp, socket: .errqueue, family: .ipv4)
    let ports = try (0..<100).map { try source.open(method, flow: FlowID($0)) }
    #expect(Set(ports).count == 100)
    #expect(ports.allSatisfy { $0 >= 49_152 })
  }

  @Test("hundreds are open at once, and nothing is left of them")
  func nothingIsLeft() async {
    await #expect(processExitsWith: .success) {
      try await SocketEngine.onThread {
        let before = ProcessUsage.descriptorCount ?? 0
        let many = 300
        do {
          let source = LiveProbeSockets()
          let request = Self.request(Self.loopbacks[0], .udp, .errqueue)
          let encoder = ProbeProtocol(request, local: try source.open(request.method, flow: .standard))
          var batch = DepartureBatch()
          encoder.encode(sequence: 1, port: request.port, into: &batch.bytes)
          batch.records.append(
            DepartureBatch.Record(
              launch: LaunchID(slot: 0, generation: 1), method: request.method, flow: .standard, ownSocket: false,
              destination: request.target, port: request.port, source: nil, interfaceIndex: 0, hopLimit: 64,
              range: 0..<batch.bytes.count))
          var sockets: [any ProbeSocket] = []
          for _ in 0..<many {
            sockets.append(try source.makeSocket(for: batch.records[0]))
            sockets[sockets.count - 1].send(&batch.records[0], batch.bytes)
          }
          precondition((ProcessUsage.descriptorCount ?? 0) >= before + many)
          // Some by `close`, some with their last reference.
          for socket in sockets.prefix(many / 2) { socket.close() }
        }
        // Swift's pool opens a file now and then, to see what its threads do.
        let end = MonotonicClock.now + .seconds(60)
        while (ProcessUsage.descriptorCount ?? .max) > before, MonotonicClock.now < end { sched_yield() }
        precondition((ProcessUsage.descriptorCount ?? .max) <= before)
      }
    }
  }
}
