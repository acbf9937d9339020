import Glibc
import History
import Results
import Shell
import TestSupport
import Testing

@Suite("Lessons in trouble")
struct LessonTroubleTests {
  private func play(
    _ lines: String, _ text: String, mode: Session.Mode = .script, progress: String? = nil
  ) async throws -> (text: String, status: Int32) {
    try await LessonTests().play(lines, "lesson x 'X' minutes 3\n" + text, mode: mode, progress: progress)
  }

  @Test(
    "an interrupt reaches what nobody sees",
    arguments: [
      ("lesson FILE", "key { echo x > MARK; sleep 20s }\ntask 'Q' { answer 1 }"),
      ("lesson check FILE", "key { echo x > MARK; sleep 20s }\ntask 'Q' { answer 1 }"),
      ("lesson check FILE", "task 'Q' { do { echo x > MARK; sleep 20s }; answer 1 }"),
    ])
  func interrupt(line: String, text: String) async throws {
    let directory = try TemporaryDirectory()
    let (file, mark) = (directory.path + "/x.ftr", directory.path + "/mark")
    let (writer, _) = makeSession(.script)
    let lesson = "lesson x 'X' minutes 3\n" + text.replacing("MARK", with: mark)
    _ = await writer.run("echo $1 > \(file)".utf8, name: "w", arguments: [lesson])
    let (session, console) = makeSession(.script)
    let start = ContinuousClock.now
    async let status = session.run(line.replacing("FILE", with: file).utf8, name: "-c")
    while access(mark, F_OK) != 0, ContinuousClock.now - start < .seconds(10) { await Task.yield() }
    session.interrupt()
    #expect(await status == .interrupted)
    #expect(ContinuousClock.now - start < .seconds(15))
    #expect(!console.text.contains("!"), "\(console.text)")
  }

  @Test("an expectation that is not met is not the one that was asked for")
  func expectations() async throws {
    let task = "use lab demo\ntask 'Q' { do { trace demo.test; expect reached }; check command expect reached }"
    let outcome = try await play(
      "set lab.clock virtual; lesson FILE\ntrace demo.test -m 2 > /dev/null\nexpect reached\nlesson status", task,
      mode: .prompt)
    #expect(outcome.text.hasSuffix("lesson 'x', seed 1, task 1 of 1"), "\(outcome.text)")
    let met = try await play("lesson FILE\ntrace demo.test > /dev/null\nexpect reached", task)
    #expect(met.text.contains("Right."), "\(met.text)")
  }

  @Test(
    "an option that is asked for is that option, not its value behind another; a setting does as well, and a short name"
  )
  func options() async throws {
    let task = "use lab demo\ntask 'Q' { do { trace demo.test -q 10 }; check command trace --queries 10 }"
    for (line, isRight) in [
      ("trace demo.test -q 5 -m 10", false), ("trace demo.test -m 2 -q 10", true),
      ("set queries 10; trace demo.test -m 2", true), ("trace demo.test -m 2", false),
      ("trac demo.test -m 2 -q 10", true),
    ] {
      let outcome = try await play("set lab.clock virtual; lesson FILE\n\(line)", task, mode: .prompt)
      #expect(outcome.text.contains("Right.") == isRight, "\(line): \(outcome.text)")
    }
  }

  @Test("a name is the same in either case")
  func names() async throws {
    let task = "use lab demo\ntask 'Q' { do { trace demo.test }; check trace demo.test reached }"
    #expect(try await play("lesson FILE\ntrace DEMO.test > /dev/null", task).text.contains("Right."))
  }

  @Test("a later look at something else does not make an answer wrong")
  func laterResults() async throws {
    let task =
      "use lab demo\ntask 'Q' { find mine rtt of path; do { trace demo.test }; CHECK answer $mine within 5%; wrong 'No.' }"
    for check in ["", "check trace demo.test reached;"] {
      let outcome = try await play(
        "lesson FILE\ntrace demo.test > /dev/null\ntrace demo.test -m 3 > /dev/null\nanswer 46.3ms",
        task.replacing("CHECK", with: check))
      #expect(outcome.text.contains("Right."), "\(outcome.text)")
    }
  }

