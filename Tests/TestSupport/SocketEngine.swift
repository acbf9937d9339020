import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

/// The plainest engine over a source of sockets: one thread, which polls them all. What it finds is what the sockets
/// give.
package enum SocketEngine {
  /// Only a broken test waits so long.
  private static let mostTurns = 100_000

  /// Traces until the trace has finished, on the calling thread, which it blocks.
  ///
  /// - Parameter isShared: all probes leave by one socket; otherwise each by one of its own.
  /// - Throws: when there is no shared socket to be had. What becomes of single probes is in the trace.
  package static func trace(
    _ request: TraceRequest, by source: any ProbeSocketSource, isShared: Bool
  ) throws -> Trace {
    var table = TracerTable(firstSequence: 65_500)
    var trace = Trace(request: request, began: MonotonicClock.now)
    var sockets: [any ProbeSocket] = []
    defer { for socket in sockets { socket.close() } }
    let local = Result { () throws(SendFailure) in try source.open(request.method, flow: request.flow) }
    if isShared { sockets.append(try source.makeSharedSocket(request.method, flow: request.flow)) }
    table.begin(request, id: TraceID(1), local: local, at: MonotonicClock.now)
    for _ in 0..<mostTurns {
      table.tick(at: MonotonicClock.now)
      send(&table, by: source, isShared: isShared, &sockets)
      for event in table.events { trace.apply(event.event) }
      table.events.removeAll()
      if trace.end != nil { break }
      receive(&table, from: sockets)
    }
    return trace
  }

  private static func send(
    _ table: inout TracerTable, by source: any ProbeSocketSource, isShared: Bool, _ sockets: inout [any ProbeSocket]
  ) {
    var batch = DepartureBatch()
    table.fill(&batch, at: MonotonicClock.now)
    for index in batch.records.indices {
      do throws(SendFailure) {
        if !isShared { sockets.append(try source.makeSocket(for: batch.records[index])) }
        sockets[sockets.count - 1].send(&batch.records[index], batch.bytes)
      } catch {
        batch.records[index].result = .failed(error)
      }
    }
    table.settle(batch, at: MonotonicClock.now)
  }

  private static func receive(_ table: inout TracerTable, from sockets: [any ProbeSocket]) {
    let wait = table.nextDeadline().map { max(.zero, $0 - MonotonicClock.now) } ?? .zero
    var entries = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    // Rounded up, so that the deadline has come when the wait is over.
    guard poll(&entries, nfds_t(entries.count), Int32(clamping: wait.nanoseconds / 1_000_000 + 1)) > 0 else { return }
    var batch = ArrivalBatch()
    for (entry, socket) in zip(entries, sockets) where entry.revents != 0 {
      batch.removeAll()
      socket.receive(into: &batch)
      table.accept(batch, drops: socket.dropCount, at: MonotonicClock.now)
    }
  }

  /// Runs `body` on a thread that may block, since Swift's own may not.
  package static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        let thread = try Thread("socket engine") { continuation.resume(returning: Result { try body() }) }
        thread.detach()
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }
}
