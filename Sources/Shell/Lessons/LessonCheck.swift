import Lexing
import Results

/// Looks for mistakes in a lesson as a student would meet them: plays its model answers, with several seeds, in sessions that nobody
/// sees, and gives its wrong answers, which must not be right.
package struct LessonCheck {
  /// So many different networks show most of what depends on one.
  package static let seeds: [UInt64] = [1, 2, 3]

  /// Answers that are right nowhere.
  private static let foolish = ["-1", "no idea", "0.0.0.0"]

  private let lesson: Lesson
  private let session: Session
  private let console = SilentConsole()
  private var problems: [Diagnostic] = []
  /// The first right answer of each task that wants the very value.
  private var given: [String] = []

  /// What is wrong with a lesson; nothing when all is well.
  ///
  /// - Parameters:
  ///   - services: those of the session that asks; neither results nor progress are kept.
  ///   - asker: that session; an interrupt of it ends the check, whose problems then say nothing. nil: nobody interrupts.
  package static func problems(
    of lesson: Lesson, with seeds: [UInt64] = seeds, services: Session.Services, asker: Session? = nil
  ) async -> [Diagnostic] {
    for seed in seeds {
      var check = LessonCheck(lesson, services)
      let outer = await asker?.beginWaiting(stop: { [session = check.session] in session.interrupt() })
      // One that came before would have found nothing to stop.
      if asker?.isInterrupted == true { check.session.interrupt() }
      await check.play(seed: seed)
      await asker?.endWaiting(outer ?? nil)
      await check.session.shutDown()
      // The same mistake with another seed would be told again.
      if !check.problems.isEmpty { return check.problems }
    }
    return []
  }

  /// What the answers are with a seed, for each task that wants the very value.
  package static func answers(of lesson: Lesson, seed: UInt64, services: Session.Services) async -> [String] {
    var check = LessonCheck(lesson, services)
    await check.play(seed: seed)
    await check.session.shutDown()
    return check.given
  }

  private init(_ lesson: Lesson, _ services: Session.Services) {
    self.lesson = lesson
    var services = services
    services.resultsPath = nil
    services.lessonsPath = nil
    session = Session(mode: .script, console: console, services: services)
  }

  private mutating func play(seed: UInt64) async {
    do throws(ShellError) {
      try await session.begin(lesson, seed: seed)
      // Each turn settles a task, one way or the other.
      for _ in lesson.tasks {
        guard let task = await session.play?.task else { break }
        try await play(task, seed)
        guard problems.isEmpty else { break }
      }
    } catch {
      problems.append(error.diagnostic ?? note("the lesson stopped", lesson.tasks[0].range, seed))
    }
  }

  private mutating func play(_ task: Lesson.Task, _ seed: UInt64) async throws(ShellError) {
    let number = await session.play?.taskNumber
    // What a student sees before the task is done.
    for word in task.question + task.hints { _ = try await session.lessonText([word]) }
    if let model = task.model {
      let status = await session.typeLines(model.statements, of: lesson.source)
      guard status == .done else {
        return problems.append(note("the model of this task fails", task.range, seed, console.takeComplaint()))
      }
    }
    if let told = try await session.toldWrong() {
      return problems.append(note("this is said of the task's own model", told, seed))
    }
    try await session.settle()
    guard await session.play?.taskNumber == number, !task.answers.isEmpty else {
      if await session.play?.taskNumber == number { problems.append(await unsolved(task, seed)) }
      return
    }
    for answer in task.answers where LessonAnswer.isEmpty(try await session.text(of: answer)) {
      return problems.append(note("this answer is empty", answer.range, seed))
    }
    for wrong in task.wrongs {
      guard case .answer(let answer) = wrong.subject else {
        _ = try await session.lessonText([wrong.why])
        continue
      }
      guard let verdict = try await session.give(answer), verdict == .wrong else {
        return problems.append(note("this wrong answer is taken for right", answer.range, seed))
      }
      guard try await session.hasSaid(wrong.why) else {
        return problems.append(note("this is never said: an answer before it is the same", wrong.why.range, seed))
      }
    }
    for word in Self.foolish where try await session.give(word) != .wrong {
      return problems.append(note("the answer '\(word)' is taken for right", task.range, seed))
    }
    if task.answers[0].tolerance == nil { given.append(try await session.text(of: task.answers[0])) }
    // Each that is right, but the first, is only compared: the task is over with one.
    if try await session.give(task.answers[0]) != .right { problems.append(await unsolved(task, seed)) }
  }

  private func unsolved(_ task: Lesson.Task, _ seed: UInt64) async -> Diagnostic {
    note("this task is not solved by its model", task.range, seed, await session.missing(for: task))
  }

  private func note(_ summary: String, _ range: SourceRange, _ seed: UInt64, _ why: String? = nil) -> Diagnostic {
    Diagnostic(summary, subject: "lesson", why: [why, "seed \(seed)"].compactMap { $0 }.joined(separator: "; ")).at(
      range, in: lesson.source)
  }
}

