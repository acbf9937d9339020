import Lexing
import Results

/// Completion scripts for the user's own shell, made from the command table: for `ftrsh COMMAND …` typed there.
package enum CompletionScript {
  package enum Shell: String, CaseIterable, Sendable {
    case bash
    case zsh
    case fish
  }

  package static func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: "#compdef ftrsh\nautoload -U +X bashcompinit && bashcompinit\n" + bash
    case .fish: fish
    }
  }

  /// The words that a value may be, as far as they are known without a session.
  private static func words(for kind: ValueKind) -> [String] {
    switch kind {
    case .choice(let values): values
    case .either(let word, let kind): [word] + words(for: kind)
    case .setting: Setting.all.map(\.name)
    case .command: CommandTable.all.map(\.name)
    case .condition: ConditionParser.subjects
    case .lesson: LessonCatalog.names + LessonVerb.allCases.map(\.rawValue)
    case .resultWord: ResultsWords.first
    case .explained: Explanation.signWords.filter { $0.allSatisfy { $0.isLetter || $0 == "-" } }
    case .originSources: ["cymru"]
    case .text, .name, .duration, .seconds, .sendWait, .count, .factor, .target, .address, .interface, .file,
      .nameServers, .stunServers, .settingValue, .lab, .labWord, .result, .side, .retention, .timelineFilter,
      .whatIfRule, .resultOrFile, .newFile:
      []
    }
  }

  private static func forms(of option: Option) -> [String] {
    ["--\(option.name)"] + (option.letter.map { ["-\($0)"] } ?? [])
  }

  // bash: zsh reads the same script through its bashcompinit.

  private static var bash: String {
    let commands = CommandTable.all.map(bashCase).joined(separator: "\n")
    return """
      # Completion for ftrsh, printed by: ftrsh --completions bash
      _ftrsh() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at=1 words=
        while [[ $at -lt $COMP_CWORD && ${COMP_WORDS[at]} == --no-rc ]]; do at=$((at + 1)); done
        if [[ $at -eq $COMP_CWORD ]]; then
          words="\(CommandTable.all.map(\.name).joined(separator: " ")) \(Launch.flags.map(\.name).joined(separator: " "))"
        else
          case ${COMP_WORDS[at]} in
          --completions) words="\(Shell.allCases.map(\.rawValue).joined(separator: " "))" ;;
      \(commands)
          esac
        fi
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      }
      complete -o bashdefault -o default -F _ftrsh ftrsh

      """
  }

  private static func bashCase(_ command: Command) -> String {
    var lines = [
      "    \(([command.name] + command.aliases).map(Launch.quoted).joined(separator: "|").replacing("?", with: "\\?")))"
    ]
    var values: [(String, [String])] = []
    for option in command.options {
      guard let kind = option.kind, !words(for: kind).isEmpty else { continue }
      values.append((forms(of: option).joined(separator: "|"), words(for: kind)))
    }
    if command.parameters.contains(where: { $0.kind == .settingValue }) {
      for setting in Setting.all where !words(for: setting.kind).isEmpty {
        values.append((setting.name, words(for: setting.kind)))
      }
    }
    let plain = command.options.flatMap(forms) + command.parameters.prefix(1).flatMap { words(for: $0.kind) }
    lines.append("      case $previous in")
    for (name, words) in values { lines.append("      \(name)) words=\"\(words.joined(separator: " "))\" ;;") }
    lines.append("      *) words=\"\(plain.joined(separator: " "))\" ;;")
    lines.append("      esac ;;")
    return lines.joined(separator: "\n")
  }

  private static var fish: String {
    var lines = ["# Completion for ftrsh, printed by: ftrsh --completions fish"]
    for flag in Launch.flags {
      let form = flag.name.hasPrefix("--") ? "-l \(flag.name.dropFirst(2))" : "-s \(flag.name.dropFirst())"
      lines.append(
        "complete -c ftrsh -n __fish_use_subcommand \(form)\(flag.value.isEmpty ? "" : " -x") -d \(Launch.quoted(flag.help))"
      )
    }
    for command in CommandTable.all {
      lines.append("complete -c ftrsh -n __fish_use_subcommand -a \(command.name) -d \(Launch.quoted(command.summary))")
      let seen = "complete -c ftrsh -n '__fish_seen_subcommand_from \(command.name)'"
      for option in command.options {
        var line = seen + " -l \(option.name)" + (option.letter.map { " -s \($0)" } ?? "")
        if let kind = option.kind { line += " -x -a \(Launch.quoted(words(for: kind).joined(separator: " ")))" }
        lines.append(line + " -d \(Launch.quoted(option.help))")
      }
      let first = command.parameters.prefix(1).flatMap { words(for: $0.kind) }
      if !first.isEmpty { lines.append(seen + " -x -a \(Launch.quoted(first.joined(separator: " ")))") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
