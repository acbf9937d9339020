import History
import Lexing
import Rendering
import Results

// How a lesson goes on: its items are gone through until a task stops it. Its own commands run in the student's session, but with
// the names of the lesson; those of `key` in another one.

extension Session {
  /// Begins a lesson, and goes on to a task of it.
  ///
  /// - Parameter task: its number from 1.
  func beginLesson(
    _ lesson: Lesson, id: String, seed: UInt64, from task: Int, word: String, _ call: Invocation
  ) async throws(ShellError) {
    if play != nil { await leaveLesson() }
    let console = SilentConsole()
    var services = services
    services.resultsPath = nil
    services.lessonsPath = nil
    let key = Session(mode: .script, console: console, services: services)
    play = LessonPlay(
      lesson: lesson, id: id, seed: seed, word: word, before: beginChange(), key: key, keyConsole: console)
    play?.resultsBeforeLesson = results.last?.number ?? 0
    prepareForLesson(seed)
    let count = lesson.tasks.count
    speak(
      [
        StyledLine("\(lesson.title)", .heading),
        StyledLine(
          "about \(Condition.count(lesson.minutes, "minute")), \(Condition.count(count, "task")), seed \(seed); 'answer WORD…' answers, 'hint' helps",
          .dim),
      ],
      call)
    progress?.begin(id, seed: seed, title: lesson.title, tasks: count, at: services.clock())
    try await goOn(to: index(ofTask: task, in: lesson), call)
  }

  /// Settings as in a new session, so that the texts are right for everybody; but what only concerns the looks stays.
  private func prepareForLesson(_ seed: UInt64) {
    var fresh = defaults
    fresh.labClock = settings.labClock
    fresh.labSeed = Int(clamping: seed)
    fresh.format = settings.format
    fresh.onError = settings.onError
    fresh.editMode = settings.editMode
    fresh.retention = settings.retention
    settings = fresh
  }

  /// Goes through items from the position of the lesson on, until a task is open or the lesson is at its end.
  ///
  /// - Parameter target: the task to stop at; what is said before the task before it is not said again. nil: the next one.
  private func goOn(to target: Int?, _ call: Invocation) async throws(ShellError) {
    guard let lesson = play?.lesson else { return }
    let items = lesson.items
    let shownFrom = target.map { items[..<$0].lastIndex { if case .task = $0 { true } else { false } } ?? -1 } ?? -1
    while let position = play?.position, position < items.count {
      let isShown = position > shownFrom
      do throws(ShellError) {
        try await step()
        switch items[position] {
        case .say(let words): if isShown { speak(try paragraphs(words), call) }
        case .run(let statement): try await runOwn(statement, isShown ? call.console : SilentConsole(), call)
        case .key(let block): try await runKey(block)
        case .find(let find): try await take(find, fromStudent: false)
        case .pick(let name, let words): try pick(name, words, position)
        case .task:
          guard position >= target ?? position else { break }
          return openTask(position, call)
        }
      } catch {
        await leaveLesson()
        throw error
      }
      play?.position = position + 1
    }
    await finishLesson(call)
  }

  private func openTask(_ position: Int, _ call: Invocation) {
    guard let lesson = play?.lesson else { return }
    let number = lesson.items[...position].count { if case .task = $0 { true } else { false } }
    play?.openTask(number, resultsBefore: results.last?.number ?? 0)
    sayTask(call)
  }

  /// Says the task that is open.
  func sayTask(_ call: Invocation) {
    guard let play, let task = play.task else { return }
    do throws(ShellError) {
      let count = play.lesson.tasks.count
      speak(["", StyledLine("Task \(play.taskNumber) of \(count)", .heading)] + (try paragraphs(task.question)), call)
    } catch {
      if let diagnostic = error.diagnostic { tell(diagnostic, on: call.console) }
    }
  }

  private func finishLesson(_ call: Invocation) async {
    guard let play else { return }
    progress?.finish(play.id, seed: play.seed, at: services.clock())
    speak(["", StyledLine("That was the lesson '\(play.lesson.name)'.", .good)], call)
    await leaveLesson()
  }

