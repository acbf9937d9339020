import FoundationEssentials
import Rendering
import Results
import TestSupport
import Testing

@Suite("Answers as JSON")
struct JSONAnswerTests {
  /// Two results to list, with and without a name.
  private static let results = "trace demo.test as there > /dev/null; ping demo.test -c 2 > /dev/null"

  private static let questions = [
    "show", "show timeout", "show network", "results", "history", "history 1", "version", "lab list", "lab show demo",
    "lab show campus", "recall %1", "trace far.demo.test", "ping demo.test -c 1", "lookup demo.test",
    "lookup 192.0.2.130", "lookup 192.168.1.1", "lookup AS64496", "lookup AS65000", "publicip", "show enrich", "enrich",
    "results reached on", "results --all", "results delete %1", "results delete all", "results keep 10", "results keep",
    "save DIRECTORY/a.json", "load DIRECTORY/saved.json", "recall @k7f3", "explain", "explain %1 7", "explain star",
    "lesson", "lesson 1", "lesson report",
    "timeline %1", "timeline %1 hop 3 kind sent", "whatif %1 timeout 20ms queries 2", "record",
    "export pcap %1 DIRECTORY/a.pcapng", "import DIRECTORY/saved.pcapng",
    "compare %1 demo.test", "compare demo.test far.demo.test -q 5", "compare timeouts 30ms 1s demo.test -n 3",
  ]

  private func documents(of text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("!") }
  }

  @Test("every answer is one document that conforms to the schema", arguments: questions)
  func conforms(question: String) async throws {
    let schema = JSONSchemaCheck(schema: try .parse(ResultSchema.text))
    for lines in ["\(question) --json", "set format json\n\(question)"] {
      let directory = try TemporaryDirectory()
      let text =
        "\(Self.results)\nsave DIRECTORY/saved.json > /dev/null\n"
        + "export pcap > DIRECTORY/saved.pcapng\n\(lines)"
      let outcome = await run(
        text.replacing("DIRECTORY", with: directory.path), resultsPath: directory.path + "/results.db")
      let lines = documents(of: outcome.text)
      #expect(lines.count == 1)
      #expect(outcome.status == 0)
      #expect(try schema.violations(of: .parse(lines.joined())) == [])
    }
  }

  @Test("a session gives as many documents as it has questions")
  func onePerCommand() async throws {
    let questions = (Self.questions + ["set", "set timeout", "use"]).filter { !$0.contains("delete") }
    let directory = try TemporaryDirectory()
    let text =
      "\(Self.results)\nsave DIRECTORY/saved.json > /dev/null\nexport pcap > DIRECTORY/saved.pcapng\nset format json\n"
      + questions.joined(separator: "\n")
    let outcome = await run(
      text.replacing("DIRECTORY", with: directory.path), resultsPath: directory.path + "/results.db")
    let lines = documents(of: outcome.text)
    #expect(lines.count == questions.count)
    let schema = JSONSchemaCheck(schema: try .parse(ResultSchema.text))
    for line in lines { #expect(try schema.violations(of: .parse(line)) == []) }
  }

  @Test(
    "what has no answer prints nothing",
    arguments: [
      "set timeout 2s", "unset timeout", "enrich off", "enrich geo on", "enrich clear", "let x 1", "use lab demo",
      "use live", "lab new a b", "sleep 1ms",
    ])
  func silent(line: String) async {
    let outcome = await run("set format json; \(line)")
    #expect(documents(of: outcome.text) == [])
    #expect(outcome.status == 0)
  }

  @Test(
    "a question that is wrong has its document too",
    arguments: [
      "show nothing", "history x", "results a b", "results since x", "results delete", "results delete %1 --all",
      "save", "lab show nowhere", "lab list demo", "version x", "lookup",
      "lookup a b",
      "publicip x", "explain nothing", "explain star %1", "enrich names", "enrich all on", "enrich on off",
    ])
  func wrong(line: String) async throws {
    let outcome = await run("\(line) --json")
    let lines = documents(of: outcome.text)
    #expect(lines.count == 1)
    #expect(try JSONValue.parse(lines.joined())["error"] != nil)
    #expect(outcome.status == 2)
  }

  @Test(
    "a command that fails has its document too, and only that",
    arguments: [
      "explain %9", "explain %9 7", "timeline %9", "whatif %9 timeout 1s", "export pcap %9 /nonexistent/x",
      "export pcap %1 /nonexistent/x", "import /nonexistent", "record /nonexistent/x", "hint", "answer 1", "lab down",
      "lab run true", "recall %9", "compare %1 nowhere.test", "lookup nowhere.test", "trace nowhere.test",
      "ping nowhere.test -c 1",
      "save %9 /nonexistent/x", "save /nonexistent/x", "load /nonexistent", "results delete %9",
      "trace late.demo.test --require-reached -m 1",
      "lesson /nonexistent",
    ])
  func failed(line: String) async throws {
    let schema = JSONSchemaCheck(schema: try .parse(ResultSchema.text))
    for line in ["\(line) --json", "set format json; \(line)"] {
      let outcome = await run("trace demo.test > /dev/null; \(line)")
      let lines = documents(of: outcome.text)
      #expect(lines.count == 1, "\(outcome.text)")
      #expect(try schema.violations(of: .parse(lines.joined())) == [])
      #expect(outcome.status == 1, "\(outcome.text)")
    }
  }

  @Test("the document of a command that fails goes where its answer would have gone")
  func failedIntoFile() async throws {
    let directory = try TemporaryDirectory()
    let outcome = await run("explain %9 --json > \(directory.path)/a.json")
    #expect(documents(of: outcome.text) == [])
    let text = try String(contentsOfFile: "\(directory.path)/a.json", encoding: .utf8)
    #expect(try JSONValue.parse(text)["error"] != nil)
  }

  @Test("a line of a result that has no such form is told once")
  func wrongForm() async throws {
    let outcome = await run("trace demo.test > /dev/null; recall %1 --full --json")
    #expect(documents(of: outcome.text).count == 1)
    #expect(outcome.text.contains("has no meaning for this result"))
    #expect(outcome.status == 2)
  }
}
