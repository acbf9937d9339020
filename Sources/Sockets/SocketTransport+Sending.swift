import Glibc
import Probing
import Time
import Tracing

extension SocketTransport {
  package func send(_ batch: inout DepartureBatch, at now: Instant) {
    var next = 0
    while next < batch.records.count {
      let record = batch.records[next]
      var end = next + 1
      do throws(SendFailure) {
        if leavesAlone(record) {
          if let socket = try makeOwnSocket(record, at: now) {
            socket.send(next..<end, of: &batch.records, batch.bytes, &outgoing)
          }
        } else {
          guard let socket = sharedSocket(record.method, record.flow) else { throw .flowIsClosed }
          socket.usedAt = now
          while end < batch.records.count, isAlike(record, batch.records[end]) { end += 1 }
          socket.send(next..<end, of: &batch.records, batch.bytes, &outgoing)
        }
      } catch {
        batch.records[next].result = .failed(error)
      }
      next = end
    }
  }

  /// Whether a probe leaves by a socket of its own. Raw sockets share one identifier, and quotes always hold it, so a second one
  /// would only hear everything twice.
  private func leavesAlone(_ record: DepartureBatch.Record) -> Bool {
    switch record.method.socket {
    case .raw, .lab, .capture: false
    case .ping, .errqueue: record.ownSocket
    }
  }

  /// Whether two probes leave by the same shared socket, set up alike.
  private func isAlike(_ first: DepartureBatch.Record, _ other: DepartureBatch.Record) -> Bool {
    !leavesAlone(other) && other.method == first.method && other.flow == first.flow
      && other.dontFragment == first.dontFragment
  }
}

extension SendFailure {
  /// Other flows have taken the place of one that had long been at rest.
  fileprivate static var flowIsClosed: SendFailure {
    SendFailure(
      call: "socket", errno: EMFILE, reason: "the flow's socket was closed to make room for other flows",
      advice: "fewer flows at once, or a shorter 'interval'")
  }
}
