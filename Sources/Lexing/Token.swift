/// A word of a line: text, with the places where variables are to be put in.
///
/// A word stays one word whatever its variables hold; only a word that is nothing but a list (`$@`, `$targets`) may
/// become several, which is for the interpreter to do.
package struct Word: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    case text(String)
    /// `$1` to `$9`.
    case argument(Int)
    /// `$@`: all arguments.
    case arguments
    /// `$name`.
    case variable(String)
  }

  package var pieces: [Piece]
  /// Where it stands, quotes included.
  package var range: SourceRange
  /// Whether any part was quoted: `'{'` is a word, `{` opens a block.
  package var isQuoted: Bool

  package init(_ pieces: [Piece], range: SourceRange, isQuoted: Bool = false) {
    self.pieces = pieces
    self.range = range
    self.isQuoted = isQuoted
  }

  /// The text of a word without variables; nil when there are some.
  package var literal: String? {
    guard let first = pieces.first else { return "" }
    guard case .text(let text) = first, pieces.count == 1 else { return nil }
    return text
  }
}

/// What a lexer finds next.
package struct Token: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case word(Word)
    /// `;` or the end of a line.
    case separator
    /// `{` as a word.
    case openBlock
    /// `}` as a word.
    case closeBlock
    /// `>` or `>>`; the file is the word after it.
    case redirection(appends: Bool)
    /// `|` with everything after it up to the end of its line, as written.
    case pipe(String)
    /// Nothing is left.
    case end
  }

  package var kind: Kind
  package var range: SourceRange
}

/// Why a text cannot be read to its end yet: what is still open, and where it was opened.
package struct OpenConstruct: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case singleQuote
    case doubleQuote
    case block
    /// A `\` at the end of the line.
    case continuation
  }

  package var kind: Kind
  package var range: SourceRange

  /// The complaint when no more text will come.
  package func diagnostic(in source: SourceText) -> Diagnostic {
    let diagnostic =
      switch kind {
      case .singleQuote: Diagnostic("this quotation is not closed", try: "end it with \"'\"")
      case .doubleQuote: Diagnostic("this quotation is not closed", try: "end it with '\"'")
      case .block: Diagnostic("this block is not closed", try: "end it with '}' as a word of its own")
      case .continuation: Diagnostic("this line continues, but no line follows", try: "remove the '\\' at its end")
      }
    return diagnostic.at(range, in: source)
  }
}
