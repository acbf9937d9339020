import Glibc
import Packets
import Probing
import SystemIO
import Testing
import Time
import Tracing

@testable import Simulation

/// What an engine does with a lab's sockets, by hand: it sends, waits at descriptors, and receives.
struct LabEngine {
  /// Runs `body` on a thread that may block, since Swift's own may not.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        let thread = try Thread("lab engine") { continuation.resume(returning: Result { try body() }) }
        thread.detach()
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  let lab: LabSockets
  private var nextLaunch: UInt32 = 0

  init(_ lab: LabSockets) {
    self.lab = lab
  }

  /// A batch with a probe for each TTL, launched in order, which carries its launch as its sequence number.
  mutating func batch(
    to target: IPAddress, _ protocolName: ProbeProtocolName = .icmp, ttls: [UInt8]
  ) throws -> DepartureBatch {
    let method = ProbeMethod(protocolName: protocolName, socket: .lab, family: target.family)
    let request = TraceRequest(target: target, method: method)
    let encoder = ProbeProtocol(request, local: try lab.open(method, flow: .standard))
    var batch = DepartureBatch()
    for ttl in ttls {
      let start = batch.bytes.count
      encoder.encode(sequence: UInt16(nextLaunch), port: request.port, into: &batch.bytes)
      batch.records.append(
        DepartureBatch.Record(
          launch: LaunchID(slot: nextLaunch, generation: 7), method: method, flow: .standard, ownSocket: false,
          destination: target, port: request.port, source: nil, interfaceIndex: 0, hopLimit: ttl,
          range: start..<batch.bytes.count))
      nextLaunch += 1
    }
    return batch
  }

  /// What was heard of one launch.
  struct Heard {
    var departure: Instant?
    var arrival: Instant
    var stampSource: StampSource
    var responder: IPAddress
    var kind: ReplyKind
    /// As the socket itself named it.
    var launch: LaunchID?
  }

  private struct TimedOut: Error {}
  private struct Foreign: Error {}

  /// Only a broken test waits so long.
  private static let patienceMilliseconds: Int32 = 60_000

  /// Waits until a socket has brought `count` answers; they are keyed by the slot of the launch that they quote.
  static func receive(_ count: Int, from socket: any ProbeSocket) throws -> [UInt32: Heard] {
    var heard: [UInt32: Heard] = [:]
    var departures: [UInt32: Instant] = [:]
    var batch = ArrivalBatch()
    while heard.count < count {
      var entry = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, patienceMilliseconds) == 1 else { throw TimedOut() }
      batch.removeAll()
      socket.receive(into: &batch)
      for record in batch.records {
        if record.form == .departureStamp {
          let launch = try #require(record.launch)
          departures[launch.slot] = record.stamp
          continue
        }
        let bytes = batch.bytes.span.bytes.extracting(record.range)
        guard let parsed = ReplyParser.parse(record, bytes) else { throw Foreign() }
        let slot: UInt32
        switch parsed.key {
        case .identity(let identity), .echo(let identity): slot = UInt32(identity.sequence)
        case .launch, .ambiguous, .datagram: throw Foreign()
        }
        heard[slot] = Heard(
          departure: departures[slot], arrival: record.stamp, stampSource: record.stampSource,
          responder: parsed.responder, kind: parsed.kind, launch: record.launch)
      }
    }
    return heard
  }

  /// Waits until a socket has brought `count` queued errors: the launches that they name.
  static func receiveErrors(_ count: Int, from socket: any ProbeSocket) throws -> [LaunchID?] {
    var launches: [LaunchID?] = []
    var batch = ArrivalBatch()
    while launches.count < count {
      var entry = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, patienceMilliseconds) == 1 else { throw TimedOut() }
      batch.removeAll()
      socket.receive(into: &batch)
      for record in batch.records where record.form == .queuedError {
        let bytes = batch.bytes.span.bytes.extracting(record.range)
        guard let parsed = ReplyParser.parse(record, bytes), case .launch(let launch) = parsed.key else {
          throw Foreign()
        }
        launches.append(launch)
      }
    }
    return launches
  }
}
