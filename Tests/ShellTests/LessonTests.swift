import Lexing
import Results
import Shell
import TestSupport
import Testing

@Suite("Lessons")
struct LessonTests {
  /// A lesson in which everything occurs.
  static let text = """
    lesson small 'A small lesson' minutes 1
    use lab demo
    let there demo.test
    key { trace $there as key }
    find quiet first hop silent of %key
    find length hops of path of %key
    pick colour red green blue
    say 'Hop $quiet is in single quotes.' "The colour is $colour."
    task 'How long is it?' {
      answer $length
      answer twelve hops
      wrong answer 11 'One is silent.'
      wrong answer $quiet 'That one is silent.'
      hint 'Count.'
      hint "It is less than 13."
    }
    set timeout 700ms
    task "Which hop of $there is silent?" {
      do { trace demo.test }
      check trace demo.test reached
      answer $quiet
      wrong 'Look for the star.'
    }
    task 'How slow is your hop 9?' {
      find mine rtt of hop 9
      do { trace demo.test }
      answer $mine within 5%
    }
    task 'Trace 3 hops with 2 queries, in 500 ms.' {
      do { set timeout 500ms; trace demo.test -m 3 -q 2 }
      check hops = 3
      check setting timeout 500ms
      check command trace --queries 2
      wrong if hops > 3 'That was too far.'
    }
    say 'Well done.'
    """

  /// Runs lines in which FILE is a lesson's, as it is in that.
  func play(
    _ lines: String, _ text: String = Self.text, mode: Session.Mode = .script, progress: String? = nil
  ) async throws -> (text: String, status: Int32) {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/small.ftr"
    let (writer, _) = makeSession(.script)
    _ = await writer.run("echo $1 > \(path)".utf8, name: "w", arguments: [text.replacing("FILE", with: path)])
    let (session, console) = makeSession(mode, lessonsPath: progress)
    for line in lines.split(separator: "\n") {
      guard await session.enter(line.replacing("FILE", with: path).utf8) else { break }
    }
    return (console.text.replacing(path, with: "FILE"), await session.status.code)
  }

  @Test(
    "every lesson that ships is solved by its model answers and by no foolish or wrong one",
    arguments: LessonCatalog.names)
  func shipped(name: String) async throws {
    let lesson = try #require(try LessonCatalog.all().first { $0.name == name })
    let seeds: [UInt64] = [1, 17, 4_000_000_000]
    #expect(await LessonCheck.problems(of: lesson, with: seeds, services: makeServices()).map(\.text) == [])
    #expect((3...10).contains(lesson.tasks.count))
    #expect((5...15).contains(lesson.minutes))
  }

