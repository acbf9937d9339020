import Lexing
import Results

/// A command with its words, checked against the table: what an action is given.
package struct Invocation: Sendable {
  /// A word of the line after expansion, and where it was written.
  package struct Argument: Hashable, Sendable {
    package var text: String
    package var range: SourceRange
    package var value: Value
  }

  package let command: Command
  /// By the name of the parameter, in order; only those that were given.
  package var parameters: [String: [Argument]] = [:]
  /// By the long name of the option; the last one given counts.
  package var options: [String: Argument] = [:]
  /// `as NAME`.
  package var resultName: Argument?
  package var block: Block?
  /// `else if … { … }` and `else { … }`.
  package var alternatives: [Alternative] = []
  /// From the first word to the last, for messages about the whole.
  package var range: SourceRange
  /// Where it was written and what surrounds it.
  package var frame: Frame
  /// The document that it owes; nil when it is to answer as text.
  var pendingDocument: PendingDocument?

  /// Where the command shows things: the screen, a file or a pipe.
  package var console: any Console { frame.console }

  /// The one word of a parameter; nil when it was left out.
  package func argument(_ parameter: String) -> Argument? { parameters[parameter]?.first }

  /// All words of a parameter.
  package func arguments(_ parameter: String) -> [Argument] { parameters[parameter] ?? [] }

  package func has(_ option: String) -> Bool { options[option] != nil }

  package func duration(_ name: String) -> Duration? {
    guard case .duration(let duration)? = (options[name] ?? argument(name))?.value else { return nil }
    return duration
  }

  package func count(_ name: String) -> Int? {
    guard case .count(let count)? = (options[name] ?? argument(name))?.value else { return nil }
    return count
  }

  /// The session's settings as this command's options change them.
  package func settings(over session: Settings) -> Settings {
    var settings = session
    for option in command.options {
      guard let name = option.setting, let setting = Setting.named(name), let given = options[option.name] else {
        continue
      }
      setting.write(&settings, given.value)
    }
    return settings
  }

  /// A mistake in the line, pointing at a word of it.
  package func wrong(
    _ summary: String, at range: SourceRange? = nil, why: String? = nil, try remedy: String? = nil
  ) -> ShellError {
    .wrong(
      Diagnostic(summary, subject: command.name, why: why, try: remedy).at(range ?? self.range, in: frame.source))
  }

  /// A failure while running. It points at the line only in a script: at the prompt the line is right above.
  package func failed(_ summary: String, why: String? = nil, try remedy: String? = nil) -> ShellError {
    .failed(frame.locate(Diagnostic(summary, subject: command.name, why: why, try: remedy), at: range))
  }

  package func print(_ line: StyledLine) { console.print(line) }
}

/// What surrounds a command while it runs: its text, the arguments of its script, and where its output goes.
package struct Frame: Sendable {
  package var source: SourceText
  /// `$1` and so on.
  package var arguments: [String] = []
  package var console: any Console
  /// Unique prefixes stand for whole names, as at the prompt.
  package var acceptsPrefixes = false
  /// Whether the text is a script, whose first failure ends it unless `on-error` says otherwise.
  package var isScript = false
  /// How many scripts are inside each other.
  package var depth = 0

  package init(source: SourceText, console: any Console) {
    self.source = source
    self.console = console
  }

  /// Adds the place to a message about something that ran, where the reader could not know it: in a script.
  func locate(_ diagnostic: Diagnostic, at range: SourceRange) -> Diagnostic {
    source.name == nil ? diagnostic : diagnostic.at(range, in: source)
  }
}
