import Probing
import Synchronization
import Time

extension SocketTransport {
  package func receive(into batch: inout ArrivalBatch, by now: Instant) {
    let startedAt = reader.start(clockWasSet: takeWallClockNotice())
    guard reader.finishStashed(into: &batch) else { return }
    for socket in own where socket.alarm.isRaised.exchange(false, ordering: .relaxed) {
      guard reader.read(socket, into: &batch, startedAt: startedAt) else { return socket.raise() }
    }
    guard !shared.isEmpty else { return }
    // Another socket is first each time, so that a busy one cannot keep the others from a batch.
    firstToRead = (firstToRead + 1) % shared.count
    for index in shared.indices {
      let socket = shared[(firstToRead + index) % shared.count]
      guard reader.read(socket, into: &batch, startedAt: startedAt) else { return }
    }
  }
}

extension LiveSocket {
  /// Says again that there may be something to read.
  fileprivate func raise() {
    alarm.isRaised.store(true, ordering: .relaxed)
  }
}
