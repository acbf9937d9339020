import Lexing
import Results

/// The pages of `help`, made from the command table.
package enum HelpText {
  /// Columns of text: fits a terminal of 80.
  private static let width = 78

  /// Every command with its summary, by topic.
  package static var overview: [StyledLine] {
    let column = CommandTable.all.map(\.name.count).max() ?? 0
    var lines: [StyledLine] = []
    for topic in Command.Topic.allCases {
      let commands = CommandTable.all.filter { $0.topic == topic }
      guard !commands.isEmpty else { continue }
      if !lines.isEmpty { lines.append("") }
      lines.append(StyledLine(topic.rawValue, .heading))
      for command in commands {
        var line = StyledLine("  " + pad(command.name, column + 2), .name)
        line.append(command.summary)
        if !command.aliases.isEmpty { line.append(" (also \(command.aliases.joined(separator: ", ")))", .dim) }
        lines.append(line)
      }
    }
    return lines + ["", "'help NAME' explains a command or a setting, 'help language' the rules of a line."]
  }

  /// Usage, meaning, options and examples of a command.
  ///
  /// - Parameter settings: where the defaults of options that override settings come from.
  package static func page(for command: Command, settings: Settings) -> [StyledLine] {
    var usage = StyledLine("usage: ", .dim)
    usage.append(command.usage, .name)
    var lines = [usage, StyledLine("  \(command.summary)")]
    if !command.aliases.isEmpty { lines.append(StyledLine("  also: \(command.aliases.joined(separator: ", "))", .dim)) }
    for paragraph in command.discussion {
      lines.append("")
      lines += wrap(paragraph, indent: 2)
    }
    lines += section("Arguments", command.parameters.map { (name: $0.name, text: $0.help) })
    lines += section("Options", command.options.map { (name: $0.usage, text: describe($0, settings)) })
    lines += section(command.termsTitle, command.terms.map { (name: $0.form, text: $0.meaning) })
    if !command.examples.isEmpty {
      lines += ["", StyledLine("Examples", .heading)]
      for example in command.examples {
        lines.append(StyledLine("  \(example.line)", .name))
        lines.append(StyledLine("      \(example.meaning)", .dim))
      }
    }
    return lines
  }

  /// What is said about an option: its meaning, legal values and default.
  static func describe(_ option: Option, _ settings: Settings) -> String {
    var parts = [option.help]
    if let kind = option.kind { parts.append(kind.legalValues) }
    if let letter = option.letter {
      if case .seconds? = option.letterKind { parts.append("-\(letter) takes bare seconds too") }
      if case .sendWait? = option.letterKind {
        parts.append("-\(letter) takes bare seconds too, and above 10 milliseconds")
      }
    }
    if let name = option.setting, option.kind != nil, let setting = Setting.named(name) {
      parts.append("default \(setting.read(settings))")
    }
    return parts.joined(separator: "; ")
  }

  /// The rules of a line, each by an example.
  static let rules: [(form: String, meaning: String)] = [
    ("trace demo.test", "a line is words: a command, then its arguments and options"),
    ("set queries 3; trace demo.test", "';' or a new line ends a command"),
    ("echo 'as it is' \"with $name\"", "quotes keep spaces; '…' keeps everything, \"…\" puts names in"),
    ("trace demo.test \\", "'\\' at the end continues on the next line; before a character it keeps it"),
    ("# text", "a word that begins with '#' begins a comment"),
    ("repeat 3 { trace demo.test }", "'{' and '}' as words enclose a block, over several lines too"),
    ("if reached { … } else { … }", "'else' and 'else if' stand on the line of the '}' before them"),
    ("let far demo.test; trace $far", "a name stands for words; $1 to $9 and $@ are a script's arguments"),
    ("trace demo.test as before", "names a result: %before; others are %1, %2 and %last"),
    ("trace demo.test > FILE", "output goes to a file; '>>' appends; '| COMMAND' gives it to /bin/sh"),
    ("70ms  1.5s  2m  500us", "durations have a unit; 0 needs none"),
    ("tr demo.test", "the unique beginning of a name is enough at the prompt, not in a script"),
  ]

  /// What 'help language' prints.
  package static var language: [StyledLine] {
    Array(section("Language", rules.map { (name: $0.form, text: $0.meaning) }).dropFirst())
  }

  /// A heading and two columns; the second is wrapped, and goes below the first where that is too wide.
  private static func section(_ title: String, _ rows: [(name: String, text: String)]) -> [StyledLine] {
    guard !rows.isEmpty else { return [] }
    let column = min(28, (rows.map(\.name.count).max() ?? 0) + 4)
    var lines: [StyledLine] = ["", StyledLine(title, .heading)]
    for row in rows {
      let wrapped = wrap(row.text, indent: column)
      var first = StyledLine("  \(row.name)", .name)
      if row.name.count + 3 < column {
        first.append(String((wrapped.first?.text ?? "").dropFirst(row.name.count + 2)))
        lines.append(first)
        lines += wrapped.dropFirst()
      } else {
        lines.append(first)
        lines += wrapped
      }
    }
    return lines
  }

  /// Breaks a text at spaces into lines of at most `width` columns.
  private static func wrap(_ text: String, indent: Int) -> [StyledLine] {
    let margin = String(repeating: " ", count: indent)
    var lines: [StyledLine] = []
    var line = margin
    for word in text.split(separator: " ") {
      if line.count > indent, line.displayWidth + 1 + word.displayWidth > width {
        lines.append(StyledLine(line))
        line = margin
      }
      line += (line.count > indent ? " " : "") + word
    }
    return lines + [StyledLine(line)]
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
