import Lexing

/// What the arguments of the program ask it to do.
package enum Launch: Hashable, Sendable {
  /// Lines from the prompt, or from standard input when it is no terminal.
  case shell(readsStartFile: Bool)
  /// A script file with its arguments.
  case script(path: String, arguments: [String], readsStartFile: Bool)
  /// What came after `-c`, with its arguments.
  case lines(String, arguments: [String], readsStartFile: Bool)
  /// One command, as a line in which every argument is one word.
  case command(line: String, readsStartFile: Bool)
  /// A script, lines or a command, with a report of its expectations.
  indirect case reported(Launch, ReportOptions)
  /// Print this and leave.
  case print(String)
  /// Serve a network of the lab behind a TUN device. Neither in `flags` nor in the manual, which lists those.
  case serveLab(LabService)
  /// Become a command beside such a network. As little a flag for people.
  case visitLab(LabVisit)

  /// An option before the file or command.
  package struct Flag: Hashable, Sendable {
    package var name: String
    /// Empty when it has none.
    package var value: String
    package var help: String
  }

  package static let flags = [
    Flag(name: "-c", value: "LINES", help: "run these lines; more words are $1 and so on"),
    Flag(name: "--tap", value: "", help: "report the expectations of a script in TAP, on standard output"),
    Flag(name: "--junit", value: "FILE", help: "report them in JUnit's XML, to a file"),
    Flag(name: "--no-rc", value: "", help: "do not run the start file, ~/.config/ftrsh/ftrshrc"),
    Flag(name: "--version", value: "", help: "print the version"),
    Flag(name: "--help", value: "", help: "print this"),
    Flag(name: "--completions", value: "SHELL", help: "print a completion script for bash, zsh or fish"),
    Flag(name: "--man", value: "", help: "print the manual page, for man -l"),
  ]

  /// Reads the arguments, without the program's own name.
  ///
  /// - Parameter fileExists: whether a word that is no command is the path of a file.
  /// - Throws: a diagnostic that shows the arguments as a line.
  package static func parse(
    _ arguments: [String], fileExists: (String) -> Bool
  ) throws(Diagnostic) -> Launch {
    var report = ReportOptions()
    let launch = try parse(arguments, &report, fileExists)
    guard report != ReportOptions() else { return launch }
    switch launch {
    case .script, .lines, .command: return .reported(launch, report)
    case .shell, .reported, .serveLab, .visitLab:
      throw wrong(
        "a report needs a script", arguments, max(0, arguments.count - 1),
        try: "'ftrsh --tap FILE' or 'ftrsh --tap -c LINES'")
    case .print: return launch
    }
  }

  private static func parse(
    _ arguments: [String], _ report: inout ReportOptions, _ fileExists: (String) -> Bool
  ) throws(Diagnostic) -> Launch {
    var readsStartFile = true
    var rest = arguments[...]
    while let word = rest.first {
      switch word {
      case "--no-rc": readsStartFile = false
      case "--tap": report.isTAP = true
      case "--junit":
        guard let path = rest.dropFirst().first else {
          throw wrong("--junit needs a file", arguments, rest.startIndex)
        }
        report.junitPath = path
        rest = rest.dropFirst()
      case "--version": return .print(Version.text)
      case "--help", "-h": return .print(usage)
      case "--man": return .print(ManualPage.text)
      case "--completions": return .print(try completions(for: rest.dropFirst().first, arguments, rest.startIndex))
      case LabService.flag:
        return .serveLab(
          try LabService(reading: arguments, after: rest.startIndex) { wrong($0, arguments, $1, try: $2) })
      case LabVisit.flag:
        return .visitLab(
          try LabVisit(reading: arguments, after: rest.startIndex) { wrong($0, arguments, $1, try: $2) })
      case "-c":
        guard let lines = rest.dropFirst().first else {
          throw wrong("-c needs the lines to run", arguments, rest.startIndex)
        }
        return .lines(lines, arguments: Array(rest.dropFirst(2)), readsStartFile: readsStartFile)
      case "--":
        guard let path = rest.dropFirst().first else { return .shell(readsStartFile: readsStartFile) }
        return .script(path: path, arguments: Array(rest.dropFirst(2)), readsStartFile: readsStartFile)
      case let word where word.hasPrefix("-") && word.count > 1:
        let meant = word.hasPrefix("--") ? Spelling.nearest(to: word, among: flags.map(\.name)) : nil
        throw wrong(
          "unknown option '\(word)'", arguments, rest.startIndex, try: meant.map { "'\($0)'" } ?? "'ftrsh --help'")
      default:
        return try parseWords(Array(rest), arguments, rest.startIndex, readsStartFile, fileExists)
      }
      rest = rest.dropFirst()
    }
    return .shell(readsStartFile: readsStartFile)
  }

  private static func parseWords(
    _ words: [String], _ arguments: [String], _ index: Int, _ readsStartFile: Bool, _ fileExists: (String) -> Bool
  ) throws(Diagnostic) -> Launch {
    if words[0] == Command.lab.name, words.dropFirst().first == LabUpStatement.up.rawValue {
      let line = words.map(quoted).joined(separator: " ")
      throw wrong(
        "'ftrsh \(line)' would take the network down at once", arguments, index,
        why: "a network is up as long as the shell that brought it up runs",
        try: "type '\(line)' in the shell, or 'ftrsh -c \"\(line); lab run COMMAND\"'")
    }
    if CommandTable.command(named: words[0]) != nil {
      return .command(line: words.map(quoted).joined(separator: " "), readsStartFile: readsStartFile)
    }
    if words[0].contains("/") || fileExists(words[0]) {
      return .script(path: words[0], arguments: Array(words.dropFirst()), readsStartFile: readsStartFile)
    }
    let meant = Spelling.nearest(to: words[0], among: CommandTable.names)
    throw wrong(
      "'\(words[0])' is no command and no file", arguments, index,
      try: meant.map { "'ftrsh \($0)'" } ?? "'ftrsh help' lists the commands")
  }

  private static func completions(
    for name: String?, _ arguments: [String], _ index: Int
  ) throws(Diagnostic) -> String {
    guard let name else {
      throw wrong("--completions needs the name of a shell", arguments, index, try: "bash, zsh or fish")
    }
    guard let shell = CompletionScript.Shell(rawValue: name) else {
      throw wrong("there are no completions for '\(name)'", arguments, index + 1, try: "bash, zsh or fish")
    }
    return CompletionScript.text(for: shell)
  }

  /// A word in such quotes that a line reads it as it is.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      !" \t\n\r;'\"\\$#|><{}".unicodeScalars.contains(scalar)
    }
    if isPlain, !word.isEmpty { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static func wrong(
    _ summary: String, _ arguments: [String], _ index: Int, why: String? = nil, try remedy: String? = nil
  ) -> Diagnostic {
    let words = ["ftrsh"] + arguments.map(quoted)
    let start = words[...index].reduce(0) { $0 + $1.utf8.count + 1 }
    let diagnostic = Diagnostic(summary, subject: "ftrsh", why: why, try: remedy)
    do throws(Diagnostic) {
      let source = try SourceText(words.joined(separator: " "))
      return diagnostic.at(SourceRange(start, start + words[index + 1].utf8.count), in: source)
    } catch {
      // Arguments that are no text are not shown.
      return diagnostic
    }
  }

  /// What `--help` prints.
  package static var usage: String {
    let width = flags.map { $0.name.count + $0.value.count }.max() ?? 0
    let rows = flags.map { flag in
      let form = flag.value.isEmpty ? flag.name : "\(flag.name) \(flag.value)"
      return "  " + form + String(repeating: " ", count: width + 3 - form.count) + flag.help
    }
    let forms = """
      usage: ftrsh [--no-rc]                        a shell for network paths
             ftrsh [--no-rc] FILE [ARGUMENT…]       run a script
             ftrsh [--no-rc] -c LINES [ARGUMENT…]   run some lines
             ftrsh [--no-rc] COMMAND [WORD…]        run one command: ftrsh trace example.com
             ftrsh --tap [--junit FILE] FILE        run a script and report what it expects

      """
    return ([forms] + rows + ["", "'ftrsh help' lists the commands."]).joined(separator: "\n")
  }
}