  /// Leaves the lesson: the session is what it was before it, but for its results.
  func leaveLesson() async {
    guard let play else { return }
    self.play = nil
    _ = await takeBackChange(since: play.before, on: console)
    await play.key.shutDown()
  }

  // Moving

  /// The open task is solved or left: goes on to the next.
  func goOnBehindTask(_ call: Invocation) async throws(ShellError) {
    play?.position += 1
    try await goOn(to: nil, call)
  }

  /// Goes to a task by beginning anew, so that all is as it would be.
  func go(toTask number: Int, _ call: Invocation) async throws(ShellError) {
    guard let play else { return }
    _ = await takeBackChange(since: play.before, on: console)
    changedLabs = []
    prepareForLesson(play.seed)
    self.play?.position = 0
    self.play?.variables = Variables()
    try await goOn(to: index(ofTask: number, in: play.lesson), call)
  }

  private func index(ofTask number: Int, in lesson: Lesson) -> Int? {
    let indices = lesson.items.indices.filter { if case .task = lesson.items[$0] { true } else { false } }
    return number > 1 && number <= indices.count ? indices[number - 1] : nil
  }

  // The lesson's own commands

  private func runOwn(_ statement: Statement, _ console: any Console, _ call: Invocation) async throws(ShellError) {
    guard let lesson = play?.lesson, let names = play?.variables else { return }
    // Standard output is for the one document of the command that goes on.
    let isDocument = call.settings(over: settings).format != .text
    var frame = Frame(source: lesson.source, console: isDocument ? SilentConsole() : console)
    frame.isScript = true
    _ = (frame.console as? SilentConsole)?.takeComplaint()
    let students = variables
    variables = names
    play?.isBusy = true
    defer {
      play?.variables = variables
      play?.isBusy = false
      variables = students
    }
    do throws(ShellError) {
      try await runOne(statement, in: frame)
    } catch {
      guard case .stopped = error else { throw error }
      // What it was has been told inside, but to nobody where what is run is not shown.
      throw .failed(
        Diagnostic(
          "a command of the lesson's own failed", subject: "lesson",
          why: (frame.console as? SilentConsole)?.takeComplaint()
        ).at(statement.range, in: lesson.source))
    }
  }

  /// A lesson is for a student: its own lines, and a session that nobody sees, begin none and answer nothing.
  func requireStudent(_ call: Invocation) throws(ShellError) {
    guard play?.isBusy == true || call.command.name == Command.lesson.name && console is SilentConsole else { return }
    throw call.failed(
      "'\(call.command.name)' has no place in a lesson's own lines", why: "only a student begins and answers lessons")
  }

  private func runKey(_ block: Block) async throws(ShellError) {
    guard let play else { return }
    let outer = beginWaiting(stop: { [key = play.key] in key.interrupt() })
    let status = await play.key.runAsKey(block.statements, of: play.lesson.source, like: self)
    endWaiting(outer)
    if isInterrupted { throw .interrupted }
    guard status == .done else {
      throw .failed(
        Diagnostic("the lesson's own commands failed", subject: "lesson", why: play.keyConsole.takeComplaint())
          .at(block.range, in: play.lesson.source))
    }
  }

  private func runAsKey(_ statements: [Statement], of source: SourceText, like other: Session) async -> ExitStatus {
    let model = await other.forKey()
    await shutDown()
    if let known = model.labs { labs = known }
    networkChoice = model.networkChoice
    replay = model.replay
    settings = model.settings
    settings.labClock = .virtual
    settings.format = .text
    settings.onError = nil
    variables = model.variables
    status = .done
    var frame = Frame(source: source, console: console)
    frame.isScript = true
    do throws(ShellError) {
      try await run(statements, in: frame)
    } catch {
      note(error.status)
    }
    return status
  }

