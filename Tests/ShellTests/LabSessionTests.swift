import Lexing
import Results
import Shell
import TestSupport
import Testing
import Tracing

@Suite("Sessions in the lab")
struct LabSessionTests {
  @Test("every example of every command runs", arguments: CommandTable.all.map(\.name))
  func examples(name: String) async throws {
    let command = try #require(CommandTable.command(named: name))
    for example in command.examples {
      let directory = try TemporaryDirectory()
      let lines = """
        trace demo.test as before
        trace demo.test as after
        save paths.json
        \(["answer", "hint"].contains(name) ? "lesson 1" : "")
        export pcap paths.pcapng
        \(example.line)
        """.replacing("paths.", with: directory.path + "/paths.")
      let outcome = await run(lines, name: "example", resultsPath: directory.path + "/results.db")
      #expect(outcome.status == 0, "\(outcome.text)")
    }
  }

  @Test("a trace, in virtual time, is the same each time")
  func trace() async {
    let lines = "trace demo.test\nexpect reached; expect hops = 12; expect hop 7 silent"
    let first = await run(lines)
    #expect(first.status == 0)
    #expect(await run(lines).text == first.text)
    #expect(await run("set lab.seed 2\n" + lines).text != first.text)
  }

  @Test("a second trace launches little more than the known distance needs")
  func distance() async {
    let (session, _) = makeSession(.script)
    _ = await session.run("trace demo.test; trace demo.test".utf8, name: "s")
    let launched = await session.results.entries.map { entry in
      guard case .trace(let result) = entry.content else { return 0 }
      return result.trace.hops.reduce(0) { $0 + $1.probes.count }
    }
    #expect(launched == [30, 14])
  }

  @Test("several targets are traced together, and a bad one spoils only itself")
  func several() async {
    let outcome = await run("trace demo.test nosuch.demo.test far.demo.test -q 1\necho never", name: "s")
    #expect(outcome.text.contains("reached in 12 hops"))
    #expect(outcome.text.contains("reached in 14 hops"))
    #expect(outcome.text.contains("! s:1:17: trace: cannot find 'nosuch.demo.test'"))
    #expect(!outcome.text.contains("never"))
    #expect(outcome.status == 1)
  }

  @Test(
    "options stand in for settings, traceroute's letters among them",
    arguments: [
      ("-m 5", "max 5 hops, timeout 1 s"), ("-w 2", "! note: -w 2 is 2s\ntrace"), ("-w2.5", "timeout 2.5 s"),
      ("--timeout 70ms", "timeout 70 ms"), ("--timeout=70ms", "timeout 70 ms"), ("-q3", "3 attempts each"),
      ("-Uq 2", "UDP, lab demo"), ("-I", "ICMP, lab demo"), ("-6", "(2001:db8:30::80)"),
      ("--family 6", "! trace: unknown option"),
    ])
  func options(option: String, expected: String) async {
    #expect(await run("trace demo.test \(option)").text.contains(expected.replacing("! trace", with: "trace")))
  }

  @Test("one JSON document a command, also when it fails")
  func json() async throws {
    let (session, console) = makeSession(.script)
    _ = await session.run(
      "set format json; set on-error continue\ntrace demo.test; trace nosuch.test; recall %1; ping demo.test -c 1".utf8,
      name: "s")
    let documents = console.text.split(separator: "\n").filter { !$0.hasPrefix("!") }
    #expect(documents.count == 4)
    let trace = try ResultCoding.decodeTrace(String(documents[0]))
    #expect(trace.target == "demo.test")
    #expect(documents[0] == documents[2])
    #expect(documents[1].contains("\"error\""))
    #expect(documents[3].contains("\"command\":\"ping\""))
  }

  @Test(
    "a line that is wrong has its document too",
    arguments: [
      "trace --json", "trace x -m 300 --json", "set format json; recall a b", "trace --json -f 9 -m 3 demo.test",
    ])
  func jsonOfWrongLines(line: String) async {
    let outcome = await run(line)
    let documents = outcome.text.split(separator: "\n").filter { !$0.hasPrefix("!") }
    #expect(documents.count == 1)
    #expect(documents.first?.contains("\"error\":{") == true)
    #expect(outcome.status == 2)
  }

  @Test("--require-reached makes a path that ends early a failure")
  func requireReached() async {
    let outcome = await run("trace demo.test -m 5 --require-reached > /dev/null", name: nil)
    #expect(
      outcome.text
        == "! trace: 'demo.test' was not reached\n!   why: the path ended with 'exhausted' at hop 5")
    #expect(outcome.status == 1)
  }

  @Test("results have numbers and names")
  func references() async {
    let outcome = await run(
      """
      trace demo.test as before > /dev/null; trace far.demo.test as after > /dev/null
      expect %before hops = 12; expect %after hops = 14; expect %1 hops = 12; expect %last hops = 14
      results
      """)
    #expect(
      outcome.text == """
        %1  %before  2026-11-24 00:17:23Z  trace  demo.test      lab demo  reached, 12 hops
        %2  %after   2026-11-24 00:17:23Z  trace  far.demo.test  lab demo  reached, 14 hops
        """)
  }

  @Test("a network that was typed can be used at once")
  func building() async {
    let outcome = await run(
      """
      lab new tiny 'One router'
      lab node home 192.168.1.2
      lab hop gate 192.168.1.1 delay 1ms
      lab hop web 192.0.2.80 delay 2ms name web.tiny.test
      use lab tiny; use
      trace web.tiny.test 192.0.2.80 > /dev/null
      results
      lab node twin 192.168.1.2
      """, name: "net")
    #expect(
      outcome.text.hasPrefix(
        """
        lab tiny
        %1  2026-11-24 00:17:23Z  trace  web.tiny.test  lab tiny  reached, 2 hops
        %2  2026-11-24 00:17:23Z  trace  192.0.2.80
        """))
    #expect(outcome.text.contains("! net:8:15: lab: "))
    #expect(outcome.status == 2)
  }

  @Test("in a virtual lab sleeping takes no time, and a trace can be repeated")
  func virtualTime() async {
    let outcome = await run(
      "use lab demo\nrepeat 3 every 1h { trace demo.test > /dev/null }\nsleep 5h\nresults | tail -1 > /dev/null")
    #expect(outcome.status == 0)
  }

  @Test("an interrupted trace keeps and shows what came")
  func interrupt() async {
    let (session, console) = makeSession(.prompt)
    async let line = session.enter("set timeout 1h; set patience off; trace hole.demo.test".utf8)
    while !console.text.contains("trace to") { await Task.yield() }
    session.interrupt()
    _ = await line
    #expect(console.text.contains("\nstopped by you"), "\(console.text)")
    #expect(await session.results.last?.facts?.end == "cancelled")
  }
}
