import Packets

extension STUNMessage {
  /// Reads the answer to the request with that transaction id.
  ///
  /// - Parameter bytes: one datagram, whole.
  /// - Throws: what is wrong; `isAboutUs` tells a faulty answer to this request from what is none.
  package static func answer(in bytes: RawSpan, to id: STUNTransactionID) throws(STUNError) -> STUNAnswer {
    let type = try header(of: bytes, id: id)
    try checkFingerprint(of: bytes)
    var found = Found()
    try readAttributes(of: bytes, id: id, into: &found)
    switch type {
    case .bindingSuccess:
      guard let (address, port) = found.xorMapped ?? found.mapped else {
        throw STUNError(.mappedAddress, at: bytes.byteCount, .missing)
      }
      return .mapped(address, port: port)
    case .bindingError:
      guard let (code, reason) = found.error else { throw STUNError(.errorCode, at: bytes.byteCount, .missing) }
      return .refused(code: code, reason: reason)
    case .bindingRequest: throw STUNError(.type, at: 0, .unexpected)
    }
  }

  /// The attributes that matter, each as it stands first: a second one does not count (RFC 8489 section 14).
  private struct Found {
    var xorMapped: (address: IPAddress, port: UInt16)?
    var mapped: (address: IPAddress, port: UInt16)?
    var error: (code: Int, reason: String)?
  }

  private enum Attribute {
    static let mappedAddress: UInt16 = 0x0001
    static let messageIntegrity: UInt16 = 0x0008
    static let errorCode: UInt16 = 0x0009
    static let messageIntegritySHA256: UInt16 = 0x001c
    static let xorMappedAddress: UInt16 = 0x0020
    static let fingerprint: UInt16 = 0x8028

    /// Known, and without meaning for a client that has no password: RESPONSE-ADDRESS, SOURCE-ADDRESS, CHANGED-ADDRESS and
    /// REFLECTED-FROM, which servers still send for clients of RFC 3489; USERNAME, UNKNOWN-ATTRIBUTES, REALM, NONCE,
    /// PASSWORD-ALGORITHM, USERHASH.
    static let ignored: Set<UInt16> = [
      0x0002, 0x0004, 0x0005, 0x000b, 0x0006, 0x000a, 0x0014, 0x0015, 0x001d, 0x001e,
    ]

    static func mustBeUnderstood(_ type: UInt16) -> Bool { type < 0x8000 }
  }

  private static func header(of bytes: RawSpan, id: STUNTransactionID) throws(STUNError) -> STUNMessageType {
    guard bytes.byteCount >= headerByteCount else { throw STUNError(.header, at: 0, .truncated) }
    guard bytes.byteCount <= mostBytes else { throw STUNError(.header, at: 0, .tooLong) }
    guard bytes.uint32(at: 4) == magicCookie else { throw STUNError(.cookie, at: 4, .unexpected) }
    guard bytes.uint32(at: 8) == id.high, bytes.uint64(at: 12) == id.low else {
      throw STUNError(.transactionID, at: 8, .unexpected)
    }
    guard let type = STUNMessageType(rawValue: bytes.uint16(at: 0)), type != .bindingRequest else {
      throw STUNError(.type, at: 0, .unexpected)
    }
    let length = Int(bytes.uint16(at: 2))
    guard length.isMultiple(of: 4), length == bytes.byteCount - headerByteCount else {
      throw STUNError(.length, at: 2, .badLength)
    }
    return type
  }

  /// Checks the FINGERPRINT, if the last 8 bytes are one (RFC 8489 section 14.7).
  private static func checkFingerprint(of bytes: RawSpan) throws(STUNError) {
    let start = bytes.byteCount - 8
    guard start >= headerByteCount, bytes.uint32(at: start) == UInt32(Attribute.fingerprint) << 16 | 4 else { return }
    guard bytes.uint32(at: start + 4) == fingerprint(of: bytes.extracting(0..<start)) else {
      throw STUNError(.fingerprint, at: start, .badChecksum)
    }
  }

