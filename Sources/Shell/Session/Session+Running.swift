import Lexing
import Rendering
import Results

// How a line becomes an action: its statements one after the other; of each, the words are expanded, the command is
// found in the table, the words are checked against its entry, the output is redirected, and the action runs. A command
// with a block (`repeat`, `if`) runs its statements by the same functions, so an error inside one is told there, where
// its place is known, and what encloses it is stopped by `ShellError.stopped`.

extension Session {
  /// Runs statements in order.
  ///
  /// - Throws: `stopped` when one failed and `on-error` says stop; `interrupted`.
  func run(_ statements: [Statement], in frame: Frame) async throws(ShellError) {
    for statement in statements {
      try await step()
      guard !frame.console.outputIsGone else { return }
      guard !isLeaving else { return hasStopped = true }
      do {
        try await runOne(statement, in: frame)
      } catch {
        try settle(error, of: statement, in: frame)
      }
    }
  }

  /// Tells a failure, and passes it on unless the rest is to run all the same.
  private func settle(_ error: ShellError, of statement: Statement, in frame: Frame) throws(ShellError) {
    if case .interrupted = error { throw error }
    let complaint = lastComplaint
    if let diagnostic = error.diagnostic { tell(diagnostic, on: frame.console) }
    note(error.status)
    if reportFailure(error, told: complaint, of: statement, in: frame) { return }
    switch settings.onError ?? (frame.isScript ? .stop : .continue) {
    case .continue: return
    case .stop: throw .stopped(error.status)
    }
  }

  /// Runs a statement, and lets the lesson that is going on look at what came of it, also when it failed.
  func runOne(_ statement: Statement, in frame: Frame) async throws(ShellError) {
    let words = try expand(statement.words, in: frame)
    lastComplaint = nil
    do throws(ShellError) {
      try await run(statement, words, in: frame)
    } catch {
      if play != nil, error.status == .failed { try await observe(words, in: frame) }
      throw error
    }
    if play != nil { try await observe(words, in: frame) }
  }

  private func run(
    _ statement: Statement, _ words: [InvocationParser.ExpandedWord], in frame: Frame
  ) async throws(ShellError) {
    guard let name = words.first else { return }
    lateWrites = 0
    let command: Command
    do {
      command = try CommandTable.find(name.text, acceptsPrefixes: frame.acceptsPrefixes)
    } catch {
      throw .wrong(error.at(name.range, in: frame.source))
    }
    let arguments = Array(words.dropFirst())
    let answer = wantsJSON(command, arguments) ? PendingDocument() : nil
    var call: Invocation
    do {
      call = try InvocationParser.parse(command, words: arguments, statement: statement, frame: frame)
    } catch {
      answer?.tell(error, of: command, on: frame.console)
      throw error
    }
    call.pendingDocument = answer
    if let redirection = statement.redirection {
      try await run(call, into: redirection)
    } else {
      try await perform(call)
    }
    // Not before it: an expectation that is not met is none that was stated rightly.
    noteUse(of: call)
  }

  /// Does what a command says. One that fails before it has answered has its document too.
  func perform(_ call: Invocation) async throws(ShellError) {
    do {
      try await call.command.action(call, self)
    } catch {
      call.pendingDocument?.tell(error, of: call.command, on: call.console)
      throw error
    }
  }

  private func wantsJSON(_ command: Command, _ words: [InvocationParser.ExpandedWord]) -> Bool {
    guard command.options.contains(where: { $0.name == "json" }), !words.contains(where: { $0.text == "--csv" })
    else { return false }
    return settings.format == .json || words.contains { $0.text == "--json" }
  }

  func expand(
    _ words: [Word], in frame: Frame
  ) throws(ShellError) -> [InvocationParser.ExpandedWord] {
    var expanded: [InvocationParser.ExpandedWord] = []
    for word in words {
      do {
        for text in try variables.expand(word, arguments: frame.arguments) {
          expanded.append(.init(text: text, range: word.range, isQuoted: word.isQuoted))
        }
      } catch {
        throw .wrong(error.at(word.range, in: frame.source))
      }
    }
    return expanded
  }

  private func run(_ call: Invocation, into redirection: Redirection) async throws(ShellError) {
    switch redirection.destination {
    case .file(let word, let appends):
      let names = try expand([word], in: call.frame)
      guard names.count == 1 else {
        throw call.wrong("output goes to one file, not to \(names.count)", at: word.range)
      }
      try await OutputFile.run(call, path: names[0], appends: appends, in: self)
    case .shell(let command):
      try await OutputPipe.run(call, command: command, in: self)
    }
  }
}

// What a composition root calls.

extension Session {
  /// Runs a whole text: a script file, or what came after `-c`.
  ///
  /// - Parameters:
  ///   - name: what messages call it; nil when they need no place (arguments of the program).
  ///   - arguments: `$1` and so on.
  /// - Returns: the exit status of the program; everything has been said.
  package func run(_ text: some Collection<UInt8>, name: String?, arguments: [String] = []) async -> ExitStatus {
    do {
      let source = try SourceText(text, name: name)
      let script = try Script(source, keepsOperators: CommandTable.keepsOperators)
      await run(script, arguments: arguments, isScript: true)
    } catch {
      refuse(error, as: .wrong)
    }
    return status
  }

  /// Takes a line from the prompt or from standard input, and runs it if it is whole.
  ///
  /// - Parameter line: without its line end.
  /// - Returns: false when nothing more should be read: `quit` was typed, or a script on standard input failed.
  package func enter(_ line: some Collection<UInt8>) async -> Bool {
    // Behind the line, not before it: a Ctrl-C that came right behind Enter is about this line.
    defer { if mode == .prompt { clearInterruption() } }
    if mode == .prompt {
      // As in other shells, the status at the end is that of the last line.
      status = .done
    }
    do {
      guard let script = try lines.add(line) else { return true }
      let stopped = await run(script, arguments: [], isScript: mode == .script)
      return !isLeaving && (mode == .prompt || !stopped)
    } catch {
      tell(error, on: console)
      note(.wrong)
      return mode == .prompt || settings.onError == .continue
    }
  }

  /// No more lines will come: complains about what is still open.
  package func endInput() {
    guard let diagnostic = lines.endDiagnostic() else { return }
    tell(diagnostic, on: console)
    note(.wrong)
    lines.drop()
  }

  /// Ctrl-C at the prompt: forgets the lines of an unfinished block or quotation.
  package func dropLines() {
    lines.drop()
  }

  /// - Returns: whether it was stopped before its end.
  @discardableResult
  private func run(_ script: Script, arguments: [String], isScript: Bool) async -> Bool {
    var frame = Frame(source: script.source, console: console)
    frame.arguments = arguments
    frame.acceptsPrefixes = !isScript
    frame.isScript = isScript
    do {
      try await run(script.statements, in: frame)
      return false
    } catch {
      note(error.status)
      hasStopped = true
      return true
    }
  }
}
