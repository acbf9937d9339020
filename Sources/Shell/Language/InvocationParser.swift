import Lexing

/// Checks the words of a line against a command's entry in the table.
///
/// Options may stand anywhere among the words; `--` ends them. `-q 3`, `-q3`, `--timeout 70ms` and `--timeout=70ms` are
/// accepted, and letters without values may be joined (`-nI`).
struct InvocationParser {
  /// A word after expansion.
  struct ExpandedWord {
    var text: String
    var range: SourceRange
    var isQuoted = false
  }

  private let command: Command
  private let frame: Frame
  private var words: ArraySlice<ExpandedWord>
  private var call: Invocation
  private var positional: [ExpandedWord] = []

  /// - Parameter words: without the command's name.
  static func parse(
    _ command: Command, words: [ExpandedWord], statement: Statement, frame: Frame
  ) throws(ShellError) -> Invocation {
    var parser = InvocationParser(command, words: words, statement: statement, frame: frame)
    try parser.run(statement)
    return parser.call
  }

  private init(_ command: Command, words: [ExpandedWord], statement: Statement, frame: Frame) {
    self.command = command
    self.frame = frame
    self.words = words[...]
    let last = statement.words.last ?? statement.words[0]
    call = Invocation(
      command: command, block: statement.block, alternatives: statement.alternatives,
      range: statement.words[0].range.union(last.range), frame: frame)
  }

  private mutating func run(_ statement: Statement) throws(ShellError) {
    if let redirection = statement.redirection, !command.allowsRedirection {
      throw wrong("its output cannot be redirected", redirection.range)
    }
    if let block = statement.block, !command.takesBlock {
      throw wrong("it takes no block", SourceRange(block.range.lower, block.range.lower + 1), try: "'\(command.usage)'")
    }
    if command.takesBlock, statement.block == nil {
      throw wrong("it needs a block", SourceRange(call.range.upper, call.range.upper), try: "'\(command.usage)'")
    }
    if let alternative = statement.alternatives.first, !command.takesAlternatives {
      throw wrong("it takes no 'else'", alternative.range, try: "'\(command.usage)'")
    }
    try takeResultName()
    if command.takesWordsAsWritten {
      positional = Array(words)
    } else {
      try takeOptions()
    }
    try assignParameters()
  }

  /// Takes `as NAME` off the end.
  private mutating func takeResultName() throws(ShellError) {
    guard command.namesResult, words.count >= 2, words[words.endIndex - 2].text == "as",
      !words[words.endIndex - 2].isQuoted
    else { return }
    let name = words[words.endIndex - 1]
    if name.text == "last" || name.text.utf8.allSatisfy({ $0 < 0x3A && $0 >= 0x30 }) {
      throw wrong(
        "'\(name.text)' cannot be the name of a result", name.range, why: "%\(name.text) has a meaning already")
    }
    call.resultName = try argument(name, as: .name)
    words = words.dropLast(2)
  }

  // Options

  private mutating func takeOptions() throws(ShellError) {
    while let word = words.popFirst() {
      if word.text == "--" {
        positional += words
        words = []
      } else if word.text.hasPrefix("--") {
        try takeLong(word)
      } else if isLetters(word.text) {
        try takeLetters(word)
      } else {
        positional.append(word)
      }
    }
  }

  /// Whether a word is letters of options: `-1` is a number unless there is an option of that name.
  private func isLetters(_ text: String) -> Bool {
    guard text.hasPrefix("-"), let first = text.dropFirst().first else { return false }
    return !first.isNumber || command.options.contains { $0.letter == first }
  }

  private mutating func takeLong(_ word: ExpandedWord) throws(ShellError) {
    let parts = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let option = try find(String(parts[0]), word)
    guard option.kind != nil else {
      if parts.count > 1 { throw wrong("--\(option.name) takes no value", word.range) }
      return set(option, word)
    }
    if parts.count > 1 {
      let value = ExpandedWord(text: String(parts[1]), range: word.range)
      try set(option, value, option.kind, written: "--\(option.name)")
    } else {
      try set(option, takeValue(of: option, "--\(option.name)", word), option.kind, written: "--\(option.name)")
    }
  }

