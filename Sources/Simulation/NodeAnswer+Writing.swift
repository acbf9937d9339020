import Packets

/// The datagrams of the answers.
extension NodeAnswer {
  /// Appends the answer as an IP datagram to whoever sent the one that is answered.
  ///
  /// - Parameters:
  ///   - flight: what is answered, as it came to the node.
  ///   - ttl: as the answer arrives at the vantage point.
  ///   - limit: how many bytes behind the IP header an error quotes; nil for as many as fit.
  func write(
    to flight: borrowing Flight, from responder: IPAddress, ttl: UInt8, identification: UInt16, quoting limit: Int?,
    into writer: inout ByteWriter
  ) {
    let header = flight.header
    let datagram = flight.bytes.span.bytes.extracting(first: header.length)
    let envelope = Envelope(
      source: responder, destination: header.source, ttl: ttl, typeOfService: isError ? Self.errorTypeOfService : 0,
      identification: identification)
    switch self {
    case .timeExceeded, .networkUnreachable, .hostUnreachable, .prohibited, .tooBig, .portUnreachable,
      .protocolUnreachable:
      writeError(datagram, header, envelope, quoting: limit, label: flight.fate.label, into: &writer)
    case .echoReply:
      let message = datagram.extracting(header.transportOffset..<header.length)
      envelope.writeHeader(envelope.icmp, payloadLength: message.byteCount, into: &writer)
      ICMPMessage.writeEcho(
        isReply: true, family: header.family, identifier: message.uint16(at: 4), sequence: message.uint16(at: 6),
        payload: message.extracting(ICMPMessage.headerLength..<message.byteCount), checksum: envelope.icmpChecksum,
        into: &writer)
    case .reset:
      writeReset(datagram, header, envelope, into: &writer)
    case .datagram(let payload):
      writeDatagram(payload, datagram, header, envelope, into: &writer)
    }
  }

  /// What the IP header of an answer says.
  struct Envelope {
    let source: IPAddress
    let destination: IPAddress
    let ttl: UInt8
    let typeOfService: UInt8
    let identification: UInt16

    var icmp: IPProtocol { source.family == .ipv4 ? .icmp : .icmpv6 }

    var icmpChecksum: ICMPChecksum {
      source.family == .ipv4 ? .message : .pseudoHeader(source: source, destination: destination)
    }

    func writeHeader(_ protocolNumber: IPProtocol, payloadLength: Int, into writer: inout ByteWriter) {
      switch source.family {
      case .ipv4:
        IPv4Header(
          source: source, destination: destination, protocolNumber: protocolNumber, timeToLive: ttl,
          payloadLength: payloadLength, typeOfService: typeOfService, identification: identification
        ).write(into: &writer)
      case .ipv6:
        IPv6Header(
          source: source, destination: destination, nextHeader: protocolNumber, hopLimit: ttl,
          payloadLength: payloadLength
        ).write(into: &writer)
      }
    }
  }

  private func writeError(
    _ datagram: RawSpan, _ header: DatagramHeader, _ envelope: Envelope, quoting limit: Int?, label: UInt32?,
    into writer: inout ByteWriter
  ) {
    guard let (type, code, rest) = errorCode(header) else { return }
    let objects = label.map { label in
      [ICMPExtensionObject.mpls([MPLSLabel(label: label, bottomOfStack: true, timeToLive: 1)])]
    }
    var most = min(datagram.byteCount, Self.longestQuote(header.family))
    if let limit { most = min(most, header.transportOffset + limit) }
    if objects != nil { most = min(most, Self.quoteBesideObjects) }
    let length = objects == nil ? most : Self.quoteBesideObjects + Self.labelStructureLength
    envelope.writeHeader(envelope.icmp, payloadLength: ICMPMessage.headerLength + length, into: &writer)
    ICMPMessage.writeError(
      family: header.family, type: type, code: code, restOfHeader: rest, quote: datagram.extracting(first: most),
      extensions: objects ?? [], checksum: envelope.icmpChecksum, into: &writer)
  }

  /// What an error with extension objects quotes, padded to it (RFC 4884 section 5.1).
  private static let quoteBesideObjects = 128
  /// The header of the extension structure, that of its object, and one label.
  private static let labelStructureLength = 12

