import Results

/// Bytes of a terminal in, keys out.
///
/// Theory of operation. Bytes are UTF-8. Four things are taken out of the stream before libedit sees it:
///
/// - Ctrl-C and Ctrl-Z, which must work in every state of libedit (it swallows them in a search);
/// - a bracketed paste, `ESC [ 200 ~ … ESC [ 201 ~` (xterm, "Bracketed Paste Mode"), which arrives as one key with its text.
///   An ESC therefore waits for the next byte: the caller calls `settle` when none comes within a moment, and the held
///   bytes become keys of their own;
/// - invalid UTF-8, NUL and C1 controls, which mean nothing and could be taken for libedit's own 8-bit bindings.
///
/// States: `plain` → `scalar` (inside a UTF-8 sequence) → `plain`; `plain` → `escape` (a beginning of the paste's opening
/// sequence is held) → `plain` or `paste` → `plain`.
struct KeyDecoder {
  enum Key: Equatable {
    case character(Unicode.Scalar)
    case interrupt
    case suspend
    /// A paste, cleaned by `clean`.
    case pasted(String)
  }

  private enum State {
    case plain
    case scalar(bytes: [UInt8], length: Int)
    case escape(matched: Int)
    case paste(bytes: [UInt8])
  }

  /// A paste longer than this is cut: it is a mistake, and libedit redraws the line for each change.
  static let pasteLimitBytes = 256 * 1024

  private static let opening = Array("\u{1B}[200~".utf8)
  private static let closing = Array("\u{1B}[201~".utf8)

  private var state = State.plain

  /// True while bytes are held that may begin a paste; the caller then waits only a moment before `settle`.
  var isHolding: Bool {
    if case .escape = state { return true }
    return false
  }

  /// True inside a paste: bytes may then be read in blocks.
  var isPasting: Bool {
    if case .paste = state { return true }
    return false
  }

  /// Takes one byte; adds the keys that are complete.
  mutating func take(_ byte: UInt8, into keys: inout [Key]) {
    switch state {
    case .plain: takePlain(byte, into: &keys)
    case .scalar(var bytes, let length):
      guard byte & 0xC0 == 0x80 else {
        state = .plain
        takePlain(byte, into: &keys)
        return
      }
      bytes.append(byte)
      state = bytes.count < length ? .scalar(bytes: bytes, length: length) : .plain
      if bytes.count == length { emit(bytes, into: &keys) }
    case .escape(let matched):
      guard byte == Self.opening[matched] else {
        settle(into: &keys)
        takePlain(byte, into: &keys)
        return
      }
      state = matched + 1 == Self.opening.count ? .paste(bytes: []) : .escape(matched: matched + 1)
    case .paste(var bytes):
      state = .plain  // no second reference to the bytes: appending stays in place
      bytes.append(byte)
      if bytes.suffix(Self.closing.count).elementsEqual(Self.closing) {
        bytes.removeLast(Self.closing.count)
        keys.append(.pasted(Self.clean(bytes)))
      } else {
        // Beyond the limit only the tail that may close the paste is kept.
        if bytes.count > Self.pasteLimitBytes + Self.closing.count { bytes.remove(at: Self.pasteLimitBytes) }
        state = .paste(bytes: bytes)
      }
    }
  }

  /// No further byte came: what was held are keys.
  mutating func settle(into keys: inout [Key]) {
    guard case .escape(let matched) = state else { return }
    state = .plain
    for byte in Self.opening.prefix(matched) { keys.append(.character(Unicode.Scalar(byte))) }
  }

  private mutating func takePlain(_ byte: UInt8, into keys: inout [Key]) {
    switch byte {
    case 0x00: break
    case 0x03: keys.append(.interrupt)
    case 0x1A: keys.append(.suspend)
    case 0x1B: state = .escape(matched: 1)
    case 0xC2...0xDF: state = .scalar(bytes: [byte], length: 2)
    case 0xE0...0xEF: state = .scalar(bytes: [byte], length: 3)
    case 0xF0...0xF4: state = .scalar(bytes: [byte], length: 4)
    case 0x01...0x7F: keys.append(.character(Unicode.Scalar(byte)))
    default: break  // a continuation byte without a beginning, or never part of UTF-8
    }
  }

  private func emit(_ bytes: [UInt8], into keys: inout [Key]) {
    guard let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first else { return }
    guard !(0x80...0x9F).contains(scalar.value) else { return }
    keys.append(.character(scalar))
  }

  /// A paste as text for the line: line ends become `\n`, tabs a space, other controls go, and so does the last line end,
  /// so that Enter, and not the paste, runs it.
  private static func clean(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(pasteLimitBytes), as: UTF8.self)
    var kept = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r": kept.append("\n")
      case "\t": kept.append(" ")
      default: if !SafeText.isUnsafe(scalar) { kept.append(scalar) }
      }
      previous = scalar
    }
    while kept.last == "\n" { kept.removeLast() }
    return String(kept)
  }
}
