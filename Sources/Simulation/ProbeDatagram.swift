import Packets
import Probing
import Tracing

/// A probe as it leaves the simulated host: the transport-layer message that it was given, below an IP header.
enum ProbeDatagram {
  /// Appends the datagram, with the checksums that a kernel fills in: the header's, UDP's and ICMPv6's.
  static func write(
    _ record: DepartureBatch.Record, message bytes: [UInt8], source: IPAddress, identification: UInt16,
    into writer: inout ByteWriter
  ) {
    let protocolNumber = number(of: record.method.protocolName, record.destination.family)
    switch record.destination.family {
    case .ipv4:
      IPv4Header(
        source: source, destination: record.destination, protocolNumber: protocolNumber, timeToLive: record.hopLimit,
        payloadLength: record.range.count, identification: identification
      ).write(into: &writer)
    case .ipv6:
      IPv6Header(
        source: source, destination: record.destination, nextHeader: protocolNumber, hopLimit: record.hopLimit,
        payloadLength: record.range.count
      ).write(into: &writer)
    }
    let start = writer.count
    writer.append(bytes.span.bytes.extracting(record.range))
    let checksumOffset: Int
    switch (record.method.protocolName, record.destination.family) {
    case (.icmp, .ipv4): return
    case (.icmp, .ipv6): checksumOffset = start + 2
    case (.udp, _): checksumOffset = start + 6
    case (.tcp, _): preconditionFailure("TCP probes come out of captures, and are not sent.")
    }
    writer.set(0, at: checksumOffset)
    let sum = writer.checksum(
      from: start, protocol: protocolNumber, source: source, destination: record.destination)
    writer.set(sum == 0 && record.method.protocolName == .udp ? 0xffff : sum, at: checksumOffset)
  }

  /// Writes what is left of the TTL or hop limit into a datagram, and keeps an IPv4 header's checksum right.
  static func setTTL(_ ttl: UInt8, of datagram: inout [UInt8]) {
    guard datagram[0] >> 4 == 4 else {
      datagram[7] = ttl
      return
    }
    let protocolNumber = UInt16(datagram[9])
    let checksum = InternetChecksum.updated(
      UInt16(datagram[10]) << 8 | UInt16(datagram[11]), replacing: UInt16(datagram[8]) << 8 | protocolNumber,
      with: UInt16(ttl) << 8 | protocolNumber)
    datagram[8] = ttl
    datagram[10] = UInt8(checksum >> 8)
    datagram[11] = UInt8(truncatingIfNeeded: checksum)
  }

  /// What the header of a datagram says that `write` has made, so that nobody has to parse it.
  static func header(of record: DepartureBatch.Record, source: IPAddress, length: Int) -> DatagramHeader {
    DatagramHeader(
      source: source, destination: record.destination,
      protocolNumber: number(of: record.method.protocolName, record.destination.family),
      transportOffset: length - record.range.count, length: length, timeToLive: record.hopLimit)
  }

  private static func number(of name: ProbeProtocolName, _ family: AddressFamily) -> IPProtocol {
    switch (name, family) {
    case (.udp, _): .udp
    case (.tcp, _): .tcp
    case (.icmp, .ipv4): .icmp
    case (.icmp, .ipv6): .icmpv6
    }
  }
}
