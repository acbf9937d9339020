// Theory of operation
//
// A departure stamp must come before the reply to that probe, and both may wait at the same time in two queues of one
// socket. The kernel queues a stamp when the packet leaves, so before any reply to it can arrive. So: read datagrams
// first, then empty the error queue (by then every stamp of those datagrams' probes is in it), hand out the error
// queue's content, and the datagrams last. When the batch is full before the error queue is empty, the datagrams wait
// in `stash` for the next batch.
//
// Stamps are the kernel's wall clock, made instants by `StampConverter` within [when the queue was last seen empty,
// now].

import CSystemIO
import Packets
import Probing
import Synchronization
import SystemIO
import Time
import Tracing

/// Reads what has arrived on one socket or on several, in the order that a tracer needs.
struct SocketReader {
  private var converter = StampConverter()
  /// Datagrams that were read, and wait until the error queue of their socket is empty.
  private var stash: ArrivalScratch
  /// The socket of those datagrams; nil when there are none.
  private(set) var stashed: LiveSocket?
  private var queued: ArrivalScratch

  /// A packet is stamped when its interface has it, and queued when the network stack is through with it: a moment that
  /// finds the queue empty may lie between the two. A millisecond is far longer than that takes.
  private static let stackDelay = Duration.milliseconds(1)

  /// Takes no memory before it is used.
  ///
  /// - Parameter capacity: the most arrivals that one call of the kernel brings.
  init(capacity: Int = Int(csio_receive_max)) {
    stash = ArrivalScratch(capacity: capacity)
    queued = ArrivalScratch(capacity: capacity)
  }

  /// Looks at the clocks, so that the stamps of what is read next can be placed.
  ///
  /// - Parameter wasSet: the wall clock was set since the last call. Without that notice, a step is found all the same.
  /// - Returns: the moment at which reading starts.
  mutating func start(clockWasSet wasSet: Bool = false) -> Instant {
    if wasSet { converter.clockWasSet() }
    let clocks = MonotonicClock.sample()
    converter.sample(realtime: clocks.realtime, monotonic: clocks.monotonic)
    return clocks.monotonic
  }

  /// Hands out the datagrams in the stash; false when the batch is full before that.
  mutating func finishStashed(into batch: inout ArrivalBatch) -> Bool {
    guard let socket = stashed else { return true }
    stashed = nil
    return finish(socket, into: &batch)
  }

  /// Reads a socket until it is empty; false when the batch is full before.
  ///
  /// - Parameter startedAt: as `start` returned it.
  mutating func read(_ socket: LiveSocket, into batch: inout ArrivalBatch, startedAt: Instant) -> Bool {
    var mayHaveMore = true
    while mayHaveMore {
      guard batch.hasRoom else { return false }
      mayHaveMore = stash.receive(from: socket.descriptor.raw, errorQueue: false, most: Int(csio_receive_max))
      guard finish(socket, into: &batch) else { return false }
    }
    socket.emptyAt = startedAt
    return true
  }

  /// Forgets what waits in the stash.
  mutating func removeAll() {
    stashed = nil
    stash.removeAll()
  }

  /// Empties the error queue, then hands out the datagrams that were read before; false when the batch is full before
  /// that, and they stay in the stash.
  private mutating func finish(_ socket: LiveSocket, into batch: inout ArrivalBatch) -> Bool {
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

  private mutating func keep(_ socket: LiveSocket) -> Bool {
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
