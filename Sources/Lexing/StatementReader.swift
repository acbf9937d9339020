/// Puts tokens together into statements; keeps its place when the text ends inside one, so that more may be appended.
///
/// State: the statement being read, and a stack of statements whose block is open. A token either extends the current
/// statement, ends it (into the innermost open block, or out to the caller), opens a block (push) or closes one (pop).
package struct StatementReader: Sendable {
  /// Whether `>` and `|` are ordinary characters in the line of a command, given the command's name as written.
  package typealias OperatorRule = @Sendable (String) -> Bool

  package enum Step: Sendable {
    case statement(Statement)
    /// The text is used up and nothing is open.
    case end
    /// The text is used up inside something.
    case incomplete(OpenConstruct)
  }

  /// Blocks inside blocks: more than anyone writes, and few enough that running them cannot exhaust the stack.
  package static let depthLimit = 64
  /// `else` and `else if` behind one block: more than anyone writes.
  package static let alternativeLimit = 64

  package private(set) var source: SourceText
  private let keepsOperators: OperatorRule
  private var lexer = Lexer()
  private var current = Partial()
  private var enclosing: [Enclosing] = []
  /// The open quote that the text ended in: text without its partner cannot end it and need not be read.
  private var awaitedQuote: (construct: OpenConstruct, readTo: Int)?

  package init(_ source: SourceText, keepsOperators: @escaping OperatorRule) {
    self.source = source
    self.keepsOperators = keepsOperators
  }

  /// A statement that is being read.
  private struct Partial {
    var words: [Word] = []
    var block: Block?
    var alternatives: [Alternative] = []
    /// `else` and the words behind it, until their block opens.
    var openElse: OpenElse?
    var redirection: Redirection?
    var keepsOperators = false
    var end = 0
  }

  private struct OpenElse {
    var range: SourceRange
    var words: [Word] = []
  }

  /// A statement whose block is open, and what the block holds so far.
  private struct Enclosing {
    var opener: Partial
    var brace: SourceRange
    var statements: [Statement] = []
  }

  /// Adds whole lines, after `incomplete` or `end`.
  package mutating func append(_ bytes: some Collection<UInt8>) throws(Diagnostic) {
    try source.append(bytes)
  }

  /// - Throws: the first mistake in the form of the text, with its place; the reader is of no use after it.
  package mutating func next() throws(Diagnostic) -> Step {
    if let awaitedQuote, !mayClose(awaitedQuote.construct, from: awaitedQuote.readTo) {
      self.awaitedQuote?.readTo = source.bytes.count
      return .incomplete(awaitedQuote.construct)
    }
    awaitedQuote = nil
    while true {
      switch try lexer.next(in: source, hasOperators: !current.keepsOperators) {
      case .incomplete(let construct):
        if construct.kind != .continuation { awaitedQuote = (construct, source.bytes.count) }
        return .incomplete(construct)
      case .token(let token):
        if case .end = token.kind, let open = enclosing.last {
          try endStatement()
          return .incomplete(OpenConstruct(kind: .block, range: open.brace))
        }
        if let step = try take(token) { return step }
      }
    }
  }

  /// Whether new text could end a quotation; a double quote may turn out to be escaped, then it is read once more.
  private func mayClose(_ construct: OpenConstruct, from offset: Int) -> Bool {
    source.bytes[offset...].contains(source.bytes[construct.range.lower])
  }

  private mutating func take(_ token: Token) throws(Diagnostic) -> Step? {
    switch token.kind {
    case .word(let word): try take(word)
    case .separator: return try endStatement()
    case .end: return try endStatement() ?? .end
    case .openBlock: try openBlock(token.range)
    case .closeBlock: try closeBlock(token.range)
    case .redirection(let appends): try redirect(token.range, appends: appends)
    case .pipe(let command): try pipe(command, token.range)
    }
    return nil
  }

  private mutating func take(_ word: Word) throws(Diagnostic) {
    if case .file(let file, let appends)? = current.redirection?.destination, file.pieces.isEmpty, !file.isQuoted {
      if word.literal?.hasPrefix("&") == true {
        throw wrong("output goes to a file or a command, not to a descriptor", word.range)
      }
      current.redirection?.destination = .file(word, appends: appends)
      current.redirection?.range.upper = word.range.upper
    } else if current.redirection != nil {
      throw wrong("nothing may follow the file that output goes to", word.range, try: "';' before the next command")
    } else if current.openElse != nil {
      if current.openElse?.words.isEmpty == true, word.literal != "if" || word.isQuoted {
        throw wrong(
          "'else' is followed by a block or by 'if'", word.range, try: "'else { … }' or 'else if reached { … }'")
      }
      current.openElse?.words.append(word)
    } else if current.block != nil {
      try takeElse(word)
    } else {
      if current.words.isEmpty, let name = word.literal { current.keepsOperators = keepsOperators(name) }
      current.words.append(word)
    }
    current.end = word.range.upper
  }

  /// Takes the `else` behind a block.
  private mutating func takeElse(_ word: Word) throws(Diagnostic) {
    guard word.literal == "else", !word.isQuoted else {
      throw wrong("nothing may follow a block", word.range, try: "';' or a new line before the next command")
    }
    guard current.alternatives.last?.words.isEmpty != true else {
      throw wrong("nothing may follow the block of 'else'", word.range, try: "'else if' before it")
    }
    guard current.alternatives.count < Self.alternativeLimit else {
      throw wrong("more than \(Self.alternativeLimit) blocks follow one 'if'", word.range)
    }
    current.openElse = OpenElse(range: word.range)
  }

  private mutating func openBlock(_ brace: SourceRange) throws(Diagnostic) {
    guard !current.words.isEmpty else {
      throw wrong("a block belongs to the command before it", brace, try: "'repeat 3 { … }' or 'if reached { … }'")
    }
    guard current.block == nil || current.openElse != nil, current.redirection == nil else {
      throw wrong("a command has one block, before its redirection", brace)
    }
    if let open = current.openElse, open.words.count == 1 {
      throw wrong(
        "'else if' needs a condition", SourceRange(brace.lower, brace.lower),
        try: "'else if reached { … }', or 'else { … }'")
    }
    guard enclosing.count < Self.depthLimit else {
      throw wrong("blocks are nested deeper than \(Self.depthLimit)", brace)
    }
    enclosing.append(Enclosing(opener: current, brace: brace))
    current = Partial()
  }

  private mutating func closeBlock(_ brace: SourceRange) throws(Diagnostic) {
    guard !enclosing.isEmpty else {
      throw wrong("this '}' closes no block", brace, try: "\"'}'\" for the character itself")
    }
    try endStatement()
    let closed = enclosing.removeLast()
    current = closed.opener
    let block = Block(statements: closed.statements, range: closed.brace.union(brace))
    if let open = current.openElse {
      current.alternatives.append(Alternative(words: open.words, block: block, range: open.range))
      current.openElse = nil
    } else {
      current.block = block
    }
    current.end = brace.upper
  }

  private mutating func redirect(_ operation: SourceRange, appends: Bool) throws(Diagnostic) {
    try requireRedirectable(operation)
    // A word without pieces and quotes stands for the file until it is read.
    let file = Word([], range: operation)
    current.redirection = Redirection(destination: .file(file, appends: appends), range: operation)
    current.end = operation.upper
  }

  private mutating func pipe(_ command: String, _ range: SourceRange) throws(Diagnostic) {
    try requireRedirectable(range)
    guard command.contains(where: { !$0.isWhitespace }) else { throw wrong("'|' needs a command after it", range) }
    current.redirection = Redirection(destination: .shell(command), range: range)
    current.end = range.upper
  }

  private func requireRedirectable(_ range: SourceRange) throws(Diagnostic) {
    guard !current.words.isEmpty else { throw wrong("there is no command whose output could go there", range) }
    guard current.redirection == nil else { throw wrong("output can go to one place only", range) }
    if let open = current.openElse { throw wrong("'else' needs a block after it", open.range) }
  }

  /// Ends the current statement, if one was begun: into the open block, or as a step for the caller.
  @discardableResult
  private mutating func endStatement() throws(Diagnostic) -> Step? {
    guard let first = current.words.first else { return nil }
    if let open = current.openElse {
      throw wrong("'else' needs a block after it", open.range, try: "'{ … }' on the same line")
    }
    if case .file(let file, let appends)? = current.redirection?.destination, file.pieces.isEmpty, !file.isQuoted {
      throw wrong("'\(appends ? ">>" : ">")' needs a file name after it", file.range)
    }
    let statement = Statement(
      words: current.words, block: current.block, alternatives: current.alternatives, redirection: current.redirection,
      range: SourceRange(first.range.lower, current.end))
    current = Partial()
    guard !enclosing.isEmpty else { return .statement(statement) }
    enclosing[enclosing.count - 1].statements.append(statement)
    return nil
  }

  private func wrong(_ summary: String, _ range: SourceRange, try remedy: String? = nil) -> Diagnostic {
    Diagnostic(summary, try: remedy).at(range, in: source)
  }
}
