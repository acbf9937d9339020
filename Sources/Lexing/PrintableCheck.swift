/// One pass over new bytes that finds their lines and the first byte that no text may hold.
///
/// Refused are control bytes other than tab and line end (`\n`, `\r\n`), the C1 controls, and what is no UTF-8
/// (RFC 3629 section 4): a terminal would act on the first two, and a target's name can hold none of them.
struct PrintableCheck {
  /// Next byte to look at.
  private var position: Int
  /// First byte of the line that `position` is on.
  private var lineStart: Int
  /// Starts of the lines found so far.
  private(set) var lineStarts: [Int] = []

  init(position: Int, lineStart: Int) {
    self.position = position
    self.lineStart = lineStart
  }

  /// What was found, and the bytes at fault.
  struct Fault {
    var diagnostic: Diagnostic
    var range: SourceRange
  }

  /// - Returns: nil when every byte from `position` on may stay.
  mutating func run(over bytes: [UInt8]) -> Fault? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\n") {
        position += 1
        lineStart = position
        lineStarts.append(position)
        continue
      }
      if position - lineStart >= SourceText.lineLimitBytes { return lineTooLong() }
      if byte < 0x80 {
        guard isAllowedASCII(byte, next: position + 1 < bytes.count ? bytes[position + 1] : nil) else {
          return controlByte(byte, lengthBytes: 1)
        }
        position += 1
      } else {
        guard let length = sequenceLengthBytes(in: bytes) else { return invalidUTF8(byte) }
        if byte == 0xC2, bytes[position + 1] < 0xA0 { return controlByte(bytes[position + 1], lengthBytes: 2) }
        position += length
      }
    }
    return nil
  }

  private func isAllowedASCII(_ byte: UInt8, next: UInt8?) -> Bool {
    if byte == UInt8(ascii: "\t") { return true }
    if byte == UInt8(ascii: "\r") { return next == UInt8(ascii: "\n") }
    return byte >= 0x20 && byte != 0x7F
  }

  /// Length of the well-formed sequence at `position`; nil when there is none. Table 3-7 of the Unicode standard.
  private func sequenceLengthBytes(in bytes: [UInt8]) -> Int? {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[position] {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      second = 0xA0...0xBF
    case 0xED:
      length = 3
      second = 0x80...0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      second = 0x90...0xBF
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      second = 0x80...0x8F
    default: return nil
    }
    guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
    for offset in 2..<length where bytes[position + offset] & 0xC0 != 0x80 { return nil }
    return length
  }

  private func lineTooLong() -> Fault {
    Fault(
      diagnostic: Diagnostic(
        "this line is too long", why: "a line has at most \(SourceText.lineLimitBytes) bytes"),
      range: SourceRange(position, position + 1))
  }

  private func controlByte(_ byte: UInt8, lengthBytes: Int) -> Fault {
    Fault(
      diagnostic: Diagnostic(
        byte == 0 ? "this line holds a NUL byte" : "this line holds the control byte \(hex(byte))",
        why: "commands are text: printable characters, spaces and tabs"),
      range: SourceRange(position, position + lengthBytes))
  }

  private func invalidUTF8(_ byte: UInt8) -> Fault {
    Fault(
      diagnostic: Diagnostic(
        "this line is not UTF-8 text", why: "the byte \(hex(byte)) does not begin a whole character here"),
      range: SourceRange(position, position + 1))
  }

  private func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
  }
}
