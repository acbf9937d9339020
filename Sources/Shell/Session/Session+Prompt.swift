import Lexing
import Results

// What the loop at a prompt asks of a session.

extension Session {
  /// The prompt for the next line: the network in use, or what is still open.
  package var prompt: StyledLine {
    if let open = lines.open {
      return StyledLine([.init("ftrsh ", .dim), .init(open.kind.mark, .notice), .init("> ", .plain)])
    }
    var network = networkChoice.text
    if let up = hostedLab?.network { network += networkChoice == .lab(up) ? ", up" : ", \(up) up" }
    var line = StyledLine([.init("ftrsh ", .plain), .init(network, .network)])
    if let play { line.append(" \(play.lesson.name) \(play.taskNumber)/\(play.lesson.tasks.count)", .notice) }
    line.append("> ")
    return line
  }

  /// Whether lines are being collected until a quotation or a block ends.
  package var isCollecting: Bool { lines.open != nil }

  /// Whether this line would complete a command: then it runs, and is an entry of the history.
  package func isCompleted(by line: some Collection<UInt8>) -> Bool {
    var trial = lines
    do throws(Diagnostic) {
      return try trial.add(line) != nil
    } catch {
      // A mistake is told at once, which completes the command too.
      return true
    }
  }

  /// Runs the start file. What fails in it is told, and neither stops what follows nor decides the exit status.
  package func runStartFile(_ path: String) async {
    do throws(Diagnostic) {
      _ = await run(try ScriptFile.bytes(of: path), name: path)
    } catch {
      tell(error, on: console)
    }
    status = .done
  }

  /// Says something that is not about a line: a note of the history, a refusal of the terminal.
  package func announce(_ diagnostic: Diagnostic) { tell(diagnostic, on: console) }
}

extension OpenConstruct.Kind {
  /// What the continuation prompt shows to be open.
  fileprivate var mark: String {
    switch self {
    case .singleQuote: "'"
    case .doubleQuote: "\""
    case .block: "{"
    case .continuation: "\\"
    }
  }
}
