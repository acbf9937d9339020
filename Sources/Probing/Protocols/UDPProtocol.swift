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
///     │ 'f'    't'  │ number      │ payload                   │
///     └─────────────┴─────────────┴───────────────────────────┘
///
/// A trace that varies its flow counts the destination port up from probe to probe, as the traceroute of 1988 did.
package struct UDPProtocol: Sendable {
  package let sourcePort: UInt16
  /// The destination port: of every probe, or of the first where they vary.
  package let port: UInt16
  private let template: [UInt8]
  private let variesPort: Bool
  private let firstTTL: Int
  private let queries: Int

  private static let headerLength = 8
  private static let mark: [UInt8] = Array("ft".utf8)

  package init(_ request: TraceRequest, sourcePort: UInt16) {
    self.sourcePort = sourcePort
    port = request.port
    variesPort = request.variesFlow
    firstTTL = Int(request.firstTTL.value)
    queries = request.queries
    let length = UInt16(clamping: Self.headerLength + request.payloadLength)
    var bytes: [UInt8] = []
    for field in [sourcePort, request.port, length, 0] { bytes += [UInt8(field >> 8), UInt8(field & 0xff)] }
    bytes += ProbePayload.bytes("ft\0\0rsh path probe, RFC 768 data", count: request.payloadLength)
    template = bytes
  }

  /// The destination port of a probe: the same for all, or counted up from the first port, and from it again behind the
  /// last one.
  package func port(of probe: ProbeID) -> UInt16 {
    guard variesPort else { return port }
    let number = (Int(probe.ttl.value) - firstTTL) * queries + Int(probe.attempt)
    return port + UInt16(number % (Int(UInt16.max) - Int(port) + 1))
  }

  /// Whether probes may go to that port.
  package func mayUse(_ port: UInt16) -> Bool { variesPort ? port >= self.port : port == self.port }

  package func encode(sequence: UInt16, port: UInt16, into bytes: inout [UInt8]) {
    let start = bytes.count
    let place = start + Self.headerLength + Self.mark.count
    bytes.append(contentsOf: template)
    if port != self.port {
      bytes[start + 2] = UInt8(port >> 8)
      bytes[start + 3] = UInt8(truncatingIfNeeded: port)
    }
    bytes[place] = UInt8(truncatingIfNeeded: sequence >> 8)
    bytes[place + 1] = UInt8(truncatingIfNeeded: sequence)
  }

  /// The number in a quoted payload.
  ///
  /// - Returns: nil when fewer than four bytes of it are quoted, or they are not ours.
  package static func number(inPayload range: Range<Int>, of bytes: RawSpan) -> UInt16? {
    guard range.count >= 4, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return nil }
    let start = range.lowerBound
    guard bytes.uint8(at: start) == mark[0], bytes.uint8(at: start + 1) == mark[1] else { return nil }
    return bytes.uint16(at: start + 2)
  }
}
