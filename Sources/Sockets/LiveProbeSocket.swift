import CSystemIO
import Packets
import Probing
import Synchronization
import SystemIO
import Time
import Tracing

/// A socket of the kernel that an engine waits on by itself, without an event loop: for one probe, or for many.
///
/// The engine gives its probes an identity (ICMP identifier, UDP source port) before there is a socket. A raw socket
/// sends it as it is; the kernel replaces it by the socket's own on a ping or a UDP socket, and what comes back is told
/// by the socket's own. So it is put back in what is received, as a translator of addresses would, and the engine finds
/// what it sent.
final class LiveProbeSocket: ProbeSocket {
  private var socket: LiveSocket?
  let descriptor: Int32
  private var reader: SocketReader
  private var outgoing: [csio_departure]
  /// What probes said of this host's end; nil before the first.
  private var sentIdentity: UInt16?
  private var closedDrops = 0

  /// Arrivals that one call brings to a socket for one probe: its reply and a duplicate.
  private static let usualArrivals = 2

  init(_ socket: LiveSocket) {
    let isShared = socket.launch == nil
    self.socket = socket
    descriptor = socket.descriptor.raw
    reader = SocketReader(capacity: isShared ? Int(csio_receive_max) : Self.usualArrivals)
    outgoing = [csio_departure()]
    // The clocks before the first stamp, so that a step of the wall clock until it is read is seen as one.
    socket.emptyAt = reader.start()
  }

  var dropCount: Int { socket?.drops ?? closedDrops }

  func close() {
    closedDrops = dropCount
    socket = nil
    reader.removeAll()
  }

  func send(_ record: inout DepartureBatch.Record, _ bytes: [UInt8]) {
    guard let socket else { preconditionFailure("A socket is not used after it was closed.") }
    do throws(SystemError) {
      try prepare(socket, for: record, bytes)
    } catch {
      return record.result = .failed(SendFailure(opening: record.method, error))
    }
    var records = [record]
    socket.send(0..<1, of: &records, bytes, &outgoing)
    record = records[0]
  }

  /// Takes note of the probe's identity, and has a raw socket for one probe hear about it.
  private func prepare(
    _ socket: LiveSocket, for record: DepartureBatch.Record, _ bytes: [UInt8]
  ) throws(SystemError) {
    let message = bytes.span.bytes.extracting(record.range)
    switch (record.method.protocolName, record.method.socket) {
    // RFC 768: the source port comes first.
    case (.udp, _): sentIdentity = message.uint16(at: 0)
    // RFC 792: type, code, checksum, identifier, sequence.
    case (.icmp, .raw):
      sentIdentity = message.uint16(at: 4)
      guard socket.launch != nil else { return }
      try RawSocket.hearOnly(identifier: message.uint16(at: 4), sequence: message.uint16(at: 6), socket)
    case (.icmp, _): sentIdentity = message.uint16(at: 4)
    case (.tcp, _): preconditionFailure("TCP probes come out of captures, and are not sent.")
    }
  }

  func receive(into batch: inout ArrivalBatch) {
    guard let socket else { return }
    let first = batch.records.count
    // Whatever woke the descriptor may have been an error that stands for nothing in the queue.
    socket.alarm.hasError.store(socket.queuesErrors, ordering: .relaxed)
    let startedAt = reader.start()
    if reader.finishStashed(into: &batch) { _ = reader.read(socket, into: &batch, startedAt: startedAt) }
    guard let sentIdentity, sentIdentity != socket.identity else { return }
    for index in batch.records.indices[first...] { Self.putBack(sentIdentity, in: &batch, index) }
  }

  /// Replaces the socket's own identity in a record by that which the probe was sent with.
  private static func putBack(_ identity: UInt16, in batch: inout ArrivalBatch, _ index: Int) {
    switch batch.records[index].form {
    case .queuedError, .udpDatagram: batch.records[index].localIdentity = identity
    // On a ping socket an echo reply, RFC 792 and RFC 4443: type, code, checksum, identifier, sequence.
    case .icmpMessage:
      let range = batch.records[index].range
      guard range.count >= ICMPMessage.headerLength else { return }
      batch.replace(identity, at: range.lowerBound + 4, checksumAt: range.lowerBound + 2)
    case .ipv4Datagram, .ipv6Datagram, .departureStamp: break
    }
  }
}

extension ArrivalBatch {
  /// Replaces two bytes, and keeps the checksum over them right.
  fileprivate mutating func replace(_ new: UInt16, at place: Int, checksumAt checksumPlace: Int) {
    let old = bytes.span.bytes.uint16(at: place)
    let checksum = InternetChecksum.updated(bytes.span.bytes.uint16(at: checksumPlace), replacing: old, with: new)
    for (value, start) in [(new, place), (checksum, checksumPlace)] {
      bytes[start] = UInt8(value >> 8)
      bytes[start + 1] = UInt8(truncatingIfNeeded: value)
    }
  }
}
