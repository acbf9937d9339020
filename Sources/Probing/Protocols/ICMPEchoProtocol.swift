import Packets
import Tracing

/// ICMP echo requests whose checksum is constant over a trace (ICMP-Paris).
///
/// A load balancer may hash the first four bytes of the ICMP message: type, code and checksum. The sequence number
/// varies from probe to probe, and two bytes of the payload take up the difference, so that the checksum stays what
/// the flow says, and every probe of the trace takes the same path (Augustin et al., IMC 2006).
///
///      0      1      2      3      4      5      6      7
///     ┌──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┐
///     │ type │ code │ checksum    │ identifier  │ sequence    │  checksum constant, sequence varies
///     ├──────┴──────┼──────┴──────┴──────┴──────┴──────┴──────┤
///     │compensation │ payload                                 │
///     └─────────────┴─────────────────────────────────────────┘
///
/// The checksum of ICMPv6 covers a pseudo header that the kernel adds (RFC 3542 section 3.1): it is constant too,
/// since addresses and length are. A trace that varies its flow leaves the compensation as it is, and so each sequence
/// number has a checksum of its own.
package struct ICMPEchoProtocol: Sendable {
  package let identifier: UInt16
  /// A whole message with sequence number 0.
  private let template: [UInt8]
  /// The compensation that belongs to sequence number 0.
  private let compensation: UInt16
  /// Whether the checksum changes with the sequence number.
  private let variesChecksum: Bool
  /// Whether the checksum is ours to write, and not the kernel's.
  private let writesChecksum: Bool

  private static let checksumOffset = 2
  private static let sequenceOffset = 6
  private static let compensationOffset = 8

  package init(_ request: TraceRequest, identifier: UInt16) {
    self.identifier = identifier
    variesChecksum = request.variesFlow
    writesChecksum = request.method.family == .ipv4
    let payload = ProbePayload.bytes("\0\0ftrsh path probe, RFC 792 echo", count: request.payloadLength)
    var writer = ByteWriter(capacity: ICMPMessage.headerLength + payload.count)
    ICMPMessage.writeEcho(
      family: request.method.family, identifier: identifier, sequence: 0, payload: payload.span.bytes,
      constantChecksum: Self.checksum(of: request.flow),
      checksum: writesChecksum ? .message : .none, into: &writer)
    template = writer.bytes
    compensation =
      UInt16(template[Self.compensationOffset]) << 8 | UInt16(template[Self.compensationOffset + 1])
  }

  /// The checksum that stands for a flow: any constant does; never 0x0000 or 0xffff, which mean the same sum.
  static func checksum(of flow: FlowID) -> UInt16 { 0x6674 &+ (flow.value % 0x8000) }

  package func encode(sequence: UInt16, into bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: template)
    guard !variesChecksum else { return vary(sequence, of: &bytes, at: start) }
    // One's complement subtraction: what the sequence number adds to the sum, the compensation takes away.
    let sum = UInt32(compensation) + UInt32(~sequence)
    let folded = UInt16(truncatingIfNeeded: (sum & 0xffff) + (sum >> 16))
    // One span for all stores: an array looks at each whether its storage is shared.
    var room = bytes.mutableSpan
    var message = room.mutableBytes
    message.storeBytes(of: sequence.bigEndian, toByteOffset: start + Self.sequenceOffset, as: UInt16.self)
    message.storeBytes(of: folded.bigEndian, toByteOffset: start + Self.compensationOffset, as: UInt16.self)
  }

  /// Writes a sequence number, and the checksum that is then right.
  private func vary(_ sequence: UInt16, of bytes: inout [UInt8], at start: Int) {
    var room = bytes.mutableSpan
    var message = room.mutableBytes
    message.storeBytes(of: sequence.bigEndian, toByteOffset: start + Self.sequenceOffset, as: UInt16.self)
    guard writesChecksum else { return }
    let old = UInt16(template[Self.checksumOffset]) << 8 | UInt16(template[Self.checksumOffset + 1])
    let checksum = InternetChecksum.updated(old, replacing: 0, with: sequence)
    message.storeBytes(of: checksum.bigEndian, toByteOffset: start + Self.checksumOffset, as: UInt16.self)
  }
}
