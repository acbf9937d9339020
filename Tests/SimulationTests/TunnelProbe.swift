import NameWire
import Packets
import Simulation
import Testing
import Time

/// A kernel in front of a simulated network, by hand: whole datagrams in, whole datagrams out.
struct TunnelProbe {
  /// Not the vantage point's own addresses: a namespace has those that its script gives it.
  static let source = IPAddress(192, 168, 77, 5)
  static let source6 = IPAddress(high: 0xfd00_0000_0000_0000, low: 5)

  var network: TunnelNetwork

  init(_ topology: Topology, seed: UInt64 = 1) {
    network = TunnelNetwork(topology, seed: seed)
  }

  /// An answer as it came.
  struct Arrival {
    let time: Instant
    let bytes: [UInt8]
    let source: IPAddress
    let destination: IPAddress
    let protocolNumber: IPProtocol
    let ttl: UInt8
    /// Where the transport-layer message begins.
    let offset: Int

    /// Type and code of an ICMP message.
    var icmp: [UInt8] { Array(bytes[offset..<(offset + 2)]) }
  }

  static func source(_ family: AddressFamily) -> IPAddress { family == .ipv4 ? source : source6 }

  /// Sends an IP datagram with that payload, whose checksum field at `checksumOffset` is filled in.
  mutating func send(
    _ payload: [UInt8], _ number: IPProtocol, to target: IPAddress, ttl: UInt8 = 64, checksumAt offset: Int?,
    at now: Instant = .zero, source: IPAddress? = nil, damage: (inout [UInt8]) -> Void = { _ in }
  ) {
    let source = source ?? Self.source(target.family)
    var writer = ByteWriter(capacity: 2_048)
    switch target.family {
    case .ipv4:
      IPv4Header(
        source: source, destination: target, protocolNumber: number, timeToLive: ttl, payloadLength: payload.count,
        identification: 0x1234
      ).write(into: &writer)
    case .ipv6:
      IPv6Header(
        source: source, destination: target, nextHeader: number, hopLimit: ttl, payloadLength: payload.count
      ).write(into: &writer)
    }
    let start = writer.count
    writer.append(payload)
    if let offset {
      let sum =
        number == .icmp
        ? writer.checksum(from: start)
        : writer.checksum(from: start, protocol: number, source: source, destination: target)
      writer.set(sum, at: start + offset)
    }
    var bytes = writer.bytes
    damage(&bytes)
    network.send(bytes, count: bytes.count, at: now)
  }

  /// Sets the flag "don't fragment" in an IPv4 header, and its checksum.
  static func forbidFragments(of bytes: inout [UInt8]) {
    bytes[6] |= 0x40
    (bytes[10], bytes[11]) = (0, 0)
    var sum = InternetChecksum()
    sum.add(bytes.span.bytes, in: 0..<20)
    let value = sum.value
    (bytes[10], bytes[11]) = (UInt8(value >> 8), UInt8(truncatingIfNeeded: value))
  }

  mutating func sendEcho(
    to target: IPAddress, ttl: UInt8 = 64, source: IPAddress? = nil, damage: (inout [UInt8]) -> Void = { _ in }
  ) {
    let request = target.family == .ipv4 ? ICMPType.echoRequest : ICMPv6Type.echoRequest
    send(
      [request, 0, 0, 0, 0xab, 0xcd, 0, 7, 1, 2, 3, 4], target.family == .ipv4 ? .icmp : .icmpv6, to: target, ttl: ttl,
      checksumAt: 2, source: source, damage: damage)
  }

  mutating func sendUDP(
    _ payload: [UInt8] = [1, 2, 3], to target: IPAddress, port: UInt16, ttl: UInt8 = 64, at now: Instant = .zero
  ) {
    var writer = ByteWriter(capacity: 2_048)
    UDPHeader(sourcePort: 40_000, destinationPort: port, payloadLength: payload.count).write(into: &writer)
    writer.append(payload)
    send(writer.bytes, .udp, to: target, ttl: ttl, checksumAt: 6, at: now)
  }

  mutating func ask(
    _ name: DomainName, _ type: RecordType, of server: IPAddress, ttl: UInt8 = 64, at now: Instant = .zero
  ) {
    sendUDP(NameMessage.query(NameQuestion(name, type), id: 0x4711).bytes(), to: server, port: 53, ttl: ttl, at: now)
  }

  /// Everything that comes back, with all checksums verified.
  mutating func receive() throws -> [Arrival] {
    var datagrams: [(bytes: [UInt8], time: Instant)] = []
    while let next = network.nextEventTime {
      while let answer = network.takeAnswer(by: next) { datagrams.append((answer.datagram, answer.due)) }
    }
    return try datagrams.map { try Self.read($0.bytes, $0.time) }
  }

  private static func read(_ bytes: [UInt8], _ time: Instant) throws -> Arrival {
    let span = bytes.span.bytes
    let arrival: Arrival
    if bytes[0] >> 4 == 4 {
      let header = try IPv4Header.parse(span)
      let holds = header.checksumHolds(in: span)
      #expect(holds)
      #expect(header.totalLength == bytes.count)
      arrival = Arrival(
        time: time, bytes: bytes, source: header.source, destination: header.destination,
        protocolNumber: header.protocolNumber, ttl: header.timeToLive, offset: header.headerLength)
    } else {
      let header = try IPv6Header.parse(span)
      #expect(header.payloadLength + IPv6Header.length == bytes.count)
      arrival = Arrival(
        time: time, bytes: bytes, source: header.source, destination: header.destination,
        protocolNumber: header.nextHeader, ttl: header.hopLimit, offset: IPv6Header.length)
    }
    var checksum = InternetChecksum()
    if arrival.protocolNumber != .icmp {
      checksum.addPseudoHeader(
        source: arrival.source, destination: arrival.destination, protocol: arrival.protocolNumber,
        length: bytes.count - arrival.offset)
    }
    checksum.add(span, in: arrival.offset..<bytes.count)
    let holds = checksum.holds
    #expect(holds)
    return arrival
  }
}

extension TunnelProbe.Arrival {
  /// The DNS message in it.
  func message() throws -> NameMessage {
    let header = try UDPHeader.parse(bytes.span.bytes, at: offset)
    #expect(protocolNumber == .udp && header.sourcePort == 53 && header.destinationPort == 40_000)
    #expect(header.length == bytes.count - offset)
    let message = try NameMessage.parse(bytes.span.bytes.extracting((offset + UDPHeader.length)..<bytes.count))
    #expect(message.isResponse && message.id == 0x4711)
    return message
  }
}
