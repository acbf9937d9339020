extension ICMPMessage {
  /// Reads a message that ends with the span.
  ///
  /// - Parameters:
  ///   - offset: where the message starts.
  ///   - verification: what to verify the checksum over.
  /// - Throws: `truncated` under 8 bytes, `badChecksum`, or what is wrong with the IP header that an error quotes. Not for
  ///   faults in the extension structure: they are in `extensionError`, or come out of `ICMPExtension.parse`.
  package static func parse(
    _ bytes: RawSpan, at offset: Int = 0, family: AddressFamily, verifyingChecksum verification: ICMPChecksum = .none
  ) throws(PacketError) -> ICMPMessage {
    try bytes.require(headerLength, at: offset, .icmpHeader)
    guard holds(verification, bytes, at: offset) else {
      throw PacketError(.icmpChecksum, at: offset + 2, .badChecksum)
    }
    let header = bytes.extracting(offset..<(offset &+ headerLength))
    let type = header.uint8(at: 0)
    let body = (offset &+ headerLength)..<bytes.byteCount
    guard isError(family, type: type) else {
      return ICMPMessage(
        family: family, type: type, code: header.uint8(at: 1), checksum: header.uint16(at: 2),
        restOfHeader: header.uint32(at: 4), body: body, quoted: nil, extensions: nil)
    }
    let layout = ErrorLayout(
      bytes, body: body, quoteLength: quoteLength(family, type: type, restOfHeader: header.uint32(at: 4)))
    let quoted = try QuotedDatagram.parse(bytes, at: body.lowerBound, end: layout.quoteEnd, family: family)
    return ICMPMessage(
      family: family, type: type, code: header.uint8(at: 1), checksum: header.uint16(at: 2),
      restOfHeader: header.uint32(at: 4), body: body, quoted: quoted, extensions: layout.extensions)
  }

  @inline(__always)
  private static func holds(_ verification: ICMPChecksum, _ bytes: RawSpan, at offset: Int) -> Bool {
    var sum = InternetChecksum()
    switch verification {
    case .none: return true
    case .message: break
    case .pseudoHeader(let source, let destination):
      sum.addPseudoHeader(
        source: source, destination: destination, protocol: .icmpv6, length: bytes.byteCount - offset)
    }
    sum.add(bytes, in: offset..<bytes.byteCount)
    return sum.holds
  }

  /// Whether messages of that type are errors about probes, and quote a datagram.
  @inline(__always)
  static func isError(_ family: AddressFamily, type: UInt8) -> Bool {
    switch family {
    case .ipv4:
      type == ICMPType.timeExceeded || type == ICMPType.destinationUnreachable || type == ICMPType.parameterProblem
    case .ipv6:
      ICMPv6Type.destinationUnreachable <= type && type <= ICMPv6Type.parameterProblem
    }
  }

  /// The length of the quote in bytes as the header of an error announces it, RFC 4884 sections 4.1 to 4.5.
  ///
  /// - Returns: 0 in the layout from before RFC 4884; nil when messages of that type have no room for extensions.
  @inline(__always)
  static func quoteLength(_ family: AddressFamily, type: UInt8, restOfHeader: UInt32) -> Int? {
    switch family {
    case .ipv4: Int(restOfHeader >> 16 & 0xff) * 4
    case .ipv6:
      type == ICMPv6Type.timeExceeded || type == ICMPv6Type.destinationUnreachable ? Int(restOfHeader >> 24) * 8 : nil
    }
  }

  /// Why the extension structure that an error announces cannot be where it says; nil when there is no such fault.
  ///
  /// The whole body is taken for the quote then, and `extensions` is nil. Faults inside the structure come out of
  /// `ICMPExtension.parse`.
  package var extensionError: PacketError? {
    guard quoted != nil,
      let quoteLength = Self.quoteLength(family, type: type, restOfHeader: restOfHeader), quoteLength > body.count
    else { return nil }
    let lengthOffset =
      switch family {
      case .ipv4: body.lowerBound - 3
      case .ipv6: body.lowerBound - 4
      }
    return PacketError(.icmpQuoteLength, at: lengthOffset, .badLength)
  }
}
