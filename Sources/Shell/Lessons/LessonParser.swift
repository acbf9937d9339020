import Lexing

/// Reads a lesson file.
struct LessonParser {
  /// The words that a lesson has besides the shell's own.
  enum Keyword: String, CaseIterable {
    case lesson
    case say
    case key
    case find
    case pick
    case task

    var usage: String {
      switch self {
      case .lesson: "lesson NAME 'TITLE' minutes N"
      case .say: "say 'TEXT'…"
      case .key: "key { … }"
      case .find: "find NAME address of hop 4 of %key"
      case .pick: "pick NAME WORD WORD…"
      case .task: "task 'QUESTION' { … }"
      }
    }
  }

  /// The words inside `task { … }`; `find` as well.
  enum TaskKeyword: String, CaseIterable {
    case `do`
    case answer
    case check
    case wrong
    case hint
    case find

    var usage: String {
      switch self {
      case .do: "do { … }"
      case .answer: "answer WORD… [within 5%]"
      case .check:
        "check reached', 'check trace TARGET [CONDITION]', 'check setting NAME VALUE' or 'check command NAME [WORD…]"
      case .wrong: "wrong answer WORD… 'WHY', 'wrong if CONDITION 'WHY'' or 'wrong 'WHY'"
      case .hint: "hint 'TEXT'"
      case .find: Keyword.find.usage
      }
    }
  }

  /// In lines of these `>` and `|` are ordinary characters.
  static let keepsOperators: StatementReader.OperatorRule = { name in
    Keyword(rawValue: name) != nil || TaskKeyword(rawValue: name) != nil || CommandTable.keepsOperators(name)
  }

  private let source: SourceText

  /// Reads a text.
  ///
  /// - Parameter name: what messages call it.
  /// - Throws: the first mistake, with file, line, column and caret.
  static func lesson(of text: some Collection<UInt8>, name: String) throws(Diagnostic) -> Lesson {
    let source = try SourceText(text, name: name)
    let script = try Script(source, keepsOperators: keepsOperators)
    return try LessonParser(source: source).lesson(of: script)
  }

  private func lesson(of script: Script) throws(Diagnostic) -> Lesson {
    guard let first = script.statements.first else {
      throw Diagnostic("'\(source.name ?? "the file")' holds no lesson", try: "begin with '\(Keyword.lesson.usage)'")
    }
    let (name, title, minutes) = try header(first)
    guard script.statements.count <= Lesson.mostItems else {
      throw wrong("a lesson has at most \(Lesson.mostItems) statements", script.statements[Lesson.mostItems].range)
    }
    var items: [Lesson.Item] = []
    for statement in script.statements.dropFirst() { items.append(try item(statement)) }
    let lesson = Lesson(name: name, title: title, minutes: minutes, items: items, source: source)
    guard !lesson.tasks.isEmpty else {
      throw wrong("this lesson has no task", first.words[0].range, try: "'\(Keyword.task.usage)'")
    }
    return lesson
  }

