extension ICMPMessage {
  /// The least length that an error with extensions pads its quote to, and where the extension structure starts in the
  /// legacy layout, which does not say (RFC 4884 sections 3 and 5).
  static let paddedQuoteLength = 128

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
    var message = ICMPMessage(
      family: family, type: bytes.uint8(at: offset), code: bytes.uint8(at: offset + 1),
      checksum: bytes.uint16(at: offset + 2), restOfHeader: bytes.uint32(at: offset + 4),
      body: (offset + headerLength)..<bytes.byteCount)
    switch message.kind {
    case .echoRequest, .echoReply, .other: break
    case .timeExceeded, .destinationUnreachable, .packetTooBig, .parameterProblem:
      let end = message.locateExtensions(bytes, at: offset)
      message.quoted = try QuotedDatagram.parse(bytes, at: message.body.lowerBound, end: end, family: family)
    }
    return message
  }

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

  /// Finds the extension structure of an error, and returns where the quote before it ends.
  private mutating func locateExtensions(_ bytes: RawSpan, at offset: Int) -> Int {
    guard let lengthOffset else { return body.upperBound }
    let announced = Int(bytes.uint8(at: offset + lengthOffset)) * lengthUnit
    let end = body.lowerBound + (announced > 0 ? announced : Self.paddedQuoteLength)
    if announced > 0 {
      guard end <= body.upperBound else {
        extensionError = PacketError(.icmpQuoteLength, at: offset + lengthOffset, .badLength)
        return body.upperBound
      }
      if end < body.upperBound { extensions = end..<body.upperBound }
      return end
    }
    guard end + ICMPExtension.headerLength <= body.upperBound,
      ICMPExtension.isCertain(bytes, in: end..<body.upperBound)
    else { return body.upperBound }
    extensions = end..<body.upperBound
    return end
  }

  /// Which byte of the header holds the length of the quote, RFC 4884 sections 4.1 to 4.5; nil when the type has none.
  private var lengthOffset: Int? {
    switch (family, type) {
    case (.ipv4, ICMPType.destinationUnreachable), (.ipv4, ICMPType.timeExceeded), (.ipv4, ICMPType.parameterProblem): 5
    case (.ipv6, ICMPv6Type.destinationUnreachable), (.ipv6, ICMPv6Type.timeExceeded): 4
    default: nil
    }
  }

  /// The unit of that length, in bytes: words of 32 bits in ICMP, of 64 bits in ICMPv6.
  var lengthUnit: Int {
    switch family {
    case .ipv4: 4
    case .ipv6: 8
    }
  }
}
