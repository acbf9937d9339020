/// Cuts a text into words, separators, blocks and redirections, one token at a time.
///
/// - `#` at the start of a word begins a comment, up to the end of the line.
/// - `'…'` keeps everything as it is; `"…"` keeps everything but `$`, and `\` before `"`, `\`, `$` or a line end.
/// - Outside quotes `\` keeps the next character as it is; at the end of a line it joins the next line.
/// - `;` and line ends separate; `{` and `}` count only as whole words; `>`, `>>` and `|` count anywhere.
///
/// Each byte is looked at once, except that an unfinished token is read again when more text has come.
package struct Lexer {
  package enum Step {
    case token(Token)
    /// The text ends inside something; the lexer stands where it stood before the call.
    case incomplete(OpenConstruct)
  }

  package private(set) var position = 0

  package init() {}

  /// Reads the next token.
  ///
  /// - Parameter hasOperators: false where `>` and `|` are ordinary characters, as in `expect hops > 5`.
  /// - Throws: a diagnostic for a `$` that names nothing.
  package mutating func next(in source: SourceText, hasOperators: Bool) throws(Diagnostic) -> Step {
    var scan = Scan(bytes: source.bytes, position: position, hasOperators: hasOperators)
    do {
      let token = try scan.token()
      position = scan.position
      return .token(token)
    } catch {
      switch error {
      case .open(let construct): return .incomplete(construct)
      case .wrong(let diagnostic, let range): throw diagnostic.at(range, in: source)
      }
    }
  }
}

/// Why a scan stopped short.
private enum ScanFailure: Error {
  case open(OpenConstruct)
  case wrong(Diagnostic, SourceRange)
}

/// The reading of one token.
private struct Scan {
  let bytes: [UInt8]
  var position: Int
  let hasOperators: Bool

  private var pieces: [Word.Piece] = []
  private var text: [UInt8] = []
  private var isQuoted = false

  init(bytes: [UInt8], position: Int, hasOperators: Bool) {
    self.bytes = bytes
    self.position = position
    self.hasOperators = hasOperators
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func token() throws(ScanFailure) -> Token {
    try skipBlanks()
    let start = position
    guard let byte = current else { return Token(kind: .end, range: SourceRange(start, start)) }
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: ";"):
      position += 1
      return Token(kind: .separator, range: SourceRange(start, position))
    case UInt8(ascii: ">") where hasOperators:
      position += 1
      let appends = current == byte
      if appends { position += 1 }
      return Token(kind: .redirection(appends: appends), range: SourceRange(start, position))
    case UInt8(ascii: "|") where hasOperators:
      let command = pipeCommand()
      return Token(kind: .pipe(command), range: SourceRange(start, position))
    default:
      return try word()
    }
  }

  /// Skips spaces, tabs, comments and joined line ends.
  private mutating func skipBlanks() throws(ScanFailure) {
    while let byte = current {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "#"): while let byte = current, byte != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "\\"):
        guard try skipJoinedLineEnd() else { return }
      default: return
      }
    }
  }

  /// Skips `\` with the line end behind it; false when something else is behind it.
  private mutating func skipJoinedLineEnd() throws(ScanFailure) -> Bool {
    var next = position + 1
    if next < bytes.count, bytes[next] == UInt8(ascii: "\r") { next += 1 }
    guard next >= bytes.count || bytes[next] == UInt8(ascii: "\n") else { return false }
    guard next + 1 < bytes.count else {
      throw .open(OpenConstruct(kind: .continuation, range: SourceRange(position, position + 1)))
    }
    position = next + 1
    return true
  }

  /// Everything after `|`; a `\` at the end of the line takes the next line in, and stays for the shell to read.
  private mutating func pipeCommand() -> String {
    position += 1
    let start = position
    while let byte = current, byte != UInt8(ascii: "\n") || bytes[position - 1] == UInt8(ascii: "\\") { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func word() throws(ScanFailure) -> Token {
    let start = position
    while let byte = current {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"):
        return finish(from: start)
      case UInt8(ascii: ">") where hasOperators, UInt8(ascii: "|") where hasOperators:
        return finish(from: start)
      case UInt8(ascii: "'"): try singleQuotation()
      case UInt8(ascii: "\""): try doubleQuotation()
      case UInt8(ascii: "$"): try variable()
      case UInt8(ascii: "\\"):
        if try skipJoinedLineEnd() { continue }
        isQuoted = true
        text.append(bytes[position + 1])
        position += 2
      default:
        text.append(byte)
        position += 1
      }
    }
    return finish(from: start)
  }

  private mutating func finish(from start: Int) -> Token {
    let range = SourceRange(start, position)
    endText()
    if range.upper - range.lower == 1 {
      if bytes[start] == UInt8(ascii: "{") { return Token(kind: .openBlock, range: range) }
      if bytes[start] == UInt8(ascii: "}") { return Token(kind: .closeBlock, range: range) }
    }
    return Token(kind: .word(Word(pieces, range: range, isQuoted: isQuoted)), range: range)
  }

  private mutating func endText() {
    guard !text.isEmpty else { return }
    pieces.append(.text(String(decoding: text, as: UTF8.self)))
    text.removeAll(keepingCapacity: true)
  }

  private mutating func singleQuotation() throws(ScanFailure) {
    let start = position
    isQuoted = true
    position += 1
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "'") { return }
      text.append(byte)
    }
    throw .open(OpenConstruct(kind: .singleQuote, range: SourceRange(start, start + 1)))
  }

  private mutating func doubleQuotation() throws(ScanFailure) {
    let start = position
    isQuoted = true
    position += 1
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "$"): try variable()
      case UInt8(ascii: "\\") where position + 1 < bytes.count: escapeInQuotation(bytes[position + 1])
      default:
        text.append(byte)
        position += 1
      }
    }
    throw .open(OpenConstruct(kind: .doubleQuote, range: SourceRange(start, start + 1)))
  }

  private mutating func escapeInQuotation(_ next: UInt8) {
    switch next {
    case UInt8(ascii: "\n"): break
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): text.append(next)
    default: text += [UInt8(ascii: "\\"), next]
    }
    position += 2
  }

  /// Reads `$1` to `$9`, `$@` or `$name`.
  private mutating func variable() throws(ScanFailure) {
    let start = position
    endText()
    position += 1
    switch current {
    case UInt8(ascii: "@"):
      pieces.append(.arguments)
      position += 1
    case .some(UInt8(ascii: "1")...UInt8(ascii: "9")):
      pieces.append(.argument(Int(bytes[position] - UInt8(ascii: "0"))))
      position += 1
      if let next = current, isDigit(next) {
        throw .wrong(
          Diagnostic("arguments go from $1 to $9", try: "'$@' for all of them"), SourceRange(start, position + 1))
      }
    case .some(let byte) where isLetter(byte):
      let nameStart = position
      while let byte = current, isLetter(byte) || isDigit(byte) { position += 1 }
      pieces.append(.variable(String(decoding: bytes[nameStart..<position], as: UTF8.self)))
    default:
      throw .wrong(
        Diagnostic("this '$' names nothing", try: "'\\$' for the character itself"), SourceRange(start, start + 1))
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