  @Test("a lesson is played by lines of a script; wrong answers say why and end nothing")
  func script() async throws {
    let outcome = try await play(
      """
      set timeout 2s
      lesson FILE
      answer 11
      answer 99
      hint
      hint
      hint
      answer Twelve hops.
      answer 7
      trace demo.test > /dev/null
      answer 8
      answer hop 7
      answer 1ms
      trace demo.test > /dev/null
      answer 45.9 ms
      trace demo.test -q 2 > /dev/null
      trace demo.test -q 2 -m 3 > /dev/null
      set timeout 500ms
      trace demo.test -m 3 > /dev/null
      show timeout
      """)
    let lines = outcome.text.split(separator: "\n").map(String.init)
    #expect(lines.first == "A small lesson")
    #expect(lines.contains("Hop $quiet is in single quotes."))
    #expect(lines.contains { $0.hasPrefix("The colour is ") })
    let told = lines.filter { !$0.hasPrefix(" ") }
    #expect(
      Array(told.dropFirst(4)) == [
        "Task 1 of 4", "How long is it?", "Not so. One is silent.", "Not so. 'hint' helps.", "Hint 1 of 2: Count.",
        "Hint 2 of 2: It is less than 13.", "There are no more hints; 'lesson next' leaves the task.", "Right.",
        "Task 2 of 4", "Which hop of demo.test is silent?", "That is right. Still to be done: a trace of demo.test.",
        "Not so. Look for the star.", "Right.", "Task 3 of 4", "How slow is your hop 9?",
        "Not so. 'lesson again' shows the task.", "Right.", "Task 4 of 4",
        "Trace 3 hops with 2 queries, in 500 ms.", "That was too far.", "Right.", "Well done.",
        "That was the lesson 'small'.", "timeout  2s",
      ], "\(outcome.text)")
    #expect(outcome.status == 0)
  }

  @Test("the prompt shows the lesson, and leaving it restores what was")
  func prompt() async throws {
    let (session, _) = makeSession(.prompt)
    _ = await session.enter("set lab.clock virtual; set queries 2; use lab campus; lesson 1".utf8)
    #expect(await session.prompt.text.hasPrefix("ftrsh lab demo ttl 1/"))
    #expect(await session.settings.queries == 1)
    _ = await session.enter("lesson next; lesson back; lesson next".utf8)
    #expect(await session.prompt.text.contains(" ttl 2/"))
    _ = await session.enter("lesson stop".utf8)
    #expect(await session.prompt.text == "ftrsh lab campus> ")
    #expect(await session.settings.queries == 2)
    #expect(await session.enter("answer 4".utf8))
    #expect(await session.status.code == 1)
  }

  @Test("progress is kept, and a lesson goes on where it was left; a report tells a teacher")
  func progress() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/state/lessons.db"
    _ = try await play("lesson FILE --seed 5\nanswer 11\nhint\nanswer 12\nlesson next", progress: path)
    let second = try await play("lesson FILE\nlesson status\nlesson report\nlesson report --json", progress: path)
    #expect(second.text.contains("Task 3 of 4\n\nHow slow"))
    #expect(second.text.contains("\nlesson 'small', seed 5, task 3 of 4\n"))
    #expect(
      second.text.contains(
        "\nfile small  seed 5  2026-11-24T00:17Z  1 of 4 solved, 1 skipped, 1 wrong answer, 1 hint, not finished\n"),
      "\(second.text)")
    #expect(second.text.contains(#""state":"solved""#))
    let third = try await play("lesson FILE --restart\nlesson status", progress: path)
    #expect(third.text.contains("task 1 of 4"))
    let fresh = try await play("lesson FILE --seed 6\nlesson status", progress: path)
    #expect(fresh.text.contains("seed 6, task 1 of 4"))
  }

  @Test("a file of progress that cannot be used costs a note")
  func noProgress() async throws {
    let outcome = try await play("lesson FILE\nanswer 12\nlesson status", progress: "/dev/null/lessons.db")
    #expect(outcome.text.contains("! note: progress in lessons is not kept"))
    #expect(outcome.text.contains("task 2 of 4"))
  }

  @Test("the lessons that ship are begun by the names of their files")
  func names() throws {
    #expect(try LessonCatalog.all().map(\.name) == LessonCatalog.names)
    #expect(LessonCatalog.names.count == 12)
  }

  @Test("the same seed asks the same, and others ask otherwise")
  func seeds() async throws {
    let first = try await play("lesson FILE --seed 1").text
    #expect(try await play("lesson FILE --seed 1").text == first)
    var colours: Set<String> = []
    for seed in 1...12 {
      let text = try await play("lesson FILE --seed \(seed)").text
      colours.insert(text.split(separator: "\n").filter { $0.hasPrefix("The colour") }.joined())
    }
    #expect(colours.count == 3)
  }

  @Test("'lesson check' finds nothing wrong with a good lesson")
  func check() async throws {
    let outcome = try await play("lesson check FILE")
    #expect(outcome.text == "FILE: no mistake; 4 tasks played with the seeds 1, 2, 3")
    #expect(outcome.status == 0)
  }

  @Test(
    "and says what is wrong with a bad one, and where",
    arguments: [
      ("", "! lesson: 'FILE' holds no lesson\n"),
      ("use lab demo", "! FILE:1:1: lesson: a lesson begins with its name\n"),
      ("HEAD", "! FILE:1:1: lesson: this lesson has no task\n"),
      ("lesson x 'X'", "! FILE:1:1: lesson: the name, the title or the minutes are missing\n"),
      ("lesson check 'X' minutes 3", "! FILE:1:8: lesson: 'check' cannot be the name of a lesson\n"),
      ("lesson x 'X' minutes 0", "! FILE:1:22: lesson: '0' is out of range\n"),
      ("HEAD\ntsk 'Q' { answer 1 }", "! FILE:2:1: lesson: unknown word 'tsk'\n"),
      ("HEAD\ntask 'Q' { }", "! FILE:2:1: lesson: this task has neither an answer nor a check\n"),
      ("HEAD\ntask 'Q' { anser 1 }", "! FILE:2:12: lesson: unknown word 'anser' in a task\n"),
      (
        "HEAD\ntask 'Q' { check reached }",
        "! FILE:2:1: lesson: this task has no model: nobody knows that it can be solved\n"
      ),
      ("HEAD\ntask 'Q' { answer $x }", "! FILE:2:19: lesson: nothing is set for '$x'\n"),
      (
        "HEAD\ntask 'Q' { do { trace demo.test }; check reachd }",
        "! FILE:2:42: lesson: unknown condition 'reachd'\n"
      ),
      (
        "HEAD\ntask 'Q' { do { trace demo.test }; check hops < 3 }",
        "! FILE:2:1: lesson: this task is not solved by its model\n"
      ),
      (
        "HEAD\ntask 'Q' { do { trace nosuch.test }; check hops < 3 }",
        "! FILE:2:1: lesson: the model of this task fails\n"
      ),
      (
        "HEAD\ntask 'Q' { answer 4; wrong answer 4 'No.' }",
        "! FILE:2:35: lesson: this wrong answer is taken for right\n"
      ),
      (
        "HEAD\nkey { trace demo.test as k }\nfind a addres of hop 1 of %k\ntask 'Q' { answer $a }",
        "! FILE:3:8: lesson: 'addres of hop 1' is nothing that can be found\n"
      ),
      (
        "HEAD\nkey { trace demo.test as k }\nfind a name of hop 7 of %k\ntask 'Q' { answer $a }",
        "! FILE:3:1: lesson: hop 7 has no name\n"
      ),
      (
        "HEAD\nkey { trace nosuch.test }\ntask 'Q' { answer 1 }",
        "! FILE:2:5: lesson: the lesson's own commands failed\n"
      ),
      ("HEAD\nuse lab nowhere\ntask 'Q' { answer 1 }", "! FILE:2:9: use: there is no network 'nowhere'\n"),
      ("HEAD\nlesson 2\ntask 'Q' { answer 1 }", "! FILE:2:1: lesson: a file holds one lesson\n"),
      ("HEAD\ntask 'Q' { answer 1", "! FILE:2:10: lesson: this block is not closed\n"),
      ("HEAD\nif 1 { say 'x' }\ntask 'Q' { answer 1 }", "! FILE:2:8: lesson: 'say' has no place in a block\n"),
      ("HEAD\ncheck reached\ntask 'Q' { answer 1 }", "! FILE:2:1: lesson: 'check' has no place here\n"),
      ("HEAD\ntask \"Q $x\" { answer 1 }", "! FILE:2:6: lesson: nothing is set for '$x'\n"),
      ("HEAD\ntask 'Q' { answer 1; hint \"$x\" }", "! FILE:2:27: lesson: nothing is set for '$x'\n"),
      ("HEAD\ntask 'Q' { answer 1; wrong \"$x\" }", "! FILE:2:28: lesson: nothing is set for '$x'\n"),
      (
        "HEAD\nuse lab demo\ntask 'Q' { do { trace demo.test }; check reached; wrong if reached 'No.' }",
        "! FILE:3:51: lesson: this is said of the task's own model\n"
      ),
      ("HEAD\ntask 'Q' { answer '' }", "! FILE:2:19: lesson: this answer is empty\n"),
      (
        "HEAD\ntask 'Q' { answer 1; wrong answer 7 'A.'; wrong answer hop 7 'B.' }",
        "! FILE:2:62: lesson: this is never said: an answer before it is the same\n"
      ),
      (
        "HEAD\ntask 'Q' { answer 1; wrong 'A.'; wrong 'B.' }",
        "! FILE:2:34: lesson: a task has one 'wrong' for whatever else is answered\n"
      ),
      ("HEAD\nsource FILE\ntask 'Q' { answer 1 }", "! FILE:2:1: lesson: a command of the lesson's own failed\n"),
    ])
  func mistakes(text: String, expected: String) async throws {
    let outcome = try await play("lesson check FILE", text.replacing("HEAD", with: "lesson x 'X' minutes 3"))
    #expect(outcome.text.hasPrefix(expected), "\(outcome.text)")
    #expect(outcome.status == 1)
  }

  @Test("a lesson that cannot go on leaves nothing behind")
  func broken() async throws {
    let text =
      "lesson x 'X' minutes 3\nset timeout 300ms\nuse lab campus\nfind a hops of path of %no\ntask 'Q' { answer 1 }"
    let outcome = try await play("lesson FILE\nuse", text, mode: .prompt)
    #expect(outcome.text.hasSuffix("\nlive"), "\(outcome.text)")
  }

  @Test("answers are compared as a kind teacher does")
  func answers() async throws {
    for (right, typed, isRight) in [
      ("7", "hop 7", true), ("7", "8", false), ("AS64500", "as64500", true), ("AS64500", "64500", true),
      ("2001:db8::1", "2001:DB8:0::1", true), ("192.0.2.1", "192.0.2.10", false),
      ("time exceeded", "Time Exceeded.", true), ("10ms", "0.01s", true), ("10ms", "10", false), ("5%", "5 %", true),
      ("yes", "no", false), ("ISP", "the isp", true), ("a", "A.", true), ("a", "the", false), ("a", "an", false),
      ("7", "hop", false), ("b", "b", true), ("b", "a b", false), ("12", "1 2", false), ("1000", "1,000", true),
      ("12", "1,2", false), ("AS64500", "AS 64500", true), ("10ms", "10 ms", true),
    ] {
      let outcome = try await play(
        "lesson FILE\nanswer \(typed)", "lesson x 'X' minutes 3\ntask 'Q' { answer \(right) }")
      #expect(outcome.text.contains("Right.") == isRight, "\(right) \(typed)")
    }
  }
}
