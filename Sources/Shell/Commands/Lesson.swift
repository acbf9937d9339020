import History
import Lexing
import Rendering
import Results

extension Command {
  /// `lesson`, `lesson N|NAME|FILE`, and what goes on in one.
  static let lesson = Command(
    name: "lesson", topic: .lessons, summary: "learn how paths are read, task by task",
    discussion: [
      "Without words it lists the lessons. A lesson says something, and asks something: what you type in between is as always, "
        + "'answer WORD…' answers, and some tasks are solved by what you do. Settings are new at its beginning and as they were "
        + "before at its end. How far you came is kept: a lesson that was left goes on there, and one that was finished begins "
        + "anew.",
      "A lesson is a script with a few more words, and a file of your own works the same way; 'lesson check' finds its mistakes. "
        + "What differs from student to student comes from the seed.",
    ],
    terms: [
      Term("lesson", "the lessons, and how far you came"),
      Term("lesson 4, lesson stars", "begin a lesson, or go on with it"),
      Term("lesson ./own.ftr", "the same with a file: a word with a '/' or '.ftr' at its end"),
    ] + LessonVerb.allCases.map { Term($0.usage, $0.summary) },
    parameters: [
      Parameter("LESSON", .lesson, .optional, help: "a number, a name or a file, or what to do"),
      Parameter("FILE", .file, .optional, help: "for 'check'"),
    ],
    options: [
      .value("seed", nil, .count(0...Int.max, of: ""), named: "N", help: "another network for each"),
      .flag("restart", help: "begin anew, and forget what was solved"),
      .json,
    ],
    examples: [
      Example("lesson", "the list"),
      Example("lesson 1 --seed 17", "the first one, as student 17 has it"),
      Example("lesson report --json", "for a teacher's own tools"),
    ],
    action: { call, session async throws(ShellError) in
      try session.requireStudent(call)
      guard let word = call.argument("LESSON") else { return try session.listLessons(call) }
      if let verb = LessonVerb(rawValue: word.text) { return try await session.perform(verb, call) }
      if let extra = call.argument("FILE") {
        throw call.wrong("'\(extra.text)' is one word too many", at: extra.range)
      }
      try await session.begin(word, call)
    })

  /// `answer WORD…`
  static let answer = Command(
    name: "answer", topic: .lessons, summary: "answer the open task of a lesson",
    discussion: [
      "Case does not matter. A wrong answer says what is wrong about it where the lesson knows, and costs nothing."
    ],
    parameters: [Parameter("WORD", .text, .oneOrMore, help: "what you found: an address, a number, a word")],
    options: [.json], takesWordsAsWritten: true,
    examples: [Example("answer 12", "the number of hops"), Example("answer time exceeded", "two words")],
    action: { call, session async throws(ShellError) in
      try session.requireStudent(call)
      let call = call.takingJSONOption(of: "WORD")
      let typed = call.arguments("WORD").map(\.text).joined(separator: " ")
      let verdict = try await session.answerLesson(typed, call)
      session.tellProgressNote(on: call.console)
      session.endSpeaking(call, verdict)
    })

  /// `hint`
  static let hint = Command(
    name: "hint", topic: .lessons, summary: "get the next hint for the open task of a lesson",
    options: [.json],
    examples: [Example("hint", "one of several, in order")],
    action: { call, session async throws(ShellError) in
      try session.requireStudent(call)
      try session.giveHint(call)
      session.tellProgressNote(on: call.console)
      session.endSpeaking(call)
    })
}

extension Session {
  fileprivate func perform(_ verb: LessonVerb, _ call: Invocation) async throws(ShellError) {
    if verb != .check, let extra = call.argument("FILE") {
      throw call.wrong("'\(extra.text)' is one word too many", at: extra.range)
    }
    switch verb {
    case .report: return reportLessons(call)
    case .check: return try await checkLesson(call)
    case .next, .back, .again, .status, .stop: break
    }
    guard let play else { throw noLesson(call) }
    switch verb {
    case .next: try await skipTask(call)
    case .back: try await go(toTask: max(1, play.taskNumber - 1), call)
    case .again: sayTask(call)
    case .status:
      speak(
        [
          StyledLine(
            "lesson '\(play.lesson.name)', seed \(play.seed), task \(play.taskNumber) of \(play.lesson.tasks.count)")
        ], call)
    case .stop:
      speak([StyledLine("Lesson '\(play.lesson.name)' is left; 'lesson \(play.word)' goes on with it.")], call)
      await leaveLesson()
    case .report, .check: break
    }
    tellProgressNote(on: call.console)
    endSpeaking(call)
  }

