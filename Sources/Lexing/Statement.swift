/// One command as written: its words, a block if it has one, and where its output goes.
package struct Statement: Hashable, Sendable {
  /// At least one; the first is the command's name.
  package var words: [Word]
  package var block: Block?
  /// What follows the block: `else if … { … }`, and at the end `else { … }`.
  package var alternatives: [Alternative] = []
  package var redirection: Redirection?
  /// From the first word to the end of the block or redirection.
  package var range: SourceRange
}

/// The statements between `{` and `}`; there may be none.
package struct Block: Hashable, Sendable {
  package var statements: [Statement]
  /// Braces included.
  package var range: SourceRange
}

/// A block that is run where the one before it is not.
package struct Alternative: Hashable, Sendable {
  /// `if` and its condition, with `if` first; empty for a plain `else`.
  package var words: [Word]
  package var block: Block
  /// Where the word `else` stands.
  package var range: SourceRange
}

/// Where the output of a command goes instead of the screen.
package struct Redirection: Hashable, Sendable {
  package enum Destination: Hashable, Sendable {
    /// `> FILE`, or `>> FILE` when it appends.
    case file(Word, appends: Bool)
    /// `| COMMAND`: the input of a command line for `/bin/sh`, as written.
    case shell(String)
  }

  package var destination: Destination
  package var range: SourceRange
}

/// A text read to its end.
package struct Script: Sendable {
  package let source: SourceText
  package let statements: [Statement]

  package init(source: SourceText, statements: [Statement]) {
    self.source = source
    self.statements = statements
  }

  /// Reads a whole text, so that a mistake in its form is told before anything of it has run.
  ///
  /// - Parameter keepsOperators: see `StatementReader`.
  /// - Throws: the first mistake, or what is still open at the end, with its place.
  package init(_ source: SourceText, keepsOperators: @escaping StatementReader.OperatorRule) throws(Diagnostic) {
    var reader = StatementReader(source, keepsOperators: keepsOperators)
    var statements: [Statement] = []
    reading: while true {
      switch try reader.next() {
      case .statement(let statement): statements.append(statement)
      case .end: break reading
      case .incomplete(let construct): throw construct.diagnostic(in: source)
      }
    }
    self.source = source
    self.statements = statements
  }
}
