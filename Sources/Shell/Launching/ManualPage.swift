import Lexing

/// The manual page in mdoc(7), made from the command table, the settings and the options of the program.
package enum ManualPage {
  package static var text: String {
    (head + startOptions + commands + settings + tail).joined(separator: "\n") + "\n"
  }

  private static let head = [
    ".Dd \(Version.date)",
    ".Dt FTRSH 1",
    ".Os",
    ".Sh NAME",
    ".Nm ftrsh",
    ".Nd a shell for network paths",
    ".Sh SYNOPSIS",
    ".Nm", ".Op Fl -no-rc", ".Op Ar file Op Ar argument ...",
    ".Nm", ".Op Fl -no-rc", ".Fl c Ar lines", ".Op Ar argument ...",
    ".Nm", ".Op Fl -no-rc", ".Ar command", ".Op Ar word ...",
    ".Sh DESCRIPTION",
    ".Nm",
    "traces paths through networks.",
    "Without arguments it reads commands from the prompt, or from standard input when that is no terminal.",
    "A line is one command everywhere: at the prompt, in a script, after",
    ".Fl c ,",
    "and as the arguments of the program.",
  ]

  private static var startOptions: [String] {
    [".Pp", "The options before a file or command are:", ".Bl -tag -width Ds"]
      + Launch.flags.flatMap { flag in
        let name = escaped(String(flag.name.dropFirst()))
        return [".It Fl \(name)\(flag.value.isEmpty ? "" : " Ar \(flag.value.lowercased())")", sentence(flag.help)]
      } + [".El"]
  }

  private static var commands: [String] {
    var lines = [".Sh COMMANDS"]
    for topic in Command.Topic.allCases {
      let commands = CommandTable.all.filter { $0.topic == topic }
      guard !commands.isEmpty else { continue }
      lines += [".Ss \(topic.rawValue)", ".Bl -tag -width Ds"]
      for command in commands { lines += item(command) }
      lines.append(".El")
    }
    return lines
  }

  private static func item(_ command: Command) -> [String] {
    var lines = [".It Xo", literal(command.usage), ".Xc", sentence(command.summary)]
    if !command.aliases.isEmpty { lines.append(sentence("also \(command.aliases.joined(separator: ", "))")) }
    for paragraph in command.discussion { lines += [".Pp", escaped(paragraph)] }
    if !command.terms.isEmpty {
      lines += [".Pp", ".Bl -tag -width Ds -compact"]
      for term in command.terms { lines += [".It Xo", literal(term.form), ".Xc", sentence(term.meaning)] }
      lines.append(".El")
    }
    if !command.options.isEmpty {
      lines += [".Pp", ".Bl -tag -width Ds -compact"]
      for option in command.options {
        lines += [".It Xo", literal(option.usage), ".Xc", sentence(HelpText.describe(option, .forPrompt))]
      }
      lines.append(".El")
    }
    for example in command.examples {
      lines += [".Pp", literal(example.line), ".br", sentence(example.meaning)]
    }
    return lines
  }

  private static var settings: [String] {
    [".Sh SETTINGS", "Values are changed by", ".Ic set", "and shown by", ".Ic show .", ".Bl -tag -width Ds"]
      + Setting.all.flatMap { setting in
        [
          ".It Cm \(escaped(setting.name))", sentence(setting.summary), escaped(setting.meaning),
          sentence("default \(setting.read(.forPrompt)); legal: \(setting.kind.legalValues)"),
        ]
      } + [".El"]
  }

  private static var tail: [String] {
    var lines = [".Sh LANGUAGE", ".Bl -tag -width Ds"]
    for rule in HelpText.rules { lines += [".It Xo", literal(rule.form), ".Xc", sentence(rule.meaning)] }
    lines += [
      ".El",
      ".Sh FILES",
      ".Bl -tag -width Ds",
      ".It Pa ~/.config/ftrsh/ftrshrc", "A script that is run first.",
      ".It Pa $XDG_STATE_HOME/ftrsh/history", "The lines typed, shared by all shells of a user.",
      ".It Pa ~/.editrc", "Keys of the line editor, see editrc(5).",
      ".El",
      ".Sh EXIT STATUS",
      "0: done.",
      "1: a command failed while it ran.",
      "2: a line or an option was wrong.",
      "130: interrupted.",
      "A trace that ends without reaching its target is a result, not a failure.",
      ".Sh SEE ALSO",
      ".Xr ping 8 ,",
      ".Xr traceroute 8",
    ]
    return lines
  }

  /// A line in the typewriter face, as it would be typed.
  private static func literal(_ text: String) -> String { ".Li \"\(escaped(text).replacing("\"", with: "\\(dq"))\"" }

  /// Text as a sentence: a capital at its beginning and a full stop at its end.
  private static func sentence(_ text: String) -> String {
    let text = text.prefix(1).uppercased() + text.dropFirst()
    return escaped(text.hasSuffix(".") ? text : text + ".")
  }

  /// Text in which nothing is a command of roff.
  private static func escaped(_ text: String) -> String {
    let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("…", with: "...")
    return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
  }
}