  private func header(_ statement: Statement) throws(Diagnostic) -> (String, String, Int) {
    let words = statement.words
    guard words[0].literal == Keyword.lesson.rawValue else {
      throw wrong("a lesson begins with its name", words[0].range, try: "'\(Keyword.lesson.usage)'")
    }
    try requireNoBlock(statement)
    guard words.count == 5, words[3].literal == "minutes", let name = words[1].literal, let title = words[2].literal
    else {
      throw wrong("the name, the title or the minutes are missing", statement.range, try: "'\(Keyword.lesson.usage)'")
    }
    guard name.utf8.allSatisfy(Self.isNameByte), !name.isEmpty, Int(name) == nil, !LessonVerb.isOne(name) else {
      throw wrong(
        "'\(name)' cannot be the name of a lesson", words[1].range,
        try: "letters, digits and '-', and no word of 'lesson'")
    }
    do {
      return (name, title, try Literal.count(words[4].literal ?? "", in: 1...120))
    } catch {
      throw error.diagnostic.at(words[4].range, in: source)
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private func item(_ statement: Statement) throws(Diagnostic) -> Lesson.Item {
    let words = statement.words
    guard let name = words[0].literal, let keyword = Keyword(rawValue: name) else { return try command(statement) }
    switch keyword {
    case .lesson: throw wrong("a file holds one lesson", words[0].range)
    case .say:
      try requireNoBlock(statement)
      return .say(try behind(statement, Keyword.say.usage))
    case .key:
      guard words.count == 1, let block = statement.block else {
        throw wrong("'key' has a block", statement.range, try: "'\(Keyword.key.usage)'")
      }
      for inner in block.statements { try check(inner) }
      return .key(block)
    case .find: return .find(try find(statement))
    case .pick:
      try requireNoBlock(statement)
      guard words.count >= 4 else {
        throw wrong("'pick' has a name and two words or more", statement.range, try: "'\(keyword.usage)'")
      }
      _ = try variable(words[1])
      return .pick(name: words[1], words: Array(words[2...]))
    case .task: return .task(try task(statement))
    }
  }

  /// A command of the shell: its name is checked now, its words when it runs, for they may hold names not known yet.
  private func command(_ statement: Statement) throws(Diagnostic) -> Lesson.Item {
    try check(statement, isItem: true)
    return .run(statement)
  }

  /// - Parameter isItem: whether it stands by itself, where the lesson's own words may stand.
  private func check(_ statement: Statement, isItem: Bool = false) throws(Diagnostic) {
    guard let name = statement.words[0].literal else { return }
    do throws(Diagnostic) {
      let command = try CommandTable.find(name, acceptsPrefixes: false)
      guard command.name != Command.lesson.name, command.name != Command.quit.name else {
        throw Diagnostic("'\(name)' has no place in a lesson")
      }
    } catch {
      let range = statement.words[0].range
      guard CommandTable.command(named: name) == nil else { throw error.at(range, in: source) }
      if Keyword(rawValue: name) != nil {
        throw wrong(
          "'\(name)' has no place in a block", range, why: "a lesson says and asks the same of everybody")
      }
      if TaskKeyword(rawValue: name) != nil {
        throw wrong("'\(name)' has no place here", range, why: "it is a line of 'task 'QUESTION' { … }' itself")
      }
      let known = isItem ? Keyword.allCases.map(\.rawValue) + CommandTable.names : CommandTable.names
      guard let meant = Spelling.nearest(to: name, among: known) else { throw error.at(range, in: source) }
      throw wrong("unknown word '\(name)'", range, try: "'\(meant)'")
    }
    for inner in statement.block?.statements ?? [] { try check(inner) }
    for inner in statement.alternatives.flatMap(\.block.statements) { try check(inner) }
  }

  // Tasks

  private func task(_ statement: Statement) throws(Diagnostic) -> Lesson.Task {
    guard let block = statement.block, statement.words.count >= 2 else {
      throw wrong("a task has a question and a block", statement.range, try: "'\(Keyword.task.usage)'")
    }
    let range = statement.words[0].range.union(statement.words[statement.words.count - 1].range)
    var task = Lesson.Task(question: Array(statement.words.dropFirst()), range: range)
    for inner in block.statements { try add(inner, to: &task) }
    guard !task.answers.isEmpty || !task.checks.isEmpty else {
      throw wrong(
        "this task has neither an answer nor a check", range,
        try: "'\(TaskKeyword.answer.usage)' or '\(TaskKeyword.check.usage)'")
    }
    guard task.model != nil || task.checks.isEmpty else {
      throw wrong("this task has no model: nobody knows that it can be solved", range, try: "'\(TaskKeyword.do.usage)'")
    }
    return task
  }

  private func add(_ statement: Statement, to task: inout Lesson.Task) throws(Diagnostic) {
    let words = statement.words
    let name = words[0].literal ?? ""
    guard let keyword = TaskKeyword(rawValue: name) else {
      let known = TaskKeyword.allCases.map(\.rawValue)
      throw wrong(
        "unknown word '\(name)' in a task", words[0].range,
        try: Spelling.nearest(to: name, among: known).map { "'\($0)'" } ?? Literal.list(known))
    }
    switch keyword {
    case .do:
      guard let block = statement.block, words.count == 1 else {
        throw wrong("'do' has a block", statement.range, try: "'\(keyword.usage)'")
      }
      guard task.model == nil else { throw wrong("a task has one model", words[0].range) }
      for inner in block.statements { try check(inner) }
      task.model = block
    case .answer: task.answers.append(try answer(try behind(statement, keyword.usage)))
    case .check: task.checks.append(try check(try behind(statement, keyword.usage), statement.range))
    case .wrong:
      let wrongs = task.wrongs
      let new = try wrongAnswer(try behind(statement, keyword.usage), statement.range)
      if case .other = new.subject, wrongs.contains(where: { if case .other = $0.subject { true } else { false } }) {
        throw wrong("a task has one 'wrong' for whatever else is answered", words[0].range)
      }
      task.wrongs.append(new)
    case .hint:
      let texts = try behind(statement, keyword.usage)
      guard texts.count == 1 else {
        throw wrong("a hint is one text in quotes", texts[1].range, try: "'\(keyword.usage)'")
      }
      task.hints.append(texts[0])
    case .find: task.finds.append(try find(statement))
    }
  }

  private func answer(_ words: [Word]) throws(Diagnostic) -> Lesson.Answer {
    let range = words[0].range.union(words[words.count - 1].range)
    guard words.count >= 3, words[words.count - 2].literal == "within" else {
      return Lesson.Answer(words: words, tolerance: nil, range: range)
    }
    do {
      let tolerance = try Literal.percentage(words[words.count - 1].literal ?? "")
      return Lesson.Answer(words: Array(words.dropLast(2)), tolerance: tolerance, range: range)
    } catch {
      throw error.diagnostic.at(words[words.count - 1].range, in: source)
    }
  }

  private func check(_ words: [Word], _ range: SourceRange) throws(Diagnostic) -> Lesson.Check {
    let usage = "'\(TaskKeyword.check.usage)'"
    switch words[0].literal {
    case "trace":
      guard words.count >= 2 else { throw wrong("a target is missing", words[0].range, try: usage) }
      if words.count > 2 { try checkCondition(words[2...]) }
      return .result(target: words[1], condition: Array(words[2...]), range: range)
    case "setting":
      guard words.count == 3 else { throw wrong("a setting and its value are missing", words[0].range, try: usage) }
      if let name = words[1].literal, Setting.named(name) == nil {
        throw wrong("unknown setting '\(name)'", words[1].range)
      }
      return .setting(name: words[1], value: words[2], range: range)
    case "command":
      guard words.count >= 2 else { throw wrong("a command is missing", words[0].range, try: usage) }
      if let name = words[1].literal, CommandTable.command(named: name) == nil {
        throw wrong("unknown command '\(name)'", words[1].range)
      }
      return .command(Array(words[1...]), range: range)
    default:
      try checkCondition(words[...])
      return .result(target: nil, condition: words, range: range)
    }
  }

  private func wrongAnswer(_ words: [Word], _ range: SourceRange) throws(Diagnostic) -> Lesson.Wrong {
    let why = words[words.count - 1]
    if words.count == 1 { return Lesson.Wrong(subject: .other, why: why) }
    guard words.count >= 3 else {
      throw wrong("'wrong' says what is wrong and why", range, try: "'\(TaskKeyword.wrong.usage)'")
    }
    let subject = Array(words[1..<(words.count - 1)])
    switch words[0].literal {
    case "answer": return Lesson.Wrong(subject: .answer(try answer(subject)), why: why)
    case "if":
      try checkCondition(subject[...])
      return Lesson.Wrong(subject: .condition(subject, range: range), why: why)
    default:
      throw wrong("'answer' or 'if' was expected here", words[0].range, try: "'\(TaskKeyword.wrong.usage)'")
    }
  }

  // Parts

  /// Finds what is wrong with a condition as far as its words are known before the lesson is played.
  private func checkCondition(_ words: ArraySlice<Word>) throws(Diagnostic) {
    var arguments: [Invocation.Argument] = []
    for word in words {
      guard let text = word.literal else { return }
      arguments.append(Invocation.Argument(text: text, range: word.range, value: .word(text)))
    }
    do {
      _ = try ConditionParser.parse(arguments)
    } catch {
      let end = words.last?.range.upper ?? 0
      throw error.diagnostic.by("lesson").at(error.range ?? SourceRange(end, end), in: source)
    }
  }

  private func find(_ statement: Statement) throws(Diagnostic) -> Lesson.Find {
    try requireNoBlock(statement)
    guard statement.words.count >= 3 else {
      throw wrong("'find' has a name and what is to be found", statement.range, try: "'\(Keyword.find.usage)'")
    }
    return Lesson.Find(
      name: try variable(statement.words[1]), words: Array(statement.words[2...]), range: statement.range)
  }

  private func variable(_ word: Word) throws(Diagnostic) -> String {
    guard let name = word.literal, ValueKind.isName(name) else {
      throw wrong("this is not a name", word.range, try: "letters, digits and '_', not beginning with a digit")
    }
    return name
  }

  private func behind(_ statement: Statement, _ usage: String) throws(Diagnostic) -> [Word] {
    try requireNoBlock(statement)
    guard statement.words.count >= 2 else {
      let end = statement.words[0].range.upper
      throw wrong("something is missing here", SourceRange(end, end), try: "'\(usage)'")
    }
    return Array(statement.words.dropFirst())
  }

  private func requireNoBlock(_ statement: Statement) throws(Diagnostic) {
    guard let block = statement.block else { return }
    throw wrong("it takes no block", SourceRange(block.range.lower, block.range.lower + 1))
  }

  private func wrong(
    _ summary: String, _ range: SourceRange, why: String? = nil, try remedy: String? = nil
  ) -> Diagnostic {
    Diagnostic(summary, subject: "lesson", why: why, try: remedy).at(range, in: source)
  }
}
