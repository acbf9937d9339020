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
        payloadLength: record.range.count, identification: identification, dontFragment: record.dontFragment
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

  /// Puts other addresses into a datagram as a translating router does, and keeps every checksum right.
  static func setAddresses(
    source: IPAddress?, destination: IPAddress?, of datagram: inout [UInt8], _ header: DatagramHeader
  ) {
    let isIPv4 = header.family == .ipv4
    let length = isIPv4 ? 4 : 16
    let start = isIPv4 ? 12 : 8
    for (address, offset) in [(source, start), (destination, start + length)] {
      guard let address, address.family == header.family else { continue }
      var writer = ByteWriter(capacity: 16)
      address.write(into: &writer)
      for index in stride(from: 0, to: length, by: 2) {
        let new = UInt16(writer.storage[index]) << 8 | UInt16(writer.storage[index + 1])
        replace(at: offset + index, by: new, in: &datagram, header)
      }
    }
  }

  /// Makes a datagram one that nobody has sent: another identifier, or another source port.
  static func disguise(_ datagram: inout [UInt8], _ header: DatagramHeader) {
    let offset = header.transportOffset + (ProtocolSet(header.protocolNumber) == .icmp ? 4 : 0)
    guard !header.isLaterFragment, offset + 2 <= datagram.count else { return }
    datagram[offset] ^= 0x5a
    datagram[offset + 1] ^= 0xa5
  }

  /// Replaces a word of an address, and what it adds to the checksums.
  private static func replace(at offset: Int, by new: UInt16, in datagram: inout [UInt8], _ header: DatagramHeader) {
    let old = UInt16(datagram[offset]) << 8 | UInt16(datagram[offset + 1])
    set(new, at: offset, in: &datagram)
    if header.family == .ipv4 { update(at: 10, old, new, in: &datagram) }
    guard !header.isLaterFragment else { return }
    let checksum: Int? =
      switch (header.protocolNumber, header.family) {
      case (.udp, _): header.transportOffset + 6
      case (.tcp, _): header.transportOffset + 16
      case (.icmpv6, .ipv6): header.transportOffset + 2
      case (_, _): nil
      }
    guard let checksum, checksum + 2 <= datagram.count else { return }
    // A UDP datagram without a checksum stays so.
    if header.protocolNumber == .udp, datagram[checksum] == 0, datagram[checksum + 1] == 0 { return }
    update(at: checksum, old, new, in: &datagram)
  }

  private static func update(at offset: Int, _ old: UInt16, _ new: UInt16, in datagram: inout [UInt8]) {
    let checksum = UInt16(datagram[offset]) << 8 | UInt16(datagram[offset + 1])
    set(InternetChecksum.updated(checksum, replacing: old, with: new), at: offset, in: &datagram)
  }

  private static func set(_ value: UInt16, at offset: Int, in datagram: inout [UInt8]) {
    datagram[offset] = UInt8(value >> 8)
    datagram[offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  /// What the header of a datagram says that `write` has made, so that nobody has to parse it.
  static func header(of record: DepartureBatch.Record, source: IPAddress, length: Int) -> DatagramHeader {
    DatagramHeader(
      source: source, destination: record.destination,
      protocolNumber: number(of: record.method.protocolName, record.destination.family),
      transportOffset: length - record.range.count, length: length, timeToLive: record.hopLimit,
      dontFragment: record.dontFragment)
  }

  private static func number(of name: ProbeProtocolName, _ family: AddressFamily) -> IPProtocol {
    switch (name, family) {
    case (.udp, _): .udp
    case (.icmp, .ipv4): .icmp
    case (.icmp, .ipv6): .icmpv6
    }
  }
}
