import Packets
import Probing
import Time
import Tracing

/// What passes between a `LabSocket` and the lab: one datagram a probe, one an answer, in network order.
///
///      a probe                                          an answer
///      0        8      10     12    13    14   16       0        8           16
///     ┌────────┬──────┬──────┬─────┬─────┬────┐        ┌────────┬───────────┬───────────────┐
///     │ launch │ flow │ port │ hop │ kind│ 0  │        │ launch │ departure │ the datagram, │
///     ├────────┴──────┼──────┴─────┴─────┴────┤        │        │ or 0      │ from its IP   │
///     │ destination, 16 bytes                 │        └────────┴───────────┤ header on     │
///     ├───────────────────────────────────────┤                             └───────────────┘
///     │ the transport-layer message           │
///     └───────────────────────────────────────┘
///
/// Both ends are of this process, and a pair has no other: what is read is what was written.
enum LabWire {
  static let probeHeader = 32
  static let answerHeader = 16
  /// A probe's, or an answer's: an Ethernet frame's 1,500 bytes behind a header.
  static let longest = 1_500 + probeHeader

  private static let udp: UInt8 = 1
  private static let ipv6: UInt8 = 2
  private static let mayBeFragmented: UInt8 = 4

  /// Appends a probe, of which `HostAddresses` refuses nothing.
  static func write(_ record: DepartureBatch.Record, _ bytes: [UInt8], into writer: inout ByteWriter) {
    writer.append(record.launch.slot)
    writer.append(record.launch.generation)
    writer.append(record.flow.value)
    writer.append(record.port)
    writer.append(record.hopLimit)
    var kind: UInt8 =
      switch record.method.protocolName {
      case .icmp: 0
      case .udp: udp
      case .tcp: preconditionFailure("TCP probes come out of captures, and are not sent.")
      }
    switch record.destination.family {
    case .ipv4: break
    case .ipv6: kind |= ipv6
    }
    if !record.dontFragment { kind |= mayBeFragmented }
    writer.append(kind)
    writer.append(UInt16(0))
    writer.append(record.destination.high)
    writer.append(record.destination.low)
    writer.append(bytes.span.bytes.extracting(record.range))
  }

  /// Reads a probe that lies in bytes `range`.
  static func readProbe(_ bytes: RawSpan, in range: Range<Int>) -> DepartureBatch.Record {
    let start = range.lowerBound
    let kind = bytes.uint8(at: start + 13)
    let high = bytes.uint64(at: start + 16)
    let low = bytes.uint64(at: start + 24)
    let destination =
      kind & ipv6 == 0 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low)
    return DepartureBatch.Record(
      launch: readLaunch(bytes, at: start),
      method: ProbeMethod(protocolName: kind & udp == 0 ? .icmp : .udp, socket: .lab, family: destination.family),
      flow: FlowID(bytes.uint16(at: start + 8)), ownSocket: false, destination: destination,
      port: bytes.uint16(at: start + 10), source: nil, interfaceIndex: 0, hopLimit: bytes.uint8(at: start + 12),
      dontFragment: kind & mayBeFragmented == 0, range: start + probeHeader..<range.upperBound)
  }

  /// Appends an answer.
  ///
  /// - Parameter sender: whose `departure` is 0 when nobody knows it.
  static func write(answer datagram: [UInt8], to sender: FlightSender, into writer: inout ByteWriter) {
    writer.append(sender.launch.slot)
    writer.append(sender.launch.generation)
    writer.append(UInt64(bitPattern: sender.departure.nanoseconds))
    writer.append(datagram)
  }

  /// Reads the header of an answer.
  static func readAnswer(_ bytes: RawSpan, at start: Int) -> (launch: LaunchID, departure: Instant?) {
    let departure = Instant(nanoseconds: Int64(bitPattern: bytes.uint64(at: start + 8)))
    return (readLaunch(bytes, at: start), departure == .zero ? nil : departure)
  }

  private static func readLaunch(_ bytes: RawSpan, at start: Int) -> LaunchID {
    LaunchID(slot: bytes.uint32(at: start), generation: bytes.uint32(at: start + 4))
  }
}