  fileprivate func begin(_ word: Invocation.Argument, _ call: Invocation) async throws(ShellError) {
    let isFile = word.text.contains("/") || word.text.hasSuffix(".ftr")
    let lesson: Lesson
    do throws(Diagnostic) {
      lesson =
        isFile
        ? try LessonParser.lesson(of: try ScriptFile.bytes(of: word.text), name: word.text)
        : try LessonCatalog.find(word.text)
    } catch {
      let told = error.by("lesson")
      throw isFile ? .failed(told) : .wrong(told.at(word.range, in: call.frame.source))
    }
    let id = isFile ? "file \(lesson.name)" : lesson.name
    let attempts = progress?.attempts().filter { $0.lesson == id } ?? []
    let unfinished = attempts.first { $0.finished == nil }
    let seed = call.count("seed").map(UInt64.init) ?? unfinished?.seed ?? 1
    if call.has("restart") { progress?.restart(id, seed: seed) }
    let attempt = attempts.first { $0.seed == seed && $0.finished == nil && !call.has("restart") }
    let task = attempt?.nextTask ?? 1
    try await beginLesson(lesson, id: id, seed: seed, from: task, word: word.text, call)
    tellProgressNote(on: call.console)
    endSpeaking(call)
  }

  /// Ends what was said with its document, where documents are wanted.
  func endSpeaking(_ call: Invocation, _ verdict: LessonVerdict? = nil) {
    let said = spoken
    spoken = []
    guard call.settings(over: settings).format != .text else { return }
    let document = LessonDocument(
      command: call.command.name, lesson: play?.lesson.name, seed: play?.seed, task: play?.taskNumber,
      tasks: play?.lesson.tasks.count, verdict: verdict?.rawValue, text: said)
    call.print(StyledLine(ResultCoding.encode(document)))
  }

  /// Says once that nothing is kept.
  func tellProgressNote(on console: any Console) {
    guard let reason = progress?.takeNote() else { return }
    tell(Diagnostic("progress in lessons is not kept", why: reason, severity: .note), on: console)
  }

  // Lists

  fileprivate func listLessons(_ call: Invocation) throws(ShellError) {
    let lessons: [Lesson]
    do throws(Diagnostic) {
      lessons = try LessonCatalog.all()
    } catch {
      throw .failed(error)
    }
    let attempts = progress?.attempts() ?? []
    tellProgressNote(on: call.console)
    let entries = lessons.enumerated().map { index, lesson in
      let own = attempts.filter { $0.lesson == lesson.name }
      let attempt = own.first(where: \.isSolved) ?? own.first
      return LessonListDocument.Entry(
        number: index + 1, name: lesson.name, title: lesson.title, minutes: lesson.minutes, tasks: lesson.tasks.count,
        solved: attempt?.solved ?? 0, finished: attempt?.finished != nil)
    }
    call.answer(LessonListDocument(lessons: entries), over: settings) {
      for line in LessonText.list(entries) { call.print(line) }
    }
  }

  fileprivate func reportLessons(_ call: Invocation) {
    let attempts = progress?.attempts() ?? []
    tellProgressNote(on: call.console)
    call.answer(LessonReportDocument(attempts: attempts.map { .init($0) }), over: settings) {
      guard !attempts.isEmpty else { return call.print(StyledLine("no lesson has been begun", .dim)) }
      for line in LessonText.report(attempts) { call.print(line) }
    }
  }

  fileprivate func checkLesson(_ call: Invocation) async throws(ShellError) {
    guard let file = call.argument("FILE") else {
      throw call.wrong(
        "a file is missing", at: SourceRange(call.range.upper, call.range.upper), try: "'lesson check FILE'")
    }
    var lesson: Lesson?
    var problems: [Diagnostic] = []
    do throws(Diagnostic) {
      let read = try LessonParser.lesson(of: try ScriptFile.bytes(of: file.text), name: file.text)
      lesson = read
      problems = await LessonCheck.problems(of: read, services: services, asker: self)
    } catch {
      problems = [error.by("lesson")]
    }
    if isInterrupted { throw .interrupted }
    for problem in problems { tell(problem, on: call.console) }
    let document = LessonCheckDocument(
      file: file.text, lesson: lesson?.name, tasks: lesson?.tasks.count ?? 0, seeds: LessonCheck.seeds,
      problems: problems.map(\.text))
    call.answer(document, over: settings) {
      guard let lesson, problems.isEmpty else { return }
      let seeds = LessonCheck.seeds.map(String.init).joined(separator: ", ")
      call.print(
        StyledLine(
          "\(file.text): no mistake; \(Condition.count(lesson.tasks.count, "task")) played with the seeds \(seeds)",
          .good))
    }
    // Each has been told.
    if !problems.isEmpty { throw .stopped(.failed) }
  }
}
