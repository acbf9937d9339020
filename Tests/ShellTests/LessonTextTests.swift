import Shell
import TestSupport
import Testing

/// What the lessons that ship take for right, and what they do not.
@Suite("Lesson texts")
struct LessonTextTests {
  /// What is shown of some lines.
  private func play(_ lines: String) async -> String {
    let (session, console) = makeSession(.prompt)
    for line in lines.split(separator: "\n") { _ = await session.enter(line.utf8) }
    return console.text
  }

  /// Lines that leave the first tasks of a lesson.
  private func begin(_ lesson: String, task: Int) -> String {
    "set lab.clock virtual; lesson \(lesson)\n" + String(repeating: "lesson next\n", count: task - 1)
  }

  @Test(
    "what is right in other words is right",
    arguments: [
      ("ttl", 4, "TTL expired"), ("ttl", 4, "time to live exceeded"), ("ttl", 4, "Time to live exceeded in transit"),
      ("ttl", 4, "time exceeded in transit"), ("paris", 6, "0.0156"), ("paris", 6, "0.015625"), ("paris", 6, "1:64"),
      ("timeouts", 2, "it gives a warning"),
    ])
  func otherWords(lesson: String, task: Int, answer: String) async {
    let shown = await play(begin(lesson, task: task) + "set timeout 70ms\nanswer \(answer)")
    #expect(shown.contains("\nRight.\n"), "\(shown)")
  }

  @Test(
    "what was not asked for solves nothing",
    arguments: [
      // Four hops for the one that was asked about.
      ("ttl", 3, "trace demo.test -f 2 -m 4"),
      // Nothing of the ten probes, and another condition.
      ("rtt", 5, "trace demo.test -q 1 -m 6; expect reached"),
      ("ratelimit", 5, "trace clean.ratelimit.test -q 20; expect names"),
      // The long probe went the other way.
      ("mtu", 4, "trace hole.mtu.test --size 1400 -m 8; trace www.mtu.test"),
      ("reading", 7, "trace demo.test; expect path through AS65540; expect hop 3 segment DESTINATION"),
    ])
  func otherWork(lesson: String, task: Int, lines: String) async {
    let shown = await play(begin(lesson, task: task) + lines.replacing("; ", with: "\n"))
    #expect(!shown.contains("\nRight.\n"), "\(shown)")
    #expect(shown.contains("\nTask \(task) of "))
  }

  @Test("timeouts: whoever leaves the task out has the timeout of 70 ms too")
  func timeoutSet() async {
    let shown = await play(begin("timeouts", task: 4) + "show timeout\ntrace far.demo.test\nanswer 10")
    #expect(shown.contains("timeout  70ms"), "\(shown)")
    #expect(shown.contains("\nRight.\n"))
  }

  @Test("a setting does what an option would have done")
  func setting() async {
    let shown = await play(
      begin("ratelimit", task: 1) + "set queries 10\ntrace lab.campus.test > /dev/null\nanswer 3")
    #expect(shown.contains("\nRight.\n"), "\(shown)")
  }

  @Test("rtt: no text tells the difference that is asked for")
  func difference() async {
    let shown = await play(begin("rtt", task: 3) + "hint")
    #expect(!shown.contains("36"), "\(shown)")
  }

  @Test("rtt: an answer is about the trace that reached, whatever came behind it")
  func laterTrace() async {
    let shown = await play(
      begin("rtt", task: 2)
        + "trace demo.test > /dev/null\ntrace demo.test -m 3 > /dev/null\nanswer 45.8ms\nlesson again")
    #expect(shown.contains("\nRight.\n"), "\(shown)")
    #expect(shown.contains("\nTask 3 of "))
  }

  @Test("rtt: a time without its unit is told to have one")
  func unit() async {
    let shown = await play(begin("rtt", task: 2) + "trace demo.test > /dev/null\nanswer 45.8")
    #expect(shown.contains("Say it with its unit: '45.8ms'"), "\(shown)")
  }

  @Test("each seed asks what the answers of another one do not solve", arguments: LessonCatalog.names)
  func seeds(name: String) async throws {
    let lesson = try #require(try LessonCatalog.all().first { $0.name == name })
    var found: [[String]] = []
    for seed: UInt64 in [1, 17, 99] {
      found.append(await LessonCheck.answers(of: lesson, seed: seed, services: makeServices()))
    }
    #expect(found.allSatisfy { $0.count > 2 && $0.count == found[0].count }, "\(found)")
    #expect(Set(found).count == 3, "\(found)")
  }
}