  /// What a session that nobody sees begins with.
  private func forKey() -> sending SessionState {
    SessionState(
      settings: settings, variables: play?.variables ?? Variables(), networkChoice: networkChoice, labs: labs,
      labBuilder: labBuilder, changedLabs: [], replay: replay)
  }

  // Names

  private func pick(_ name: Word, _ words: [Word], _ place: Int) throws(ShellError) {
    guard let play else { return }
    var choices: [String] = []
    for word in words { choices += try lessonWords([word]).map(\.text) }
    guard !choices.isEmpty, let key = name.literal else { return }
    let choice = LessonPlay.pick(choices, seed: play.seed, place: place)
    _ = self.play?.variables.set(key, to: choice.split(separator: " ").map(String.init))
  }

  /// Works out a `find`.
  ///
  /// - Parameter fromStudent: whether the result is one of the student's where it is not named: that which the task is about.
  func take(_ find: Lesson.Find, fromStudent: Bool) async throws(ShellError) {
    guard let play else { return }
    let value: LessonValue
    do {
      value = try LessonValue(try lessonWords(find.words))
    } catch let error as ConditionParser.Failure {
      throw .wrong(error.diagnostic.by("lesson").at(error.range ?? find.range, in: play.lesson.source))
    } catch let error as ShellError {
      throw error
    } catch {
      return
    }
    let facts: ResultFacts?
    if let reference = value.reference {
      facts = await play.key.facts(of: reference.text) ?? self.facts(of: reference.text)
    } else if fromStudent {
      facts = try resultInQuestion()?.content.facts
    } else {
      facts = await play.key.facts(of: "%last")
    }
    guard let facts else {
      throw .failed(
        Diagnostic("there is no result to find '\(find.name)' in", subject: "lesson").at(
          find.range, in: play.lesson.source))
    }
    do throws(Diagnostic) {
      _ = self.play?.variables.set(find.name, to: [try value.read(facts)])
    } catch {
      throw .failed(error.by("lesson").at(find.range, in: play.lesson.source))
    }
  }

  private func facts(of reference: String) -> ResultFacts? {
    do throws(Diagnostic) {
      return try results.find(reference, last: { $0.facts != nil }).content.facts
    } catch {
      // There is none of that name here; the caller says so.
      return nil
    }
  }

  /// The results that the open task may be about, the latest first: those since it began, and where an answer is asked for those since
  /// the lesson began.
  var newResults: ArraySlice<SessionResults.Entry> {
    let asksAnswer = play?.task?.answers.isEmpty == false
    let before = (asksAnswer ? play?.resultsBeforeLesson : play?.resultsBefore) ?? 0
    return results.entries.reversed().filter { $0.number > before && $0.facts != nil }.prefix(LessonPlay.mostResults)
  }

  /// Words of a lesson with its names put in.
  func lessonWords(_ words: [Word]) throws(ShellError) -> [Invocation.Argument] {
    guard let play else { return [] }
    var expanded: [Invocation.Argument] = []
    for word in words {
      do throws(Diagnostic) {
        for text in try play.variables.expand(word, arguments: []) {
          expanded.append(Invocation.Argument(text: text, range: word.range, value: .word(text)))
        }
      } catch {
        throw .wrong(error.by("lesson").at(word.range, in: play.lesson.source))
      }
    }
    return expanded
  }

  /// The same as one text.
  func lessonText(_ words: [Word]) throws(ShellError) -> String {
    try lessonWords(words).map(\.text).joined(separator: " ")
  }

  private func paragraphs(_ words: [Word]) throws(ShellError) -> [StyledLine] {
    var lines: [StyledLine] = []
    for word in words {
      lines += ["" as StyledLine] + LessonText.paragraphs(try lessonText([word])).map { StyledLine($0) }
    }
    return lines
  }

  // Saying

  /// Says something: now, or at the end of the command in its document.
  func speak(_ lines: [StyledLine], _ call: Invocation) {
    guard call.settings(over: settings).format == .text else {
      spoken += lines.map(\.text)
      return
    }
    for line in lines { call.print(line) }
  }
}
