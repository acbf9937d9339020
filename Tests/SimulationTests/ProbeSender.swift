import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

/// A network made of the lines of a script, each with its `lab` left out.
func network(_ lines: String...) throws -> Topology {
  let text = lines.map { "lab \($0)\n" }.joined()
  return try LabScript.topology(of: text.utf8, name: "test.ftr")
}

/// What came back for one probe, read by `Packets` alone, so that the tests share no code with the prober.
struct SeenReply: Equatable {
  var responder: IPAddress
  var type: UInt8
  var code: UInt8
  /// As it arrived.
  var ttl: UInt8
  /// nil for an echo reply.
  var quotedTTL: UInt8?
  /// The sequence number of the probe, echoed or quoted; 0 for UDP.
  var sequence: UInt16
  var arrival: Instant
}

/// Sends probes into a transport by hand, and reads what comes back.
struct ProbeSender {
  /// Where the networks of these tests start.
  static let home = IPAddress(192, 0, 2, 10)
  static let home6 = IPAddress(high: 0x2001_0db8_0000_0000, low: 0x10)

  let transport: any Transport
  private var sequence: UInt16 = 0
  /// Every arrival so far, as bytes with its stamp: what two equal runs must agree on.
  private(set) var transcript: [Arrival] = []

  struct Arrival: Equatable {
    var stamp: Instant
    var bytes: [UInt8]
  }

  private struct UnexpectedForm: Error {
    var form: ArrivalBatch.Form
  }

  init(_ transport: any Transport) {
    self.transport = transport
  }

  /// Sends one echo request for each TTL, and returns what became of them.
  @discardableResult
  mutating func sendEchoes(
    to target: IPAddress, ttls: [UInt8], at now: Instant = .zero, payload: [UInt8] = Array(0..<16),
    adjust: (inout DepartureBatch) -> Void = { _ in }
  ) throws -> [DepartureBatch.Result] {
    let method = ProbeMethod(protocolName: .icmp, socket: .lab, family: target.family)
    let identifier = try transport.open(method, flow: .standard)
    var batch = DepartureBatch()
    for ttl in ttls {
      var writer = ByteWriter(capacity: 64)
      sequence &+= 1
      ICMPMessage.writeEcho(
        family: target.family, identifier: identifier, sequence: sequence, payload: payload.span.bytes,
        checksum: target.family == .ipv4 ? .message : .none, into: &writer)
      append(writer.bytes, method: method, to: target, port: 0, ttl: ttl, into: &batch)
    }
    adjust(&batch)
    transport.send(&batch, at: now)
    return batch.records.map(\.result)
  }

  /// Sends one UDP datagram for each TTL.
  mutating func sendDatagrams(to target: IPAddress, ttls: [UInt8], at now: Instant = .zero) throws {
    let method = ProbeMethod(protocolName: .udp, socket: .lab, family: target.family)
    let port = try transport.open(method, flow: .standard)
    var batch = DepartureBatch()
    for ttl in ttls {
      var writer = ByteWriter(capacity: 64)
      UDPHeader(sourcePort: port, destinationPort: 33434, payloadLength: 4).write(into: &writer)
      writer.append([1, 2, 3, 4])
      append(writer.bytes, method: method, to: target, port: 33434, ttl: ttl, into: &batch)
    }
    transport.send(&batch, at: now)
  }

  private func append(
    _ message: [UInt8], method: ProbeMethod, to target: IPAddress, port: UInt16, ttl: UInt8,
    into batch: inout DepartureBatch
  ) {
    let range = batch.bytes.count..<(batch.bytes.count + message.count)
    batch.bytes += message
    batch.records.append(
      DepartureBatch.Record(
        launch: LaunchID(slot: 0, generation: 0), method: method, flow: .standard, ownSocket: false,
        destination: target, port: port, source: nil, interfaceIndex: 0, hopLimit: ttl, range: range))
  }

  /// Takes everything that arrives up to a moment, step by step as a prober would.
  mutating func receive(by end: Instant = .distantFuture) throws -> [SeenReply] {
    var replies: [SeenReply] = []
    var batch = ArrivalBatch()
    while let next = transport.nextArrivalTime, next <= end {
      batch.removeAll()
      transport.receive(into: &batch, by: next)
      for record in batch.records {
        transcript.append(Arrival(stamp: record.stamp, bytes: Array(batch.bytes[record.range])))
        replies.append(try read(record, in: batch.bytes))
      }
    }
    return replies
  }

  private func read(_ record: ArrivalBatch.Record, in bytes: [UInt8]) throws -> SeenReply {
    #expect(record.stampSource == .kernel)
    let span = bytes.span.bytes.extracting(record.range)
    let responder = try #require(record.source)
    let message: ICMPMessage
    let ttl: UInt8
    switch record.form {
    case .ipv4Datagram:
      let header = try IPv4Header.parse(span)
      let holds = header.checksumHolds(in: span)
      #expect(holds)
      #expect(header.totalLength == span.byteCount)
      #expect(header.source == responder && header.destination == Self.home)
      ttl = header.timeToLive
      message = try ICMPMessage.parse(span, at: header.headerLength, family: .ipv4, verifyingChecksum: .message)
      if message.quoted != nil {
        let quoteHolds = try IPv4Header.parse(span, at: message.body.lowerBound)
          .checksumHolds(in: span, at: message.body.lowerBound)
        #expect(quoteHolds)
      }
    case .icmpMessage:
      ttl = try #require(record.hopLimit)
      message = try ICMPMessage.parse(
        span, family: .ipv6, verifyingChecksum: .pseudoHeader(source: responder, destination: Self.home6))
    case .queuedError, .udpDatagram, .departureStamp, .ipv6Datagram:
      throw UnexpectedForm(form: record.form)
    }
    var sequence = message.quoted == nil ? message.sequence : 0
    if case .icmp(_, _, _, _, let quoted)? = message.quoted?.transport { sequence = quoted }
    return SeenReply(
      responder: responder, type: message.type, code: message.code, ttl: ttl,
      quotedTTL: message.quoted?.timeToLive, sequence: sequence, arrival: record.stamp)
  }
}
