import Packets

extension NameMessage {
  /// The message on the wire.
  ///
  /// - Parameter limit: the longest that may be sent, in bytes: `replyLimit` of the question by UDP, `mostBytes` by TCP.
  /// - Returns: where the answers do not fit, the message without them and with TC set (RFC 2181 section 9): the asker comes
  ///   again by TCP.
  package func bytes(within limit: Int = NameMessage.mostBytes) -> [UInt8] {
    let whole = written()
    guard whole.count > min(limit, Self.mostBytes), !answers.isEmpty else { return whole }
    var short = self
    short.isTruncated = true
    short.answers = []
    return short.written()
  }

  private func written() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.plainPayloadLimit)
    writer.append(id)
    writer.append(flags)
    writer.append(UInt16(asked == nil ? 0 : 1))
    // More than fit into the count do not fit into a message either: each takes at least 11 bytes.
    writer.append(UInt16(clamping: answers.count))
    writer.append(UInt16(0))
    writer.append(UInt16(payloadLimit == nil ? 0 : 1))
    if let asked {
      asked.name.write(into: &writer)
      writer.append(asked.typeNumber)
      writer.append(asked.classNumber)
    }
    for record in answers { write(record, into: &writer) }
    if let payloadLimit { Self.writeOption(payloadLimit, into: &writer) }
    return writer.bytes
  }

  private var flags: UInt16 {
    (isResponse ? NameFlags.response : 0) | UInt16(opcode & 0xf) << NameFlags.opcodeShift
      | (isAuthoritative ? NameFlags.authoritative : 0) | (isTruncated ? NameFlags.truncated : 0)
      | (recursionDesired ? NameFlags.recursionDesired : 0) | (recursionAvailable ? NameFlags.recursionAvailable : 0)
      | UInt16(responseCode.rawValue)
  }

  private func write(_ record: NameRecord, into writer: inout ByteWriter) {
    if record.name == asked?.name {
      // The question's name is at hand, right behind the header.
      writer.append(0xc000 | UInt16(Self.headerLength))
    } else {
      record.name.write(into: &writer)
    }
    writer.append(record.content.type.rawValue)
    writer.append(Self.internetClass)
    writer.append(record.timeToLive)
    let lengthOffset = writer.count
    writer.append(UInt16(0))
    switch record.content {
    case .address(let address): address.write(into: &writer)
    case .canonicalName(let name), .pointer(let name): name.write(into: &writer)
    case .text(let text): Self.write(text, into: &writer)
    }
    writer.set(UInt16(clamping: writer.count - lengthOffset - 2), at: lengthOffset)
  }

  /// As strings of at most 255 bytes, of which there must be one at least.
  private static func write(_ text: [UInt8], into writer: inout ByteWriter) {
    var rest = text[...]
    repeat {
      let string = rest.prefix(Int(UInt8.max))
      writer.append(UInt8(string.count))
      writer.append(Array(string))
      rest = rest.dropFirst(string.count)
    } while !rest.isEmpty
  }

  /// OPT has the root for its name and the limit in the place of the class (RFC 6891 section 6.1.2).
  private static func writeOption(_ payloadLimit: Int, into writer: inout ByteWriter) {
    DomainName.root.write(into: &writer)
    writer.append(optionType)
    writer.append(UInt16(clamping: payloadLimit))
    writer.append(zeros: 6)
  }
}
