import History
import Lexing
import Rendering
import Results

// What becomes of what a student does: answers, and commands between them.

extension Session {
  /// What came of an answer; its raw value is its name in JSON.
  enum LessonVerdict: String {
    case right
    case wrong
    /// Right, but something else is to be done first; or nothing that could be judged.
    case open
  }

  /// Judges an answer.
  func answerLesson(_ typed: String, _ call: Invocation) async throws(ShellError) -> LessonVerdict {
    guard let task = play?.task else { throw noLesson(call) }
    for find in task.finds {
      do throws(ShellError) {
        try await take(find, fromStudent: true)
      } catch {
        guard newResults.isEmpty else { throw error }
        return reply(.open, "First do what the task asks; it is about a result of yours.", call)
      }
    }
    guard !task.answers.isEmpty else {
      return reply(.open, "This task is not solved by an answer, but by what you do; 'lesson again' shows it.", call)
    }
    var isAnswerRight = false
    for answer in task.answers {
      if try isRight(typed, answer) { isAnswerRight = true }
    }
    guard isAnswerRight else {
      progress?.countTry(play?.id ?? "", seed: play?.seed ?? 0, task: play?.taskNumber ?? 0)
      return reply(.wrong, "Not so. " + (try reason(typed, task)), call)
    }
    if let missing = try unmet(task.checks) {
      return reply(.open, "That is right. Still to be done: \(missing).", call)
    }
    try await solve(call)
    return .right
  }

  private func isRight(_ typed: String, _ answer: Lesson.Answer) throws(ShellError) -> Bool {
    LessonAnswer.isRight(typed, try lessonText(answer.words), tolerance: answer.tolerance)
  }

  /// Why a wrong answer is wrong, as far as the lesson knows.
  private func reason(_ typed: String, _ task: Lesson.Task) throws(ShellError) -> String {
    var other: Word?
    for wrong in task.wrongs {
      switch wrong.subject {
      case .answer(let answer): if try isRight(typed, answer) { return try lessonText([wrong.why]) }
      case .other: other = wrong.why
      case .condition: break
      }
    }
    if let other { return try lessonText([other]) }
    return play.map { $0.hintsGiven < task.hints.count } == true ? "'hint' helps." : "'lesson again' shows the task."
  }

  private func reply(_ verdict: LessonVerdict, _ text: String, _ call: Invocation) -> LessonVerdict {
    play?.lastReply = text
    speak(LessonText.paragraphs(text).map { StyledLine($0, verdict == .wrong ? .notice : .plain) }, call)
    return verdict
  }

  private func solve(_ call: Invocation) async throws(ShellError) {
    guard let play else { return }
    progress?.settle(play.id, seed: play.seed, task: play.taskNumber, .solved)
    speak([StyledLine("Right.", .good)], call)
    try await goOnBehindTask(call)
  }

  /// Leaves the open task unsolved.
  func skipTask(_ call: Invocation) async throws(ShellError) {
    guard let play, play.task != nil else { throw noLesson(call) }
    progress?.settle(play.id, seed: play.seed, task: play.taskNumber, .skipped)
    try await goOnBehindTask(call)
  }

  /// Gives the next hint.
  func giveHint(_ call: Invocation) throws(ShellError) {
    guard let play, let task = play.task else { throw noLesson(call) }
    guard play.hintsGiven < task.hints.count else {
      _ = reply(
        .open,
        task.hints.isEmpty
          ? "There is no hint for this task." : "There are no more hints; 'lesson next' leaves the task.", call)
      return
    }
    let number = play.hintsGiven + 1
    self.play?.hintsGiven = number
    progress?.countHint(play.id, seed: play.seed, task: play.taskNumber)
    let text = try lessonText([task.hints[number - 1]])
    speak(LessonText.paragraphs("Hint \(number) of \(task.hints.count): \(text)").map { StyledLine($0) }, call)
  }

  func noLesson(_ call: Invocation) -> ShellError {
    call.failed("no lesson is going on", try: "'lesson' lists them, 'lesson 1' begins the first")
  }

  // What is done between answers

  /// Remembers that the student used a command: its name, its arguments, its options by their long names, their values.
  func noteUse(of call: Invocation) {
    guard let play, !play.isBusy, !Self.isLessons(call.command) else { return }
    var words = [call.command.name]
    for parameter in call.command.parameters { words += call.arguments(parameter.name).map(\.text) }
    for (name, value) in call.options.sorted(by: { $0.key < $1.key }) { words += ["--\(name)", value.value.text] }
    // What 'set queries 10' did before is as good as '-q 10' now.
    for setting in call.command.options.compactMap(\.setting) where call.options[setting] == nil {
      guard let known = Setting.named(setting), known.read(settings) != known.read(defaults) else { continue }
      words += ["--\(setting)", known.read(settings)]
    }
    self.play?.use(words)
  }

