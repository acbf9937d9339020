import Packets
import Probing
import Tracing

extension PacketArrival {
  /// What it says, read as any arrival is; nil when it is no reply.
  var foreignReply: Reply? {
    var record = ArrivalBatch.Record(
      form: form, family: family, protocolName: protocolName, source: source, stamp: stamp, stampSource: stampSource,
      range: bytes.indices)
    record.quotedPort = quotedPort
    let span = bytes.span.bytes
    guard let parsed = ReplyParser.parse(record, span) else { return nil }
    let objects = parsed.extensions.map { ICMPExtension.parse(span, in: $0).objects } ?? []
    return Reply(
      responder: parsed.responder, kind: parsed.kind, icmpType: parsed.icmpType, icmpCode: parsed.icmpCode,
      replyTTL: parsed.replyTTL, quotedTTL: parsed.quotedTTL, extensions: objects, arrival: stamp, stamp: stampSource,
      read: read)
  }
}

extension TraceEvent {
  /// What it says that a tracer made of a reply; nil for other events.
  var verdict: PacketVerdict? {
    switch self {
    case .replied: .counted
    case .revised: .revised
    case .late: .late
    case .duplicate: .duplicate
    case .beyond: .beyond
    case .began, .sent, .restamped, .timedOut, .givenUp, .unsendable, .observed, .finished, .packet: nil
    }
  }
}
