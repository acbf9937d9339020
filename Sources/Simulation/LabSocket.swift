import CSystemIO
import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

/// One end of a pair whose other end is the lab.
///
/// Departures and arrivals are stamped by the kernel: it stamps a probe as the lab's end receives it, inside the call
/// that sends it, and the answer brings that stamp along. Until then, and for probes that nobody answers, the program's
/// clock just before the call stands.
final class LabSocket: ProbeSocket {
  let descriptor: Int32
  private let pair: LabPair
  private let server: LabServer
  /// As the server knows the pair.
  private let token: UInt64
  /// The probe that this socket was made for; nil for a shared one.
  private let launch: LaunchID?
  private var writer = ByteWriter(capacity: 0)
  private var lengths: [UInt32] = []
  /// Made when it is first needed: sockets of unanswered probes need none.
  private var inbox: LabInbox?
  private var converter = StampConverter()
  /// A moment at which nothing lay here unread.
  private var emptyAt: Instant

  init(_ pair: LabPair, token: UInt64, of server: LabServer, launch: LaunchID?) {
    self.pair = pair
    self.token = token
    self.server = server
    self.launch = launch
    descriptor = pair.descriptor
    let clocks = MonotonicClock.sample()
    converter.sample(realtime: clocks.realtime, monotonic: clocks.monotonic)
    emptyAt = clocks.monotonic
  }

  deinit {
    close()
  }

  var dropCount: Int { pair.dropCount }

  func close() {
    server.forget(token)
    pair.close()
  }

  func send(_ record: inout DepartureBatch.Record, _ bytes: [UInt8]) {
    writer.removeAll()
    guard let end = pair.engineEnd else { return record.result = .failed(.labIsShutDown) }
    do throws(SendFailure) {
      try server.admit(record)
    } catch {
      return record.result = .failed(error)
    }
    LabWire.write(record, bytes, into: &writer)
    let sentAt = MonotonicClock.now
    let sent = Glibc.send(end.descriptor.raw, writer.storage, writer.count, 0)
    record.result = sent == writer.count ? .departed(sentAt, .program) : Self.result(ofErrno: errno)
  }

  /// Sends a batch in order, as few calls as it takes.
  func send(_ batch: inout DepartureBatch) {
    guard let end = pair.engineEnd else {
      for index in batch.records.indices { batch.records[index].result = .failed(.labIsShutDown) }
      return
    }
    writer.removeAll()
    lengths.removeAll(keepingCapacity: true)
    var first = 0
    for index in batch.records.indices {
      do throws(SendFailure) {
        try server.admit(batch.records[index])
      } catch {
        flush(first..<index, of: &batch, to: end)
        batch.records[index].result = .failed(error)
        first = index + 1
        continue
      }
      let before = writer.count
      LabWire.write(batch.records[index], batch.bytes, into: &writer)
      lengths.append(UInt32(writer.count - before))
      if lengths.count == Int(csio_send_max) {
        flush(first..<index + 1, of: &batch, to: end)
        first = index + 1
      }
    }
    flush(first..<batch.records.count, of: &batch, to: end)
  }

  /// Sends what was written for a run of records; what there is no room for stays `held`.
  private func flush(_ run: Range<Int>, of batch: inout DepartureBatch, to end: LabPair.End) {
    guard !run.isEmpty else { return }
    let sentAt = MonotonicClock.now
    let sent = Int(csio_send_datagrams(end.descriptor.raw, writer.storage, lengths, Int32(lengths.count)))
    for index in run.prefix(max(0, sent)) { batch.records[index].result = .departed(sentAt, .program) }
    if sent < 0 { for index in run { batch.records[index].result = Self.result(ofErrno: Int32(-sent)) } }
    writer.removeAll()
    lengths.removeAll(keepingCapacity: true)
  }

  /// What a refused send means.
  private static func result(ofErrno code: Int32) -> DepartureBatch.Result {
    switch code {
    case EAGAIN, ENOBUFS, ENOMEM, EINTR: return .held
    // The lab has closed its end, and is about to close this one.
    case ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE: return .failed(.labIsShutDown)
    case _: return .failed(SendFailure(SystemError(call: "send", errno: code)))
    }
  }

  func receive(into batch: inout ArrivalBatch) {
    guard let end = pair.engineEnd else { return }
    var inbox = self.inbox ?? LabInbox(capacity: launch == nil ? Int(csio_receive_max) : Self.usualAnswers)
    self.inbox = nil
    defer { self.inbox = inbox }
    let clocks = MonotonicClock.sample()
    converter.sample(realtime: clocks.realtime, monotonic: clocks.monotonic)
    // An answer is two records: the departure's stamp, and itself.
    var mayHaveMore = true
    while mayHaveMore {
      let room = (ArrivalBatch.mostRecords - batch.records.count) / 2
      guard room > 0 else { return }
      mayHaveMore = inbox.receive(from: end.descriptor.raw, most: room)
      let readAt = MonotonicClock.now
      for index in 0..<inbox.count { append(inbox, index, readAt: readAt, to: &batch) }
    }
    emptyAt = clocks.monotonic
  }

  private func append(_ inbox: borrowing LabInbox, _ index: Int, readAt: Instant, to batch: inout ArrivalBatch) {
    let bytes = inbox.bytes
    let range = inbox.range(index)
    let header = LabWire.readAnswer(bytes.span.bytes, at: range.lowerBound)
    let datagram = bytes.span.bytes.extracting(range.lowerBound + LabWire.answerHeader..<range.upperBound)
    let stamp = converter.instant(
      ofRealtime: inbox.stamp(index), notBefore: emptyAt - LabInbox.queueDelay, notAfter: readAt)
    let family: AddressFamily = datagram.uint8(at: 0) >> 4 == 4 ? .ipv4 : .ipv6
    if let departure = header.departure {
      let end = batch.bytes.count
      var record = ArrivalBatch.Record(
        form: .departureStamp, family: family, protocolName: .icmp, source: nil, stamp: departure, stampSource: .kernel,
        range: end..<end)
      record.launch = header.launch
      batch.records.append(record)
    }
    let source: StampSource = stamp == nil ? .program : .kernel
    if let launch, batch.append(shortQuote: datagram, of: launch, stamp: stamp ?? readAt, stampSource: source) {
      return
    }
    batch.append(labDatagram: datagram, stamp: stamp ?? readAt, stampSource: source)
    batch.records[batch.records.count - 1].launch = launch
  }

  /// Datagrams that a socket for one probe has room for: its answer, and a duplicate.
  private static let usualAnswers = 2
}

extension SendFailure {
  static let labIsShutDown = SendFailure(lab: 0, "the lab has been shut down")

  init(_ error: SystemError) {
    self.init(
      call: error.call, errno: error.errno, reason: error.description,
      advice: error.errno == EMFILE ? "'ulimit -n' with a higher number" : nil)
  }
}
