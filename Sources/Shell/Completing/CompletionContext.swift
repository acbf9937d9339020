import Lexing

/// The place of a cursor in a line: the words of its command before it, and the beginning of the word it is in.
struct CompletionContext {
  /// The words of the command before the one at the cursor.
  private(set) var words: [String] = []
  /// The beginning of the word at the cursor, empty after a space.
  var typed = ""
  /// Where that begins, in bytes of the line.
  var start = 0
  /// The only words that may begin a command here: `else` behind the block of an `if`, and `if` behind that; nil elsewhere.
  private(set) var beginnings: [String]?
  /// What the blocks that are open are of, the innermost last.
  private var blocks: [String] = []
  /// The word names the file of a redirection.
  private(set) var isFile = false

  /// - Returns: nil where nothing can be completed: in a comment, a variable, or a command for /bin/sh.
  init?(_ line: some Collection<UInt8>) {
    do throws(Diagnostic) {
      let source = try SourceText(line)
      guard try read(source) else { return nil }
    } catch {
      return nil
    }
  }

  private mutating func read(_ source: SourceText) throws(Diagnostic) -> Bool {
    var lexer = Lexer()
    var last: Token?
    while true {
      let hasOperators = !(words.first.map(CommandTable.keepsOperators) ?? false)
      switch try lexer.next(in: source, hasOperators: hasOperators) {
      case .incomplete(let construct): return readOpenQuotation(construct, source)
      case .token(let token):
        if case .end = token.kind { return end(last, source) }
        if let word = last.flatMap(Self.word) { take(word) }
        take(token)
        last = token
      }
    }
  }

  private mutating func take(_ token: Token) {
    switch token.kind {
    case .word, .end, .pipe: break
    case .separator:
      beginCommand()
    case .openBlock:
      blocks.append(words.first ?? "")
      beginCommand()
    case .closeBlock:
      beginCommand()
      if blocks.popLast() == "if" { beginnings = ["else"] }
    case .redirection: isFile = true
    }
  }

  private mutating func beginCommand() {
    words = []
    beginnings = nil
    isFile = false
  }

  /// Behind `else` a command begins, which is `if`.
  private mutating func take(_ word: Word) {
    guard word.literal != "else" || !words.isEmpty else {
      beginnings = ["if"]
      return
    }
    words.append(word.literal ?? "")
  }

  private static func word(_ token: Token) -> Word? {
    guard case .word(let word) = token.kind else { return nil }
    return word
  }

  /// Completes inside a quotation from the quote on.
  private mutating func readOpenQuotation(_ construct: OpenConstruct, _ source: SourceText) -> Bool {
    guard construct.kind == .singleQuote || construct.kind == .doubleQuote else { return false }
    start = construct.range.upper
    typed = source[SourceRange(start, source.bytes.count)]
    return true
  }

  private mutating func end(_ last: Token?, _ source: SourceText) -> Bool {
    start = source.bytes.count
    guard let last else { return source.bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
    let isAtCursor = last.range.upper == start
    if case .pipe = last.kind { return false }
    guard let word = Self.word(last) else { return true }
    guard isAtCursor else {
      // A comment leaves a gap too, but not one of blanks only.
      let gap = source.bytes[last.range.upper...]
      guard gap.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) else { return false }
      take(word)
      return true
    }
    guard let text = word.literal, !word.isQuoted else { return false }
    start = last.range.lower
    typed = text
    return true
  }
}
