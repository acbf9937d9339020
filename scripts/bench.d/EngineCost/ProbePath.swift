import Packets
import Probing
import Time
import Tracing

/// Everything that happens to a probe between two system calls: take an identity, build the message with its checksum,
/// parse the router's answer, find whose it is, and forget it.
struct ProbePath {
  /// In flight at once: as many as one batch.
  private static let probesPerRound = DepartureBatch.mostRecords
  private static let rounds = 20_000
  private static let local: UInt16 = 0x4321

  private let target = IPAddress(203, 0, 113, 80)
  private let encoder: ProbeProtocol

  init() {
    let method = ProbeMethod(protocolName: .icmp, socket: .raw, family: .ipv4)
    encoder = ProbeProtocol(TraceRequest(target: target, method: method), local: Self.local)
  }

  /// Nanoseconds a probe.
  func cost() -> Double {
    var table = ProbeTable()
    var departures = DepartureBatch()
    var arrivals = ArrivalBatch()
    for sequence in 0..<UInt16(Self.probesPerRound) { arrivals.append(timeExceeded(about: sequence)) }
    var matched = 0
    let cost = medianCost(count: Self.probesPerRound, rounds: Self.rounds) {
      send(&table, &departures)
      matched += receive(arrivals, &table)
      table.expire(at: .zero) { _ in }
    }
    precondition(matched == Self.probesPerRound * Self.rounds, "every answer finds its probe")
    return cost
  }

  private func send(_ table: inout ProbeTable, _ departures: inout DepartureBatch) {
    departures.removeAll()
    for number in 0..<Self.probesPerRound {
      let sequence = UInt16(truncatingIfNeeded: number)
      let identity = encoder.identity(sequence: sequence, destination: target, port: 0)
      guard let probe = ProbeID(number: number),
        table.insert(identity, tracer: 0, probe: probe, keepUntil: .zero) != nil
      else { continue }
      encoder.encode(sequence: sequence, port: 0, into: &departures.bytes)
    }
  }

  private func receive(_ arrivals: borrowing ArrivalBatch, _ table: inout ProbeTable) -> Int {
    var matched = 0
    let bytes = arrivals.bytes.span.bytes
    for record in arrivals.records {
      guard let reply = ReplyParser.parse(record, bytes.extracting(record.range)),
        case .identity(let identity) = reply.key, table.find(identity) != nil
      else { continue }
      matched += 1
    }
    return matched
  }

  /// A router's answer to a probe, as a raw socket delivers it.
  private func timeExceeded(about sequence: UInt16) -> [UInt8] {
    var probe: [UInt8] = []
    encoder.encode(sequence: sequence, port: 0, into: &probe)
    var quote = ByteWriter()
    IPv4Header(
      source: IPAddress(192, 0, 2, 1), destination: target, protocolNumber: .icmp, timeToLive: 1,
      payloadLength: probe.count
    ).write(into: &quote)
    let quoted = quote.bytes + probe
    var message = ByteWriter()
    ICMPMessage.writeError(
      family: .ipv4, type: ICMPType.timeExceeded, code: 0, quote: quoted.span.bytes, checksum: .message, into: &message)
    var datagram = ByteWriter()
    IPv4Header(
      source: IPAddress(198, 51, 100, 7), destination: IPAddress(192, 0, 2, 1), protocolNumber: .icmp, timeToLive: 250,
      payloadLength: message.count
    ).write(into: &datagram)
    return datagram.bytes + message.bytes
  }
}

extension ProbeID {
  fileprivate init?(number: Int) {
    guard let ttl = TTL(number % 30 + 1) else { return nil }
    self.init(ttl: ttl, attempt: UInt16(number / 30))
  }
}

extension ArrivalBatch {
  fileprivate mutating func append(_ datagram: [UInt8]) {
    let start = bytes.count
    bytes += datagram
    records.append(
      Record(
        form: .ipv4Datagram, family: .ipv4, protocolName: .icmp, source: nil, stamp: .zero, stampSource: .kernel,
        range: start..<bytes.count))
  }
}