  private mutating func takeLetters(_ word: ExpandedWord) throws(ShellError) {
    var letters = word.text.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = command.options.first(where: { $0.letter == letter }) else {
        throw unknownOption("-\(letter)", word)
      }
      guard let kind = option.letterKind ?? option.kind else {
        set(option, word)
        continue
      }
      let value: ExpandedWord
      if letters.isEmpty {
        value = try takeValue(of: option, "-\(letter)", word)
      } else {
        value = ExpandedWord(text: String(letters), range: word.range)
        letters = ""
      }
      try set(option, value, kind, written: "-\(letter)")
    }
  }

  private func find(_ name: String, _ word: ExpandedWord) throws(ShellError) -> Option {
    if let option = command.options.first(where: { $0.name == name }) { return option }
    let beginning = command.options.filter { $0.name.hasPrefix(name) && !name.isEmpty }
    guard beginning.count == 1, frame.acceptsPrefixes else { throw unknownOption("--\(name)", word, beginning) }
    return beginning[0]
  }

  private func unknownOption(_ written: String, _ word: ExpandedWord, _ beginning: [Option] = []) -> ShellError {
    let remedy: String
    if command.options.isEmpty {
      remedy = "'\(command.usage)'"
    } else if !beginning.isEmpty {
      remedy = Literal.list(beginning.map { "'--\($0.name)'" })
    } else if written.hasPrefix("--"),
      let meant = Spelling.nearest(to: String(written.dropFirst(2)), among: command.options.map(\.name))
    {
      remedy = "'--\(meant)'"
    } else {
      remedy = "'help \(command.name)' lists its options"
    }
    if beginning.count > 1 { return wrong("'\(written)' may be several options", word.range, try: remedy) }
    let why = beginning.isEmpty ? nil : "a script needs the full name"
    return wrong(
      command.options.isEmpty ? "it has no options" : "unknown option '\(written)'", word.range, why: why, try: remedy)
  }

  private mutating func takeValue(
    of option: Option, _ written: String, _ word: ExpandedWord
  ) throws(ShellError) -> ExpandedWord {
    if let value = words.popFirst() { return value }
    throw wrong("\(written) needs a value", word.range, try: option.kind?.legalValues)
  }

  private mutating func set(
    _ option: Option, _ value: ExpandedWord, _ kind: ValueKind?, written: String
  ) throws(ShellError) {
    guard let kind else { return }
    call.options[option.name] = try argument(value, as: kind, of: written)
  }

  private mutating func set(_ option: Option, _ word: ExpandedWord) {
    call.options[option.name] = Invocation.Argument(
      text: word.text, range: word.range, value: settingValue(of: option))
  }

  /// The value that an option without one gives its setting.
  private func settingValue(of option: Option) -> Value {
    guard let name = option.setting, let text = option.settingValue, let setting = Setting.named(name) else {
      return .word("on")
    }
    do {
      return try setting.kind.parse(text)
    } catch {
      preconditionFailure("An option in the table gives its setting a legal value.")
    }
  }

  // Parameters

  private mutating func assignParameters() throws(ShellError) {
    var rest = positional[...]
    for (index, parameter) in command.parameters.enumerated() {
      // Words that later parameters need must be left to them.
      let needed = command.parameters[(index + 1)...].count { $0.count == .one || $0.count == .oneOrMore }
      switch parameter.count {
      case .one:
        try take(parameter, 1, from: &rest, isNeeded: true)
      case .optional:
        try take(parameter, rest.count > needed ? 1 : 0, from: &rest, isNeeded: false)
      case .oneOrMore:
        try take(parameter, max(1, rest.count - needed), from: &rest, isNeeded: true)
      case .any:
        try take(parameter, rest.count - needed, from: &rest, isNeeded: false)
      }
    }
    guard let extra = rest.first else { return }
    throw wrong(
      command.parameters.isEmpty ? "it takes no arguments" : "'\(extra.text)' is one word too many", extra.range,
      try: "'\(command.usage)'")
  }

  private mutating func take(
    _ parameter: Parameter, _ count: Int, from rest: inout ArraySlice<ExpandedWord>, isNeeded: Bool
  ) throws(ShellError) {
    if let keyword = parameter.keyword, count > 0 || isNeeded {
      guard rest.first?.text == keyword else {
        guard let word = rest.first else { return }
        throw wrong("'\(keyword)' was expected here, not '\(word.text)'", word.range, try: "'\(command.usage)'")
      }
      let word = rest.removeFirst()
      guard !rest.isEmpty else { throw wrong("'\(keyword)' needs \(parameter.kind.legalValues) after it", word.range) }
    }
    guard rest.count >= count else {
      throw wrong(
        "\(parameter.name) is missing", SourceRange(call.range.upper, call.range.upper),
        why: "it is \(parameter.help)", try: "'\(command.usage)'")
    }
    guard count > 0 else { return }
    var taken: [Invocation.Argument] = []
    for word in rest.prefix(count) { taken.append(try argument(word, as: parameter.kind)) }
    rest = rest.dropFirst(count)
    call.parameters[parameter.name] = taken
  }

  private func argument(
    _ word: ExpandedWord, as kind: ValueKind, of written: String? = nil
  ) throws(ShellError) -> Invocation.Argument {
    do {
      return Invocation.Argument(text: word.text, range: word.range, value: try kind.parse(word.text))
    } catch {
      let problem = written.map { "\($0): \(error.problem)" } ?? error.problem
      throw wrong(problem, word.range, try: error.remedy)
    }
  }

  private func wrong(
    _ summary: String, _ range: SourceRange, why: String? = nil, try remedy: String? = nil
  ) -> ShellError {
    .wrong(Diagnostic(summary, subject: command.name, why: why, try: remedy).at(range, in: frame.source))
  }
}