  /// A command of the student's has ended: a task without answers may be solved by it.
  func observe(_ words: [String], in frame: Frame) async throws(ShellError) {
    guard let play, !play.isBusy, let task = play.task, let name = words.first,
      let command = CommandTable.command(named: name), !Self.isLessons(command)
    else { return }
    // Standard output is for the document of the command itself.
    var call = Invocation(command: .lesson, range: SourceRange(0, 0), frame: frame)
    if settings.format != .text { call.frame.console = MessageConsole(frame.console) }
    defer {
      for line in spoken where settings.format != .text { frame.console.diagnose(StyledLine(line)) }
      if settings.format != .text { spoken = [] }
    }
    for wrong in task.wrongs {
      guard case .condition(let words, let range) = wrong.subject else { continue }
      for entry in newResults
      where entry.number > play.resultsBefore && self.play?.toldResults.contains(entry.number) == false {
        guard try finding(words, range, of: entry).holds else { continue }
        self.play?.toldResults.insert(entry.number)
        _ = reply(.wrong, try lessonText([wrong.why]), call)
      }
    }
    guard task.answers.isEmpty, try unmet(task.checks) == nil else { return }
    try await solve(call)
  }

  private static func isLessons(_ command: Command) -> Bool {
    [Command.lesson.name, Command.answer.name, Command.hint.name].contains(command.name)
  }

  /// The first check that does not hold, as a phrase; nil when all do.
  func unmet(_ checks: [Lesson.Check]) throws(ShellError) -> String? {
    for check in checks {
      switch check {
      case .result(let target, let condition, let range):
        if let missing = try unmetResult(target, condition, range) { return missing }
      case .setting(let name, let value, let range):
        if let missing = try unmetSetting(name, value, range) { return missing }
      case .command(let words, _):
        let wanted = try lessonWords(words).map(\.text)
        if play?.used.contains(where: { Self.contains($0, wanted) }) != true {
          return "'\(wanted.joined(separator: " "))'"
        }
      }
    }
    return nil
  }

  private func unmetResult(_ target: Word?, _ condition: [Word], _ range: SourceRange) throws(ShellError) -> String? {
    let name = try target.map { word throws(ShellError) in try lessonText([word]) }
    let entries = newResults.filter { name == nil || $0.content.facts?.target == name }
    guard !entries.isEmpty else { return "a trace" + (name.map { " of \($0)" } ?? "") }
    guard !condition.isEmpty else { return nil }
    var found = ""
    for entry in entries.reversed() {
      let finding = try finding(condition, range, of: entry)
      if finding.holds { return nil }
      found = finding.found
    }
    return "a trace with \(try lessonText(condition)); found: \(found)"
  }

  private func unmetSetting(_ name: Word, _ value: Word, _ range: SourceRange) throws(ShellError) -> String? {
    guard let play else { return nil }
    let (name, value) = (try lessonText([name]), try lessonText([value]))
    guard let setting = Setting.named(name) else {
      throw .wrong(Diagnostic("unknown setting '\(name)'", subject: "lesson").at(range, in: play.lesson.source))
    }
    do {
      if setting.read(settings) == (try setting.kind.parse(value)).text { return nil }
    } catch {
      throw .wrong(error.diagnostic.by("lesson").at(range, in: play.lesson.source))
    }
    return "'set \(name) \(value)'"
  }

  private func finding(
    _ words: [Word], _ range: SourceRange, of entry: SessionResults.Entry
  ) throws(ShellError) -> Condition.Finding {
    guard let play else { return .undecided("") }
    let condition: Condition
    let arguments = try lessonWords(words)
    do {
      condition = try ConditionParser.parse(arguments).condition
    } catch {
      throw .wrong(error.diagnostic.by("lesson").at(error.range ?? range, in: play.lesson.source))
    }
    do throws(Diagnostic) {
      return try judge(condition, of: entry.content, called: "%\(entry.number)")
    } catch {
      throw .failed(error.by("lesson").at(range, in: play.lesson.source))
    }
  }

  /// Whether it is that command, and all of its wanted words are among those used, each option with its value.
  private static func contains(_ words: [String], _ wanted: [String]) -> Bool {
    guard words.first == wanted.first else { return false }
    return wanted.indices.allSatisfy { index in
      let isValue = index > 0 && wanted[index - 1].hasPrefix("--") && !wanted[index].hasPrefix("--")
      guard isValue else { return words.contains(wanted[index]) }
      return zip(words, words.dropFirst()).contains { $0 == (wanted[index - 1], wanted[index]) }
    }
  }
}

/// A console whose output goes where messages go.
final class MessageConsole: Console {
  private let console: any Console

  init(_ console: any Console) { self.console = console }

  var size: ConsoleSize? { nil }
  var outputIsGone: Bool { console.outputIsGone }
  func print(_ line: StyledLine) { console.diagnose(line) }
  func diagnose(_ line: StyledLine) { console.diagnose(line) }
  func showLive(_ rows: [StyledLine]) {}
  func endLive() {}
}
