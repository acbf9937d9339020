extension ICMPMessage {
  /// Appends an echo request or reply.
  ///
  /// - Parameters:
  ///   - isReply: whether it is a reply.
  ///   - payload: what follows the header; a reply repeats its request's.
  ///   - constantChecksum: when given, the first two bytes of the payload, of which there must be two, are replaced so that
  ///     the checksum comes out as this: that is what keeps the flow of a trace constant (ICMP-Paris). 0xffff gives 0.
  ///   - checksum: what the checksum covers. With `.none` the field is left 0, and a constant checksum is made over the message
  ///     alone, so that the kernel's, which adds the same pseudo header every time, is constant too.
  package static func writeEcho(
    isReply: Bool = false, family: AddressFamily, identifier: UInt16, sequence: UInt16, payload: RawSpan,
    constantChecksum: UInt16? = nil, checksum: ICMPChecksum, into writer: inout ByteWriter
  ) {
    let start = writer.count
    let type =
      switch family {
      case .ipv4: isReply ? ICMPType.echoReply : ICMPType.echoRequest
      case .ipv6: isReply ? ICMPv6Type.echoReply : ICMPv6Type.echoRequest
      }
    writer.append(UInt64(type) << 56 | UInt64(identifier) << 16 | UInt64(sequence))
    writer.append(payload)
    guard let constantChecksum else {
      return writeChecksum(checksum, from: start, into: &writer)
    }
    precondition(payload.byteCount >= 2, "a constant checksum needs two bytes of payload to compensate in")
    let word = InternetChecksum.compensation(
      from: sum(checksum, from: start, in: writer), to: constantChecksum, replacing: payload.uint16(at: 0))
    writer.set(word, at: start + headerLength)
    switch checksum {
    case .none: break
    case .message, .pseudoHeader: writer.set(constantChecksum == 0xffff ? 0 : constantChecksum, at: start + 2)
    }
  }

  /// Appends an error that quotes the beginning of a datagram.
  ///
  /// - Parameters:
  ///   - type: one that carries a quote, such as time exceeded.
  ///   - restOfHeader: bytes 4…7, such as an MTU; the length of the quote is put into it when there are extensions.
  ///   - quote: as much of the datagram, from its IP header on, as shall be quoted: with extensions at most 1,020 bytes (IPv4).
  ///   - extensions: when not empty, the quote is padded to 128 bytes at least, and an extension structure follows.
  ///   - isLegacy: leaves the length of the quote 0, as routers did before RFC 4884; the quote must fit in 128 bytes.
  package static func writeError(
    family: AddressFamily, type: UInt8, code: UInt8, restOfHeader: UInt32 = 0, quote: RawSpan,
    extensions: [ICMPExtensionObject] = [], isLegacy: Bool = false, checksum: ICMPChecksum,
    into writer: inout ByteWriter
  ) {
    let start = writer.count
    writer.append(UInt64(type) << 56 | UInt64(code) << 48 | UInt64(restOfHeader))
    writer.append(quote)
    if !extensions.isEmpty {
      let unit = family == .ipv4 ? 4 : 8
      let padded = max(ErrorLayout.paddedQuoteLength, (quote.byteCount + unit - 1) / unit * unit)
      precondition(padded / unit <= 255, "the quote of an extended error has at most 255 units")
      precondition(!isLegacy || padded == ErrorLayout.paddedQuoteLength, "the quote of the legacy layout has 128 bytes")
      writer.append(zeros: padded - quote.byteCount)
      if !isLegacy { writer.set(lengthField(family, restOfHeader, units: padded / unit), at: start + 4) }
      ICMPExtension.write(extensions, into: &writer)
    }
    writeChecksum(checksum, from: start, into: &writer)
  }

  /// Bytes 4 and 5 of an extended error: the length is byte 5 in ICMP and byte 4 in ICMPv6, RFC 4884 section 4.
  private static func lengthField(_ family: AddressFamily, _ restOfHeader: UInt32, units: Int) -> UInt16 {
    let before = UInt16(truncatingIfNeeded: restOfHeader >> 16)
    return switch family {
    case .ipv4: before & 0xff00 | UInt16(units)
    case .ipv6: before & 0x00ff | UInt16(units) << 8
    }
  }

  private static func writeChecksum(_ checksum: ICMPChecksum, from start: Int, into writer: inout ByteWriter) {
    switch checksum {
    case .none: break
    case .message, .pseudoHeader: writer.set(sum(checksum, from: start, in: writer), at: start + 2)
    }
  }

  private static func sum(_ checksum: ICMPChecksum, from start: Int, in writer: borrowing ByteWriter) -> UInt16 {
    switch checksum {
    case .none, .message: writer.checksum(from: start)
    case .pseudoHeader(let source, let destination):
      writer.checksum(from: start, protocol: .icmpv6, source: source, destination: destination)
    }
  }
}