  @Test("a right number without its unit is said to lack it, and is no wrong answer")
  func units() async throws {
    let directory = try TemporaryDirectory()
    let outcome = try await play(
      "lesson FILE\nanswer 45.8\nanswer 44\nlesson report", "task 'Q' { answer 46ms within 1%; wrong 'No.' }",
      progress: directory.path + "/lessons.db")
    #expect(outcome.text.contains("\nThe number is right, but of what? Say it with its unit: '45.8ms'.\nNot so. No."))
    #expect(outcome.text.contains("1 wrong answer,"), "\(outcome.text)")
  }

  @Test("a lesson's own lines begin no lesson and answer nothing", arguments: ["lesson 2", "answer 1", "hint"])
  func nested(line: String) async throws {
    let directory = try TemporaryDirectory()
    let inner = directory.path + "/inner.ftr"
    let (writer, _) = makeSession(.script)
    _ = await writer.run("echo $1 > \(inner)".utf8, name: "w", arguments: [line])
    let outcome = try await play("lesson FILE\nuse", "source \(inner)\ntask 'Q' { answer 1 }", mode: .prompt)
    let name = line.split(separator: " ")[0]
    #expect(outcome.text.contains("\(name): '\(name)' has no place in a lesson's own lines\n"), "\(outcome.text)")
    #expect(outcome.text.contains("FILE:2:1: lesson: a command of the lesson's own failed\n"))
    #expect(outcome.text.hasSuffix("\nlive"))
  }

  @Test("a lesson that ends in itself says why")
  func circle() async throws {
    let outcome = try await play("lesson check FILE", "source FILE\ntask 'Q' { answer 1 }")
    #expect(outcome.text.contains("why: FILE:1:14: lesson: 'minutes' is one word too many"), "\(outcome.text)")
  }

  @Test("a lesson that was finished begins anew; one that lost tasks counts those that it has")
  func anew() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/lessons.db"
    let two = "task 'Q' { answer 1 }\ntask 'R' { answer 1 }"
    _ = try await play("lesson FILE\nanswer 1\nanswer 1", two, progress: path)
    let again = try await play("lesson FILE\nanswer 1\nlesson report", two, progress: path)
    #expect(again.text.hasSuffix("1 of 2 solved, 0 wrong answers, 0 hints, not finished"), "\(again.text)")
    let resumed = try await play("lesson FILE\nlesson status\nlesson next\nlesson report", two, progress: path)
    #expect(resumed.text.contains("task 2 of 2"))
    #expect(resumed.text.hasSuffix("1 of 2 solved, 1 skipped, 0 wrong answers, 0 hints"), "\(resumed.text)")
    _ = try await play("lesson FILE --seed 2\nanswer 1\nanswer 1", two, progress: path)
    let fewer = try await play("lesson FILE --seed 2\nlesson report", "task 'Q' { answer 1 }", progress: path)
    #expect(fewer.text.contains("seed 2  2026-11-24T00:17Z  0 of 1 solved"), "\(fewer.text)")
  }

  @Test("the list says 'done' where all was solved, with any seed, and never of tasks that were left")
  func list() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/lessons.db"
    let store = LessonStore(path: path)
    let count = try #require(try LessonCatalog.all().first).tasks.count
    func begin(seed: UInt64, _ outcome: LessonStore.TaskState?) {
      let time = WallTime(milliseconds: 1_795_479_443_042 + Int64(seed))
      store.begin("ttl", seed: seed, title: "TTL", tasks: count, at: time)
      guard let outcome else { return }
      for task in 1...count { store.settle("ttl", seed: seed, task: task, outcome) }
      store.finish("ttl", seed: seed, at: time)
    }
    func row() async throws -> String {
      let text = try await LessonTests().play("lesson", progress: path).text
      return String(try #require(text.split(separator: "\n").first))
    }
    begin(seed: 3, .skipped)
    #expect(try await row().hasSuffix("  0 of \(count)"))
    begin(seed: 4, .solved)
    #expect(try await row().hasSuffix("  done"))
    begin(seed: 5, nil)
    #expect(try await row().hasSuffix("  done"))
  }
}
