/// Takes a terminal's input apart: characters, controls, and CSI sequences (ECMA-48 section 5.4).
struct EscapeParser: Sendable {
  struct Sequence: Sendable {
    var isPrivate: Bool
    var parameters: [Int]
    var final: Character
  }

  enum Event: Sendable {
    case character(Unicode.Scalar)
    case control(UInt8)
    case sequence(Sequence)
    /// An escape sequence of another kind.
    case other(String)
  }

  private enum State: Sendable {
    case text
    case escape
    case csi([UInt8])
    /// An operating system command, such as a window's title, until BEL or ST.
    case command([UInt8])
    /// ESC ( and the like: one more byte.
    case charset
  }

  private var state = State.text
  /// Bytes of a UTF-8 sequence that is not complete.
  private var pending: [UInt8] = []

  mutating func take(_ bytes: [UInt8]) -> [Event] { bytes.compactMap { take($0) } }

  private mutating func take(_ byte: UInt8) -> Event? {
    switch state {
    case .text:
      if byte == 0x1B {
        state = .escape
        return nil
      }
      return byte < 0x20 || byte == 0x7F ? .control(byte) : character(byte)
    case .escape:
      switch byte {
      case UInt8(ascii: "["): state = .csi([])
      case UInt8(ascii: "]"): state = .command([])
      case UInt8(ascii: "("), UInt8(ascii: ")"): state = .charset
      default:
        state = .text
        // Keypad modes (DECKPAM, DECKPNM) show nothing.
        return byte == UInt8(ascii: "=") || byte == UInt8(ascii: ">") ? nil : .other("ESC \(Unicode.Scalar(byte))")
      }
      return nil
    case .csi(let bytes):
      guard (0x40...0x7E).contains(byte) else {
        state = .csi(bytes + [byte])
        return nil
      }
      state = .text
      return .sequence(Self.sequence(bytes, final: byte))
    case .command(let bytes):
      let isEnd = byte == 0x07 || (byte == UInt8(ascii: "\\") && bytes.last == 0x1B)
      state = isEnd ? .text : .command(bytes + [byte])
      return isEnd ? .other("OSC") : nil
    case .charset:
      state = .text
      return nil
    }
  }

  private mutating func character(_ byte: UInt8) -> Event? {
    pending.append(byte)
    if let text = String(validating: pending, as: UTF8.self), let scalar = text.unicodeScalars.first {
      pending = []
      return .character(scalar)
    }
    guard pending.count >= 4 else { return nil }
    pending = []
    return .character("\u{FFFD}")
  }

  private static func sequence(_ bytes: [UInt8], final: UInt8) -> Sequence {
    let isPrivate = bytes.first == UInt8(ascii: "?")
    let text = String(decoding: isPrivate ? bytes.dropFirst() : bytes[...], as: UTF8.self)
    return Sequence(
      isPrivate: isPrivate, parameters: text.split(separator: ";").compactMap { Int($0) },
      final: Character(Unicode.Scalar(final)))
  }
}
