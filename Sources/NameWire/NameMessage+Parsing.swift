import Packets

extension NameMessage {
  /// Reads a whole message; what stands behind its last record is ignored.
  ///
  /// Its cost is bounded by its length: a record has at least 11 bytes, and a name at most 127 pointers.
  /// - Throws: what is wrong with it, in whichever section; a message that is wrong in part is not to be trusted in the
  ///   rest.
  package static func parse(_ bytes: RawSpan) throws(NameWireError) -> NameMessage {
    try bytes.require(headerLength, at: 0, .header)
    let flags = bytes.uint16(at: 2)
    var message = NameMessage(id: bytes.uint16(at: 0), isResponse: flags & NameFlags.response != 0)
    message.opcode = UInt8(flags >> NameFlags.opcodeShift & 0xf)
    message.isAuthoritative = flags & NameFlags.authoritative != 0
    message.isTruncated = flags & NameFlags.truncated != 0
    message.recursionDesired = flags & NameFlags.recursionDesired != 0
    message.recursionAvailable = flags & NameFlags.recursionAvailable != 0
    message.responseCode = ResponseCode(rawValue: UInt8(truncatingIfNeeded: flags))
    var offset = headerLength
    let questions = bytes.uint16(at: 4)
    // Several questions were never defined to mean anything (RFC 9619).
    guard questions <= 1 else { throw NameWireError(.question, at: 4, .tooMany) }
    if questions == 1 { message.asked = try question(in: bytes, at: &offset) }
    for _ in 0..<bytes.uint16(at: 6) {
      let record = try RecordBytes(in: bytes, at: &offset)
      if let known = try record.known(in: bytes) { message.answers.append(known) }
    }
    for _ in 0..<bytes.uint16(at: 8) { _ = try RecordBytes(in: bytes, at: &offset) }
    for _ in 0..<bytes.uint16(at: 10) {
      let record = try RecordBytes(in: bytes, at: &offset)
      if record.typeNumber == optionType { message.payloadLimit = Int(record.classNumber) }
    }
    return message
  }

  private static func question(in bytes: RawSpan, at offset: inout Int) throws(NameWireError) -> Asked {
    let (name, end) = try DomainName.parse(bytes, at: offset)
    try bytes.require(4, at: end, .question)
    offset = end + 4
    return Asked(name: name, typeNumber: bytes.uint16(at: end), classNumber: bytes.uint16(at: end + 2))
  }
}

/// Where the parts of a record lie.
///
///     name     | may be compressed
///      0…1     | type
///      2…3     | class
///      4…7     | time to live, in seconds
///      8…9     | length of the data
///     10…      | data
private struct RecordBytes {
  let name: DomainName
  let typeNumber: UInt16
  let classNumber: UInt16
  let timeToLive: UInt32
  let data: Range<Int>

  /// Reads the record at `offset`, and moves that behind it.
  init(in bytes: RawSpan, at offset: inout Int) throws(NameWireError) {
    let (name, fixed) = try DomainName.parse(bytes, at: offset)
    try bytes.require(10, at: fixed, .record)
    self.name = name
    typeNumber = bytes.uint16(at: fixed)
    classNumber = bytes.uint16(at: fixed + 2)
    let seconds = bytes.uint32(at: fixed + 4)
    // A time with its highest bit set is to be taken as none (RFC 2181 section 8).
    timeToLive = seconds > Int32.max ? 0 : seconds
    let length = Int(bytes.uint16(at: fixed + 8))
    try bytes.require(length, at: fixed + 10, .recordLength)
    data = fixed + 10..<fixed + 10 + length
    offset = data.upperBound
  }

  /// The record when its type is one of ours.
  func known(in bytes: RawSpan) throws(NameWireError) -> NameRecord? {
    guard classNumber == NameMessage.internetClass, let type = RecordType(rawValue: typeNumber) else { return nil }
    let content: NameRecord.Content =
      switch type {
      case .a: .address(try address(.ipv4, in: bytes))
      case .aaaa: .address(try address(.ipv6, in: bytes))
      case .cname: .canonicalName(try domainName(in: bytes))
      case .ptr: .pointer(try domainName(in: bytes))
      case .txt: .text(try text(in: bytes))
      }
    return NameRecord(name, timeToLive: timeToLive, content)
  }

  private func address(_ family: AddressFamily, in bytes: RawSpan) throws(NameWireError) -> IPAddress {
    guard data.count == family.addressByteCount else { throw NameWireError(.address, at: data.lowerBound, .badLength) }
    do throws(PacketError) {
      return try IPAddress(reading: family, from: bytes, at: data.lowerBound)
    } catch {
      throw NameWireError(.address, at: data.lowerBound, .truncated)
    }
  }

  private func domainName(in bytes: RawSpan) throws(NameWireError) -> DomainName {
    let (name, end) = try DomainName.parse(bytes, at: data.lowerBound)
    guard end == data.upperBound else { throw NameWireError(.name, at: data.lowerBound, .badLength) }
    return name
  }

  /// Strings of a length byte and that many bytes. There should be one at least, but nothing at all is seen, and harmless.
  private func text(in bytes: RawSpan) throws(NameWireError) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(data.count)
    var offset = data.lowerBound
    while offset < data.upperBound {
      let next = offset + 1 + Int(bytes.uint8(at: offset))
      guard next <= data.upperBound else { throw NameWireError(.text, at: offset, .badLength) }
      for index in offset + 1..<next { text.append(bytes.uint8(at: index)) }
      offset = next
    }
    return text
  }
}