  private static func readAttributes(
    of bytes: RawSpan, id: STUNTransactionID, into found: inout Found
  ) throws(STUNError) {
    var offset = headerByteCount
    var isBehindIntegrity = false
    // Each turn takes 4 bytes or more of at most `mostBytes`.
    while offset < bytes.byteCount {
      guard bytes.byteCount - offset >= 4 else { throw STUNError(.attribute, at: offset, .truncated) }
      let type = bytes.uint16(at: offset)
      let length = Int(bytes.uint16(at: offset + 2))
      let start = offset + 4
      guard bytes.byteCount - start >= length else { throw STUNError(.attribute, at: offset, .badLength) }
      let end = start + (length + 3) / 4 * 4
      if type == Attribute.fingerprint {
        guard length == 4, end == bytes.byteCount else { throw STUNError(.fingerprint, at: offset, .unexpected) }
      } else if !isBehindIntegrity {
        try readAttribute(type, of: bytes, in: start..<(start + length), id: id, into: &found)
      }
      if type == Attribute.messageIntegrity || type == Attribute.messageIntegritySHA256 { isBehindIntegrity = true }
      offset = end
    }
  }

  private static func readAttribute(
    _ type: UInt16, of bytes: RawSpan, in range: Range<Int>, id: STUNTransactionID, into found: inout Found
  ) throws(STUNError) {
    switch type {
    case Attribute.xorMappedAddress:
      let seen = try mappedAddress(bytes, in: range)
      found.xorMapped = found.xorMapped ?? (unmasked(seen.address, id), seen.port ^ UInt16(magicCookie >> 16))
    case Attribute.mappedAddress:
      let seen = try mappedAddress(bytes, in: range)
      found.mapped = found.mapped ?? seen
    case Attribute.errorCode:
      let seen = try errorCode(bytes, in: range)
      found.error = found.error ?? seen
    case Attribute.messageIntegrity, Attribute.messageIntegritySHA256: break
    case _:
      guard !Attribute.mustBeUnderstood(type) || Attribute.ignored.contains(type) else {
        throw STUNError(.unknownAttribute(type), at: range.lowerBound - 4, .unexpected)
      }
    }
  }

  private static func mappedAddress(
    _ bytes: RawSpan, in range: Range<Int>
  ) throws(STUNError) -> (address: IPAddress, port: UInt16) {
    guard range.count >= 4 else { throw STUNError(.mappedAddress, at: range.lowerBound, .truncated) }
    let port = bytes.uint16(at: range.lowerBound + 2)
    let start = range.lowerBound + 4
    switch (bytes.uint8(at: range.lowerBound + 1), range.count) {
    case (1, 8): return (IPAddress(ipv4: bytes.uint32(at: start)), port)
    case (2, 20): return (IPAddress(high: bytes.uint64(at: start), low: bytes.uint64(at: start + 8)), port)
    case (1, _), (2, _): throw STUNError(.mappedAddress, at: range.lowerBound, .badLength)
    case _: throw STUNError(.mappedAddressFamily, at: range.lowerBound + 1, .unexpected)
    }
  }

  private static func unmasked(_ address: IPAddress, _ id: STUNTransactionID) -> IPAddress {
    switch address.family {
    case .ipv4: IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low) ^ magicCookie)
    case .ipv6: IPAddress(high: address.high ^ (UInt64(magicCookie) << 32 | UInt64(id.high)), low: address.low ^ id.low)
    }
  }

  private static func errorCode(
    _ bytes: RawSpan, in range: Range<Int>
  ) throws(STUNError) -> (code: Int, reason: String) {
    guard range.count >= 4 else { throw STUNError(.errorCode, at: range.lowerBound, .truncated) }
    let hundreds = Int(bytes.uint8(at: range.lowerBound + 2) & 7)
    let number = Int(bytes.uint8(at: range.lowerBound + 3))
    guard (3...6).contains(hundreds), number < 100 else {
      throw STUNError(.errorCode, at: range.lowerBound + 2, .unexpected)
    }
    let end = min(range.upperBound, range.lowerBound + 4 + STUNAnswer.mostReasonBytes)
    let reason = (range.lowerBound + 4..<end).map { bytes.uint8(at: $0) }
    return (hundreds * 100 + number, String(decoding: reason, as: UTF8.self))
  }

  /// CRC-32 (ITU-T V.42) of the bytes, combined with "STUN".
  static func fingerprint(of bytes: RawSpan) -> UInt32 {
    var crc = UInt32.max
    for offset in 0..<bytes.byteCount {
      crc ^= UInt32(bytes.uint8(at: offset))
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~crc ^ 0x5354_554e
  }
}
