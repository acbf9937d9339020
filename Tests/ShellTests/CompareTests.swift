import Results
import Shell
import TestSupport
import Testing

@Suite("Comparing paths in a session")
struct CompareTests {
  @Test("one result under two names is refused")
  func sameResult() async {
    let outcome = await run("trace demo.test as before > /dev/null; compare %before %1")
    #expect(outcome.text.contains("'%before' and '%1' are the same result"))
    #expect(outcome.status == 2)
  }

  @Test("what was traced for a comparison is a result like any other")
  func results() async {
    let outcome = await run(
      "compare demo.test far.demo.test > /dev/null; expect %1 reached; expect %2 reached; compare %1 %2 > /dev/null")
    #expect(outcome.text == "")
    #expect(outcome.status == 0)
  }

  @Test("a target that has no address ends it, with one document that says so")
  func failure() async throws {
    let outcome = await run("compare demo.test nosuch.demo.test --json")
    let lines = outcome.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("!") }
    #expect(lines.count == 1)
    #expect(try JSONValue.parse(lines.joined())["error"] != nil)
    #expect(try JSONValue.parse(lines.joined())["target"] == .string("nosuch.demo.test"))
    #expect(outcome.text.contains("compare: cannot find 'nosuch.demo.test'"))
    #expect(outcome.status == 1)
  }

  @Test("options are those of trace, and are checked like them")
  func options() async {
    let outcome = await run("compare demo.test far.demo.test -q 2 -m 3 --no-names --udp")
    #expect(outcome.text.contains("2 probes a hop, not reached, last answer from hop 3"))
    #expect(outcome.text.contains("UDP, lab demo"))
    #expect(outcome.status == 0)
    let wrong = await run("compare demo.test far.demo.test -f 9 -m 3")
    #expect(wrong.text.contains("first-ttl 9 is beyond max-ttl 3"))
    #expect(wrong.status == 2)
  }

  @Test("labels that do not fit over their columns are the numbers of the results")
  func labels() async {
    let outcome = await run(
      "compare demo.test far.demo.test --full; trace demo.test as it > /dev/null; compare %it demo.test")
    let lines = outcome.text.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("%1  demo.test (203.0.113.80), 1 probe a hop") == true)
    #expect(lines.dropFirst().first?.hasPrefix("%2  far.demo.test (198.51.100.80), 1 probe a hop") == true)
    let headings = lines.filter { $0.contains("responder") }.map { $0.split(separator: " ").dropFirst(2).prefix(2) }
    #expect(headings == [["%1", "%2"], ["%it", "%5"]])
  }

  @Test("the document of a comparison can be read back")
  func readBack() async throws {
    let outcome = await run("compare demo.test far.demo.test --json")
    let document = try ResultCoding.decodeComparison(outcome.text)
    #expect(document.comparison.first.label == "%1")
    #expect(document.comparison.first.target == "demo.test")
    #expect(document.comparison.claims.map(\.kind) == [.path, .systems])
  }
}
