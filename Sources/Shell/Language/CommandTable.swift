import Lexing

/// The commands of the language. To add one, write a file in `Commands/` and its line here.
package enum CommandTable {
  /// In the order in which `help` lists them within their topics.
  package static let all: [Command] = [
    .trace, .ping, .lookup, .publicIP,
    .results, .recall, .compare, .explain, .timeline, .whatif, .replay, .save, .load, .export, .import,
    .use, .lab, .record,
    .lesson, .answer, .hint,
    .set, .show, .unset, .enrich,
    .source, .let, .echo, .sleep, .repeat, .if, .expect,
    .help, .history, .version, .quit,
  ]

  private static let byName: [String: Command] = {
    var table: [String: Command] = [:]
    for command in all {
      for name in [command.name] + command.aliases {
        precondition(table[name] == nil, "No two commands share a name.")
        table[name] = command
      }
    }
    return table
  }()

  /// Names and aliases, in the order of the table.
  package static let names: [String] = all.flatMap { [$0.name] + $0.aliases }

  /// The command of exactly that name or alias.
  ///
  /// `trace` is what other programs and `ftrsh trace` start the shell for: it does not wait until all the others are made
  /// (0.4 of the 3 million instructions that it takes from its line to its last row).
  package static func command(named name: String) -> Command? {
    let trace = Command.trace
    return trace.name == name || trace.aliases.contains(name) ? trace : byName[name]
  }

  /// The command that a word means.
  ///
  /// - Parameter acceptsPrefixes: whether a word that begins exactly one command stands for it.
  /// - Throws: a diagnostic, still without a place, that proposes what was probably meant.
  package static func find(_ word: String, acceptsPrefixes: Bool) throws(Diagnostic) -> Command {
    if let command = Self.command(named: word) { return command }
    if word == "else" {
      throw Diagnostic("'else' stands on the line of the '}' before it", try: "'} else {' or '} else if CONDITION {'")
    }
    let candidates = word.isEmpty ? [] : all.filter { $0.name.hasPrefix(word) }
    if candidates.count == 1, acceptsPrefixes { return candidates[0] }
    if candidates.count > 1, acceptsPrefixes {
      throw Diagnostic(
        "'\(word)' may be several commands", try: Literal.list(candidates.map { "'\($0.name)'" }))
    }
    if !candidates.isEmpty {
      throw Diagnostic(
        "unknown command '\(word)'", why: "a script needs the full name",
        try: Literal.list(candidates.map { "'\($0.name)'" }))
    }
    throw Diagnostic(
      "unknown command '\(word)'",
      try: Spelling.nearest(to: word, among: names).map { "'\($0)'" } ?? "'help' lists the commands")
  }

  /// Whether `>` and `|` are ordinary characters in the lines of a command.
  ///
  /// A prefix that the prompt accepts counts as the command; anything unknown has the operators.
  package static let keepsOperators: StatementReader.OperatorRule = { word in
    if let command = CommandTable.command(named: word) { return !command.allowsRedirection }
    let candidates = all.filter { $0.name.hasPrefix(word) }
    return candidates.count == 1 && !candidates[0].allowsRedirection
  }
}
