import CSystemIO
import Packets
import Probing
import Synchronization
import SystemIO
import Time
import Tracing

extension SocketTransport {
  /// A packet is stamped when its interface has it, and queued when the network stack is through with it: a moment that finds the
  /// queue empty may lie between the two. A millisecond is far longer than that takes.
  private static let stackDelay = Duration.milliseconds(1)

  package func receive(into batch: inout ArrivalBatch, by now: Instant) {
    if takeWallClockNotice() { converter.clockWasSet() }
    let clocks = MonotonicClock.sample()
    converter.sample(realtime: clocks.realtime, monotonic: clocks.monotonic)

    if let socket = stashed {
      stashed = nil
      guard finish(socket, into: &batch, startedAt: clocks.monotonic) else { return }
    }
    for socket in own where socket.alarm.isRaised.exchange(false, ordering: .relaxed) {
      guard read(socket, into: &batch, startedAt: clocks.monotonic) else { return socket.raise() }
    }
    guard !shared.isEmpty else { return }
    // Another socket is first each time, so that a busy one cannot keep the others from a batch.
    firstToRead = (firstToRead + 1) % shared.count
    for index in shared.indices {
      let socket = shared[(firstToRead + index) % shared.count]
      guard read(socket, into: &batch, startedAt: clocks.monotonic) else { return }
    }
  }

  /// Reads a socket until it is empty; false when the batch is full before.
  private func read(_ socket: LiveSocket, into batch: inout ArrivalBatch, startedAt: Instant) -> Bool {
    var mayHaveMore = true
    while mayHaveMore {
      guard batch.hasRoom else { return false }
      mayHaveMore = stash.receive(from: socket.descriptor.raw, errorQueue: false, most: Int(csio_receive_max))
      guard finish(socket, into: &batch, startedAt: startedAt) else { return false }
    }
    socket.emptyAt = startedAt
    return true
  }

  /// Empties the error queue, then hands out the datagrams that were read before; false when the batch is full before that, and
  /// they stay in the stash.
  private func finish(_ socket: LiveSocket, into batch: inout ArrivalBatch, startedAt: Instant) -> Bool {
    var mayHaveMore = socket.mayHaveQueued
    while mayHaveMore {
      guard batch.hasRoom else { return keep(socket) }
      mayHaveMore = queued.receive(from: socket.descriptor.raw, errorQueue: true, most: batch.room)
      if queued.pending.isEmpty { clearError(of: socket) }
      let readAt = MonotonicClock.now
      while let index = queued.next() { append(queued, index, from: socket, readAt: readAt, to: &batch) }
    }
    let readAt = MonotonicClock.now
    while !stash.pending.isEmpty {
      guard batch.hasRoom else { return keep(socket) }
      guard let index = stash.next() else { break }
      append(stash, index, from: socket, readAt: readAt, to: &batch)
    }
    return true
  }

  private func keep(_ socket: LiveSocket) -> Bool {
    stashed = socket
    return false
  }

  /// Takes a pending error away that stands for nothing in the error queue, or the loop would be woken for ever.
  private func clearError(of socket: LiveSocket) {
    guard socket.alarm.hasError.exchange(false, ordering: .relaxed) else { return }
    _ = csio_take_pending_error(socket.descriptor.raw)
  }

  /// Turns one arrival into a record, if it can be about a probe.
  private func append(
    _ scratch: borrowing ArrivalScratch, _ index: Int, from socket: LiveSocket, readAt: Instant,
    to batch: inout ArrivalBatch
  ) {
    let arrival = scratch.arrivals[index]
    switch Int(arrival.kind) {
    case csio_kind_departure: appendDeparture(arrival, from: socket, readAt: readAt, to: &batch)
    case csio_kind_error:
      var record = record(.queuedError, arrival, socket, readAt, scratch.copy(index, to: &batch.bytes))
      record.quotedDestination = arrival.destination.ipAddress
      record.quotedPort = arrival.destination.port
      record.localIdentity = socket.identity
      record.errorType = arrival.error_type
      record.errorCode = arrival.error_code
      record.errorInfo = arrival.error_info
      record.extensionOffset = arrival.extension_offset < 0 ? nil : Int(arrival.extension_offset)
      batch.records.append(record)
    case csio_kind_datagram:
      guard let form = socket.form else { return }
      guard form == .udpDatagram else {
        return batch.records.append(record(form, arrival, socket, readAt, scratch.copy(index, to: &batch.bytes)))
      }
      var record = record(form, arrival, socket, readAt, batch.bytes.count..<batch.bytes.count)
      record.quotedPort = arrival.source.port
      record.localIdentity = socket.identity
      batch.records.append(record)
    // An error of this host's own: the send that it belongs to was refused with it.
    case _: break
    }
  }

  private func record(
    _ form: ArrivalBatch.Form, _ arrival: csio_arrival, _ socket: LiveSocket, _ readAt: Instant, _ range: Range<Int>
  ) -> ArrivalBatch.Record {
    let stamp = instant(of: arrival.stamp, notBefore: socket.emptyAt - Self.stackDelay, notAfter: readAt)
    var record = ArrivalBatch.Record(
      form: form, family: socket.method.family, protocolName: socket.method.protocolName,
      source: arrival.source.ipAddress, stamp: stamp ?? readAt, stampSource: stamp == nil ? .program : .kernel,
      range: range)
    record.hopLimit = UInt8(exactly: arrival.hop_limit)
    record.launch = socket.launch
    return record
  }

  /// A stamp that cannot be placed is left out: the program's own, taken before the send, stands.
  private func appendDeparture(
    _ arrival: csio_arrival, from socket: LiveSocket, readAt: Instant, to batch: inout ArrivalBatch
  ) {
    guard let (launch, sentAt) = socket.departures.take(arrival.departure),
      let stamp = instant(of: arrival.stamp, notBefore: sentAt, notAfter: readAt)
    else { return }
    let end = batch.bytes.count
    var record = ArrivalBatch.Record(
      form: .departureStamp, family: socket.method.family, protocolName: socket.method.protocolName, source: nil,
      stamp: stamp, stampSource: .kernel, range: end..<end)
    record.launch = launch
    batch.records.append(record)
  }

  private func instant(of stamp: Int64, notBefore: Instant, notAfter: Instant) -> Instant? {
    guard stamp != 0 else { return nil }
    return converter.instant(ofRealtime: stamp, notBefore: notBefore, notAfter: notAfter)
  }
}

extension ArrivalBatch {
  /// How many more records it takes.
  fileprivate var room: Int { max(0, Self.mostRecords - records.count) }
  fileprivate var hasRoom: Bool { records.count < Self.mostRecords }
}

extension LiveSocket {
  /// Says again that there may be something to read.
  fileprivate func raise() {
    alarm.isRaised.store(true, ordering: .relaxed)
  }
}
