import Lexing

/// One command of the language: everything that parsing, help, completion and the manual need to know, and what it does.
///
/// A command is one file in `Commands/` and one line in `CommandTable`.
package struct Command: Sendable {
  /// Does what the command says. Runs on the session's actor; long work is awaited, so that the session stays
  /// reachable for an interrupt.
  package typealias Action =
    @Sendable (_ call: Invocation, _ session: isolated Session) async throws(ShellError) -> Void

  /// Under which heading `help` lists it.
  package enum Topic: String, CaseIterable, Sendable {
    case tracing = "Tracing"
    case results = "Results"
    case networks = "Networks"
    case lessons = "Lessons"
    case settings = "Settings"
    case scripts = "Scripts"
    case session = "Session"
  }

  /// A form of words and its meaning.
  package struct Term: Hashable, Sendable {
    package var form: String
    package var meaning: String

    package init(_ form: String, _ meaning: String) {
      self.form = form
      self.meaning = meaning
    }
  }

  /// A line that `help` shows and that a test runs in the lab.
  package struct Example: Hashable, Sendable {
    package var line: String
    package var meaning: String

    package init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  package var name: String
  package var aliases: [String] = []
  package var topic: Topic
  /// One phrase, no full stop.
  package var summary: String
  /// Paragraphs for `help NAME` and the manual, each one line of text.
  package var discussion: [String] = []
  /// What its words may say, where a list says it better than sentences.
  package var terms: [Term] = []
  /// The heading of that list.
  package var termsTitle = "Forms"
  package var parameters: [Parameter] = []
  package var options: [Option] = []
  /// Whether a block `{ … }` must follow.
  package var takesBlock = false
  /// Whether `else if … { … }` and `else { … }` may follow the block.
  package var takesAlternatives = false
  /// Whether `> FILE`, `>> FILE` and `| COMMAND` may follow. Where they may not, `>` and `|` are ordinary characters.
  package var allowsRedirection = true
  /// Whether `as NAME` may follow, to name the result.
  package var namesResult = false
  /// Whether words that begin with `-` are ordinary words.
  package var takesWordsAsWritten = false
  package var examples: [Example] = []
  package var action: Action

  /// The form of the command on one line: `trace TARGET… [OPTIONS] [as NAME]`.
  package var usage: String {
    var parts = [name] + parameters.map(\.usage)
    if !options.isEmpty { parts.append("[OPTIONS]") }
    if takesBlock { parts.append("{ … }") }
    if takesAlternatives { parts.append("[else { … }]") }
    if namesResult { parts.append("[as NAME]") }
    return parts.joined(separator: " ")
  }
}

/// A word, or several, that a command takes by position.
package struct Parameter: Hashable, Sendable {
  package enum Count: Hashable, Sendable {
    case one
    case optional
    case oneOrMore
    case any
  }

  /// In capitals, as help shows it: `TARGET`.
  package var name: String
  package var kind: ValueKind
  package var count: Count
  /// One phrase.
  package var help: String
  /// Shown before the word in the usage line when the word has a keyword before it: `every` in `repeat N [every D]`.
  package var keyword: String?

  package init(_ name: String, _ kind: ValueKind, _ count: Count = .one, keyword: String? = nil, help: String) {
    self.name = name
    self.kind = kind
    self.count = count
    self.keyword = keyword
    self.help = help
  }

  package var usage: String {
    let word = keyword.map { "\($0) \(name)" } ?? name
    return switch count {
    case .one: word
    case .optional: "[\(word)]"
    case .oneOrMore: "\(word)…"
    case .any: "[\(word)…]"
    }
  }
}

/// A word that begins with `-`, with its value if it has one.
package struct Option: Hashable, Sendable {
  /// Without the dashes: `timeout`.
  package var name: String
  /// The short form, `-w`; traceroute's where there is one.
  package var letter: Character?
  /// nil for an option without a value.
  package var kind: ValueKind?
  /// How the letter reads its value where that differs from the long form.
  package var letterKind: ValueKind?
  /// In capitals, as help shows it.
  package var valueName: String
  package var help: String
  /// The setting that this option stands in for during one command, and the value that an option without one gives it.
  package var setting: String?
  package var settingValue: String?

  /// An option without a value.
  package static func flag(_ name: String, _ letter: Character? = nil, help: String) -> Option {
    Option(name: name, letter: letter, valueName: "", help: help)
  }

  /// An option with a value.
  package static func value(
    _ name: String, _ letter: Character? = nil, _ kind: ValueKind, letterKind: ValueKind? = nil, named: String,
    help: String
  ) -> Option {
    Option(name: name, letter: letter, kind: kind, letterKind: letterKind, valueName: named, help: help)
  }

  /// An option that gives a setting a value for one command.
  package static func overriding(
    _ setting: String, _ letter: Character? = nil, letterKind: ValueKind? = nil, named: String
  ) -> Option {
    guard let known = Setting.named(setting) else { preconditionFailure("An option overrides a setting that exists.") }
    return Option(
      name: setting, letter: letter, kind: known.kind, letterKind: letterKind, valueName: named, help: known.summary,
      setting: setting)
  }

  /// An option without a value that stands for a setting with one: `-I` for `--protocol icmp`.
  package static func shorthand(
    _ name: String, _ letter: Character? = nil, for setting: String, _ value: String, help: String
  ) -> Option {
    Option(name: name, letter: letter, valueName: "", help: help, setting: setting, settingValue: value)
  }

  /// `-w, --timeout DURATION`.
  package var usage: String {
    var text = letter.map { "-\($0), " } ?? ""
    text += "--\(name)"
    if kind != nil { text += " \(valueName)" }
    return text
  }
}
