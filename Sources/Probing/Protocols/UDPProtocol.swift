import Packets
import Tracing

/// UDP datagrams with constant ports, told apart by a number in their payload.
///
/// Ports and addresses are what load balancers hash, so the whole trace is one flow. The number stands in the payload
/// because an error queue gives the quoted payload and nothing of the quoted headers; a router that quotes only the 8
/// bytes of RFC 792 gives none of it, and then only the socket can tell (see `Tracer`, ambiguous errors).
///
///      0      1      2      3      4      5      6      7
///     ┌──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┐
///     │ source port │ dest. port  │ length      │ checksum    │  checksum left to the kernel
///     ├──────┴──────┼──────┴──────┼──────┴──────┴──────┴──────┤
///     │ 'f'    't'  │ number      │ payload, 28 bytes         │
///     └─────────────┴─────────────┴───────────────────────────┘
package struct UDPProtocol: Sendable {
  package let sourcePort: UInt16
  package let port: UInt16
  private let template: [UInt8]

  /// Bytes behind the UDP header. With 32 of them a probe is 60 bytes long over IPv4, as traceroute's are.
  package static let payloadLength = 32
  private static let headerLength = 8
  private static let mark: [UInt8] = Array("ft".utf8)

  package init(_ request: TraceRequest, sourcePort: UInt16) {
    self.sourcePort = sourcePort
    port = request.port
    let length = UInt16(Self.headerLength + Self.payloadLength)
    var bytes: [UInt8] = []
    for field in [sourcePort, request.port, length, 0] { bytes += [UInt8(field >> 8), UInt8(field & 0xff)] }
    bytes += Self.mark + [0, 0] + Array("rsh path probe, RFC 768 data".utf8)
    precondition(bytes.count == Int(length), "the payload has its stated length")
    template = bytes
  }

  package func encode(sequence: UInt16, into bytes: inout [UInt8]) {
    let place = bytes.count + Self.headerLength + Self.mark.count
    bytes.append(contentsOf: template)
    bytes[place] = UInt8(truncatingIfNeeded: sequence >> 8)
    bytes[place + 1] = UInt8(truncatingIfNeeded: sequence)
  }

  /// The number in a quoted payload.
  ///
  /// - Returns: nil when fewer than four bytes of it are quoted, or they are not ours.
  static func number(inPayload range: Range<Int>, of bytes: RawSpan) -> UInt16? {
    guard range.count >= 4, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return nil }
    let start = range.lowerBound
    guard bytes.uint8(at: start) == mark[0], bytes.uint8(at: start + 1) == mark[1] else { return nil }
    return bytes.uint16(at: start + 2)
  }
}
