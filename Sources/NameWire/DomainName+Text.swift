/// Why a text is no domain name.
package enum DomainNameError: Error, Hashable, Sendable {
  /// There is nothing, or nothing between two dots.
  case emptyLabel
  /// A label of more than 63 bytes.
  case longLabel
  /// More than 255 bytes on the wire.
  case tooLong
  /// A backslash without what it should escape, or a number over 255 behind it.
  case badEscape
  /// A letter outside ASCII: such names are asked for in their ASCII form (RFC 5890).
  case notASCII
}

extension DomainNameError: CustomStringConvertible {
  /// What is wrong, as a phrase.
  package var description: String {
    switch self {
    case .emptyLabel: "a part of it is empty"
    case .longLabel: "a part of it is longer than \(DomainName.mostLabelBytes) bytes"
    case .tooLong: "it is longer than \(DomainName.mostBytes) bytes"
    case .badEscape: "a backslash stands before neither three digits up to 255 nor another character"
    case .notASCII: "it has letters outside ASCII; write its form that begins with 'xn--'"
    }
  }
}

extension DomainName {
  private static let dot = UInt8(ascii: ".")
  private static let backslash = UInt8(ascii: "\\")

  /// Reads a name as text: labels between dots, with or without a final one; `\DDD` is the byte with that decimal
  /// number, `\` before another character that character (RFC 1035 section 5.1). `.` alone is the root.
  ///
  /// - Throws: why it is none.
  package init(_ text: some StringProtocol) throws(DomainNameError) {
    guard text != "." else {
      self = .root
      return
    }
    var wire: [UInt8] = []
    var label: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte < 0x80 else { throw .notASCII }
      if byte == Self.dot {
        try Self.append(label, to: &wire)
        label = []
      } else {
        label.append(byte == Self.backslash ? try Self.escaped(&bytes) : byte)
      }
    }
    // Behind a final dot nothing is left; a text without any label fails here.
    if !label.isEmpty || wire.isEmpty { try Self.append(label, to: &wire) }
    self.init(wire: wire + [0])
  }

  private static func append(_ label: [UInt8], to wire: inout [UInt8]) throws(DomainNameError) {
    guard !label.isEmpty else { throw .emptyLabel }
    guard label.count <= mostLabelBytes else { throw .longLabel }
    // The root takes the last byte.
    guard wire.count + 1 + label.count < mostBytes else { throw .tooLong }
    wire.append(UInt8(label.count))
    wire += label
  }

  /// The byte that stands behind a backslash.
  private static func escaped(_ bytes: inout ArraySlice<UInt8>) throws(DomainNameError) -> UInt8 {
    guard let first = bytes.popFirst(), first < 0x80 else { throw .badEscape }
    guard let hundreds = digit(first) else { return first }
    guard let tens = bytes.popFirst().flatMap(digit), let ones = bytes.popFirst().flatMap(digit),
      let value = UInt8(exactly: hundreds * 100 + tens * 10 + ones)
    else { throw .badEscape }
    return value
  }

  private static func digit(_ byte: UInt8) -> Int? {
    let zero = UInt8(ascii: "0")
    return (zero...UInt8(ascii: "9")).contains(byte) ? Int(byte - zero) : nil
  }
}

extension DomainName: CustomStringConvertible {
  /// The name as text without a final dot, `.` for the root.
  ///
  /// A byte that is no printable ASCII character comes out as `\DDD`, a dot or backslash inside a label behind a backslash.
  /// So a name from a stranger moves no cursor and reads as no other name, and `init(_:)` gives it back exactly.
  package var description: String {
    guard self != .root else { return "." }
    var text: [UInt8] = []
    for label in labels {
      if !text.isEmpty { text.append(Self.dot) }
      for byte in label { Self.append(byte, to: &text) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(_ byte: UInt8, to text: inout [UInt8]) {
    switch byte {
    case dot, backslash:
      text += [backslash, byte]
    case 0x21...0x7e:
      text.append(byte)
    case _:
      let zero = UInt8(ascii: "0")
      text += [backslash, zero + byte / 100, zero + byte / 10 % 10, zero + byte % 10]
    }
  }
}