extension Session {
  /// A call of `lesson` that nobody typed.
  fileprivate var unseenCall: Invocation? {
    do throws(Diagnostic) {
      return Invocation(
        command: .lesson, range: SourceRange(0, 0), frame: Frame(source: try SourceText("lesson"), console: console))
    } catch {
      return nil
    }
  }

  fileprivate func begin(_ lesson: Lesson, seed: UInt64) async throws(ShellError) {
    guard let call = unseenCall else { return }
    try await beginLesson(lesson, id: lesson.name, seed: seed, from: 1, word: lesson.name, call)
    play?.isChecked = true
  }

  /// Where it is written what has been said of something done in the open task; nil when nothing was wrong about it.
  fileprivate func toldWrong() throws(ShellError) -> SourceRange? {
    for wrong in play?.task?.wrongs ?? [] {
      guard case .condition(_, let range) = wrong.subject, play?.toldResults.isEmpty == false else { continue }
      if try hasSaid(wrong.why) { return range }
    }
    return nil
  }

  /// Whether that was the last thing that was said to be wrong.
  fileprivate func hasSaid(_ why: Word) throws(ShellError) -> Bool {
    play?.lastReply?.hasSuffix(try lessonText([why])) == true
  }

  /// Goes on if what was done solves the open task.
  fileprivate func settle() async throws(ShellError) {
    guard let call = unseenCall, play != nil else { return }
    try await solveIfDone(call)
  }

  /// An answer as its words are with the lesson's names, those found in the student's own result among them.
  fileprivate func text(of answer: Lesson.Answer) async throws(ShellError) -> String {
    for find in play?.task?.finds ?? [] { try await take(find, fromStudent: true) }
    return try lessonText(answer.words)
  }

  /// Runs lines of a model, as if a student had typed them.
  fileprivate func typeLines(_ statements: [Statement], of source: SourceText) async -> ExitStatus {
    status = .done
    var frame = Frame(source: source, console: console)
    frame.isScript = true
    let mine = variables
    for (name, words) in play?.variables.values ?? [:] { _ = variables.set(name, to: words) }
    do throws(ShellError) {
      try await run(statements, in: frame)
    } catch {
      note(error.status)
    }
    variables = mine
    return status
  }

  fileprivate func give(_ text: String) async throws(ShellError) -> LessonVerdict? {
    guard let call = unseenCall, play?.task != nil else { return nil }
    return try await answerLesson(text, call)
  }

  /// Gives an answer as its words are with the lesson's names.
  fileprivate func give(_ answer: Lesson.Answer) async throws(ShellError) -> LessonVerdict? {
    try await give(try await text(of: answer))
  }

  /// What was last said about the open task.
  fileprivate func missing(for task: Lesson.Task) -> String? {
    do throws(ShellError) {
      return try unmet(task.checks).map { "missing: \($0)" } ?? play?.lastReply
    } catch {
      return error.diagnostic?.summary
    }
  }
}
