import Lexing

/// Reads a network file: a script that consists of `lab` statements only.
package enum LabScript {
  /// The network that a text describes.
  ///
  /// - Parameter name: what messages call the text: `demo.ftr`.
  /// - Throws: the first mistake, with file, line, column and caret.
  package static func topology(of text: some Collection<UInt8>, name: String) throws(Diagnostic) -> Topology {
    var builder = TopologyBuilder()
    try apply(text, name: name, to: &builder)
    return try builder.finish()
  }

  /// Has a builder take the statements of a text, up to the first mistake in it.
  ///
  /// - Parameter name: what messages call the text.
  package static func apply(
    _ text: some Collection<UInt8>, name: String, to builder: inout TopologyBuilder
  ) throws(Diagnostic) {
    let source = try SourceText(text, name: name)
    let script = try Script(source, keepsOperators: { _ in false })
    for statement in script.statements {
      try builder.apply(try words(of: statement, in: source), in: source)
    }
  }

  /// The words behind `lab`.
  private static func words(of statement: Statement, in source: SourceText) throws(Diagnostic) -> [LabWord] {
    guard statement.words.first?.literal == "lab" else {
      throw Diagnostic("a network file holds 'lab' statements only", try: "'\(LabStatement.node.usage)'")
        .at(statement.words.first?.range ?? statement.range, in: source)
    }
    if let extra = statement.block?.range ?? statement.redirection?.range {
      throw Diagnostic("a 'lab' statement of a network file has words only").at(extra, in: source)
    }
    var words: [LabWord] = []
    for word in statement.words.dropFirst() {
      guard let text = word.literal else {
        throw Diagnostic("a network file has no variables", try: "the value itself").at(word.range, in: source)
      }
      words.append(LabWord(text, at: word.range))
    }
    guard !words.isEmpty else {
      throw Diagnostic("'lab' needs a statement", try: Literal.list(LabStatement.allCases.map(\.rawValue)))
        .at(statement.range, in: source)
    }
    return words
  }
}
