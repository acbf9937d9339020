import Packets
import Probing
import Time
import Tracing

/// A probe on its way through an engine: its bytes, and how long a reply is waited for.
struct EngineProbe: Sendable {
  /// Its `range` is that of `bytes`.
  var record: DepartureBatch.Record
  let bytes: [UInt8]
  let timeout: Duration
  /// How long behind the timeout a reply is still of interest.
  let keep: Duration
  let life: TraceLife

  init(
    _ record: DepartureBatch.Record, of batch: borrowing DepartureBatch, timeout: Duration, keep: Duration,
    life: TraceLife
  ) {
    self.record = record
    bytes = Array(batch.bytes[record.range])
    self.record.range = 0..<bytes.count
    self.timeout = timeout
    self.keep = keep
    self.life = life
  }
}

/// One arrival on a probe's socket: a reply, or the kernel's stamp of the departure.
struct EngineReply: Sendable {
  /// Its `range` is that of `bytes`.
  var record: ArrivalBatch.Record
  let bytes: [UInt8]
  /// Of a reply: the kernel's stamp of the probe's departure, where it gave one.
  var kernelDeparture: Instant?

  init(_ record: ArrivalBatch.Record, of batch: borrowing ArrivalBatch, kernelDeparture: Instant?) {
    self.record = record
    bytes = Array(batch.bytes[record.range])
    self.record.range = 0..<bytes.count
    self.kernelDeparture = kernelDeparture
  }

  /// Who sent it; nil when it can be no reply to a probe of ours.
  var responder: IPAddress? { ReplyParser.parse(record, bytes.span.bytes)?.responder }
}
