import Packets
import SystemIO
import Testing
import Time
import Tracing

@testable import Probing
@testable import Sockets

/// A transport on a loop of its own, driven by hand.
actor Station {
  /// What has arrived so far.
  struct Log: Sendable {
    var departures: [ArrivalBatch.Record] = []
    var others: [ArrivalBatch.Record] = []
    /// The bytes of `others`.
    var bytes: [[UInt8]] = []
    /// For each record, in order, whether it was a departure stamp.
    var order: [Bool] = []
  }

  /// A probe to send: a UDP header's place, and four bytes of payload.
  struct Shot: Sendable {
    var destination: IPAddress
    var port: UInt16
    var hopLimit: UInt8 = 64
    var ownSocket = false
    var launch = LaunchID(slot: 7, generation: 3)
  }

  nonisolated let loop: EventLoop
  private let transport: SocketTransport
  private var log = Log()
  private var wakes: AsyncStream<Bool>.Iterator
  private let deadline: LoopTimer

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init() throws {
    loop = try EventLoop(name: "station")
    transport = SocketTransport(on: loop)
    let (stream, continuation) = AsyncStream.makeStream(of: Bool.self)
    wakes = stream.makeAsyncIterator()
    // Only a broken test waits so long.
    deadline = try loop.makeTimer { continuation.yield(false) }
    transport.attach { continuation.yield(true) }
  }

  deinit {
    loop.shutDown()
  }

  /// Opens a shared socket and returns this host's end of it.
  func open(_ protocolName: ProbeProtocolName, _ socket: SocketName, _ family: AddressFamily) throws -> UInt16 {
    try transport.open(ProbeMethod(protocolName: protocolName, socket: socket, family: family), flow: .standard)
  }

  /// Sends UDP probes and returns what became of them.
  func send(_ shots: [Shot]) throws -> [DepartureBatch.Result] {
    var results: [DepartureBatch.Result] = []
    var batch = DepartureBatch()
    for start in stride(from: 0, to: shots.count, by: DepartureBatch.mostRecords) {
      batch.removeAll()
      for shot in shots[start..<min(shots.count, start + DepartureBatch.mostRecords)] {
        let method = ProbeMethod(protocolName: .udp, socket: .errqueue, family: shot.destination.family)
        _ = try transport.open(method, flow: .standard)
        let begin = batch.bytes.count
        batch.bytes += [UInt8](repeating: 0, count: UDPHeader.length) + Array("ft01".utf8)
        batch.records.append(
          DepartureBatch.Record(
            launch: shot.launch, method: method, flow: .standard, ownSocket: shot.ownSocket,
            destination: shot.destination, port: shot.port, source: nil, interfaceIndex: 0, hopLimit: shot.hopLimit,
            range: begin..<batch.bytes.count))
      }
      transport.send(&batch, at: MonotonicClock.now)
      results += batch.records.map(\.result)
    }
    return results
  }

  /// Receives until so many stamps and so many others are there; what there is after five seconds.
  func receive(departures: Int, others: Int) async -> Log {
    deadline.arm(at: MonotonicClock.now + .seconds(5))
    var batch = ArrivalBatch()
    while true {
      repeat {
        batch.removeAll()
        transport.receive(into: &batch, by: MonotonicClock.now)
        note(batch)
      } while !batch.records.isEmpty
      if log.departures.count >= departures && log.others.count >= others { break }
      guard await nextWake() else { break }
    }
    deadline.arm(at: nil)
    return log
  }

  func close() {
    transport.close()
  }

  private func nextWake() async -> Bool {
    var iterator = wakes
    let isArrival = await iterator.next(isolation: self)
    wakes = iterator
    return isArrival ?? false
  }

  private func note(_ batch: ArrivalBatch) {
    for record in batch.records {
      log.order.append(record.form == .departureStamp)
      if record.form == .departureStamp {
        log.departures.append(record)
      } else {
        log.others.append(record)
        log.bytes.append(Array(batch.bytes[record.range]))
      }
    }
  }
}