  /// A closed port's answer, RFC 9293 section 3.10.7.1.
  private func writeReset(
    _ datagram: RawSpan, _ header: DatagramHeader, _ envelope: Envelope, into writer: inout ByteWriter
  ) {
    let segment: TCPHeader
    do throws(PacketError) {
      segment = try TCPHeader.parse(datagram, at: header.transportOffset)
    } catch {
      // Options that end outside the segment: a host drops it, and so nothing is written.
      return
    }
    let data = header.length - header.transportOffset - segment.headerLength
    let counted = data + (segment.flags.contains(.syn) ? 1 : 0) + (segment.flags.contains(.fin) ? 1 : 0)
    var reset = TCPHeader(
      sourcePort: segment.destinationPort, destinationPort: segment.sourcePort, sequence: segment.acknowledgment,
      flags: .rst)
    if !segment.flags.contains(.ack) {
      reset.sequence = 0
      reset.acknowledgment = segment.sequence &+ UInt32(truncatingIfNeeded: counted)
      reset.flags = [.rst, .ack]
    }
    envelope.writeHeader(.tcp, payloadLength: TCPHeader.minimumLength, into: &writer)
    let start = writer.count
    reset.write(into: &writer)
    let sum = writer.checksum(
      from: start, protocol: .tcp, source: envelope.source, destination: envelope.destination)
    writer.set(sum, at: start + 16)
  }

  private func writeDatagram(
    _ payload: [UInt8], _ datagram: RawSpan, _ header: DatagramHeader, _ envelope: Envelope,
    into writer: inout ByteWriter
  ) {
    envelope.writeHeader(.udp, payloadLength: UDPHeader.length + payload.count, into: &writer)
    let start = writer.count
    UDPHeader(
      sourcePort: datagram.uint16(at: header.transportOffset + 2),
      destinationPort: datagram.uint16(at: header.transportOffset), payloadLength: payload.count
    ).write(into: &writer)
    writer.append(payload)
    let sum = UDPHeader.checksum(
      in: writer, from: start, source: envelope.source, destination: envelope.destination)
    writer.set(sum, at: start + 6)
  }

  /// Linux sends ICMP errors with the precedence "internetwork control" (net/ipv4/icmp.c).
  private static let errorTypeOfService: UInt8 = 0xc0

  /// How much of a datagram an error quotes at most, so that the whole error has 576 bytes (RFC 1812 section 4.3.2.3)
  /// or 1,280 (RFC 4443 section 2.4 c).
  private static func longestQuote(_ family: AddressFamily) -> Int {
    switch family {
    case .ipv4: 576 - IPv4Header.minimumLength - ICMPMessage.headerLength
    case .ipv6: 1_280 - IPv6Header.length - ICMPMessage.headerLength
    }
  }

  /// Type, code and bytes 4…7 of an error, RFC 792 and RFC 4443; nil for what is none.
  private func errorCode(_ header: DatagramHeader) -> (type: UInt8, code: UInt8, rest: UInt32)? {
    switch (self, header.family) {
    case (.timeExceeded, .ipv4): (ICMPType.timeExceeded, 0, 0)
    case (.timeExceeded, .ipv6): (ICMPv6Type.timeExceeded, 0, 0)
    case (.networkUnreachable, .ipv4): (ICMPType.destinationUnreachable, 0, 0)
    case (.networkUnreachable, .ipv6): (ICMPv6Type.destinationUnreachable, 0, 0)
    case (.hostUnreachable, .ipv4): (ICMPType.destinationUnreachable, 1, 0)
    case (.hostUnreachable, .ipv6): (ICMPv6Type.destinationUnreachable, 3, 0)
    case (.portUnreachable, .ipv4): (ICMPType.destinationUnreachable, 3, 0)
    case (.portUnreachable, .ipv6): (ICMPv6Type.destinationUnreachable, 4, 0)
    case (.protocolUnreachable, .ipv4): (ICMPType.destinationUnreachable, 2, 0)
    case (.prohibited, .ipv4): (ICMPType.destinationUnreachable, 13, 0)
    case (.prohibited, .ipv6): (ICMPv6Type.destinationUnreachable, 1, 0)
    case (.tooBig(let mtu), .ipv4): (ICMPType.destinationUnreachable, 4, UInt32(mtu))
    case (.tooBig(let mtu), .ipv6): (ICMPv6Type.packetTooBig, 0, UInt32(mtu))
    // Unrecognized next header, with a pointer to it: byte 6, where no extension headers stand before it.
    case (.protocolUnreachable, .ipv6): (ICMPv6Type.parameterProblem, 1, 6)
    case (.echoReply, _), (.reset, _), (.datagram, _): nil
    }
  }
}
