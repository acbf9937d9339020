import Lexing

/// Collects lines, as a prompt or a pipe delivers them, until they make whole statements.
package struct LineCollector: Sendable {
  private let name: String?
  private var reader: StatementReader?
  private var statements: [Statement] = []
  private var nextLine = 1

  /// - Parameter name: what messages call the text; nil for the prompt, whose lines are not counted.
  package init(name: String?) {
    self.name = name
  }

  /// What is still open, for the continuation prompt; nil when the next line begins anew.
  package private(set) var open: OpenConstruct?

  /// Adds a line.
  ///
  /// - Parameter line: without its line end.
  /// - Returns: everything since the last script, or nil while something is open.
  /// - Throws: the first mistake in the form of the text; what was collected is dropped.
  package mutating func add(_ line: some Collection<UInt8>) throws(Diagnostic) -> Script? {
    do {
      return try collect(line)
    } catch {
      drop()
      throw error
    }
  }

  private mutating func collect(_ line: some Collection<UInt8>) throws(Diagnostic) -> Script? {
    var reader: StatementReader
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    if let open = self.reader {
      reader = open
      self.reader = nil
      try reader.append(bytes)
    } else {
      let firstLine = name == nil ? 1 : nextLine
      nextLine += 1
      reader = StatementReader(
        try SourceText(bytes, name: name, firstLine: firstLine), keepsOperators: CommandTable.keepsOperators)
    }
    while true {
      switch try reader.next() {
      case .statement(let statement): statements.append(statement)
      case .incomplete(let construct):
        open = construct
        self.reader = reader
        return nil
      case .end:
        let script = Script(source: reader.source, statements: statements)
        nextLine += max(0, reader.source.lineEndCount - 1)
        statements = []
        open = nil
        return script
      }
    }
  }

  /// Forgets what was collected.
  package mutating func drop() {
    if let reader { nextLine += max(0, reader.source.lineEndCount - 1) }
    reader = nil
    statements = []
    open = nil
  }

  /// The complaint when no more lines will come; nil when nothing is open.
  package func endDiagnostic() -> Diagnostic? {
    guard let open, let reader else { return nil }
    return open.diagnostic(in: reader.source)
  }
}
