import Glibc
import Packets
import Results
import Shell
import TestSupport
import Testing

@Suite("Reports of a run")
struct ReportTests {
  /// What is printed and written when a script is run with both reports.
  private func report(
    _ script: String, name: String = "net.ftr", facts: ResultFacts? = .example
  ) async throws -> (tap: String, messages: String, junit: String, status: Int32) {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/report.xml"
    let console = RecordingConsole()
    let (session, _) = makeSession(.script, over: TAPConsole(console))
    if let facts {
      await session.keep(.ping(PingResult(target: "", address: .unspecified(.ipv4), network: ""), facts), as: nil)
    }
    #expect(await session.beginReport(ReportOptions(isTAP: true, junitPath: path), name: name))
    #expect(String(decoding: try ScriptFile.bytes(of: path), as: UTF8.self).contains("did not come to its end"))
    _ = await session.run(script.utf8, name: name)
    await session.endReport()
    let lines = console.text.split(separator: "\n", omittingEmptySubsequences: false)
    return (
      lines.filter { !$0.hasPrefix("!") }.joined(separator: "\n"),
      lines.filter { $0.hasPrefix("!") }.joined(separator: "\n"),
      String(decoding: try ScriptFile.bytes(of: path), as: UTF8.self).replacing(/\ time="[0-9.]+"/, with: ""),
      await session.status.code
    )
  }

  @Test("each expectation is a point, and all are looked at; what is printed is a comment")
  func points() async throws {
    let found = try await report(
      "expect reached\necho a # b\nexpect hops < 3; expect not hop 2 silent # c\nexpect loss < 90%")
    #expect(
      found.tap == """
        TAP version 14
        ok 1 - reached
        # a
        not ok 2 - hops < 3
          ---
          severity: "fail"
          found: "3 hops"
          at: "net.ftr:3:1"
          ...
        not ok 3 - not hop 2 silent
          ---
          severity: "fail"
          found: "hop 2 is silent"
          at: "net.ftr:3:18"
          ...
        ok 4 - loss < 90%
        1..4
        """)
    #expect(
      found.junit == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="4" failures="2" errors="0" skipped="0">
          <testsuite name="net.ftr" tests="4" failures="2" errors="0" skipped="0" timestamp="2026-11-24T00:17:23">
            <testcase classname="net.ftr" name="reached (net.ftr:1:1)"/>
            <testcase classname="net.ftr" name="hops &lt; 3 (net.ftr:3:1)">
              <failure message="found: 3 hops">at net.ftr:3:1</failure>
            </testcase>
            <testcase classname="net.ftr" name="not hop 2 silent (net.ftr:3:18)">
              <failure message="found: hop 2 is silent">at net.ftr:3:18</failure>
            </testcase>
            <testcase classname="net.ftr" name="loss &lt; 90% (net.ftr:4:1)"/>
          </testsuite>
        </testsuites>

        """)
    #expect(found.status == 1)
  }

  @Test("a command that fails ends the script, and is a point of its own")
  func stops() async throws {
    let found = try await report("repeat 2 { expect reached }\ntrace nosuch.test\nexpect reached")
    #expect(found.tap.contains("ok 2 - reached\nnot ok 3 - trace nosuch.test\n"))
    #expect(found.tap.hasSuffix("\n# stopped: expectations behind this were not looked at\n1..3"))
    #expect(found.junit.contains("tests=\"3\" failures=\"0\" errors=\"1\""))
    #expect(found.status == 1)
    let wrong = try await report("expect reached\nset timeout 2")
    #expect(
      wrong.tap.contains(
        "not ok 2 - set timeout 2\n  ---\n  severity: \"error\"\n  message: \"timeout: '2' has no unit\""))
    #expect(wrong.status == 2)
    #expect(try await report("set on-error stop; expect not reached; expect reached").tap.contains("\n1..1"))
  }

  @Test("a script that cannot be read has a whole report too")
  func unreadable() async throws {
    let found = try await report("expect reached; repeat 2 {")
    #expect(found.tap.contains("not ok 1 - net.ftr\n") && found.tap.hasSuffix("1..1"), "\(found.tap)")
    #expect(found.junit.contains("<error message=\"this block is not closed\">"))
    #expect(found.status == 2)
    #expect(try await report("echo nothing").tap.hasSuffix("1..0 # SKIP nothing was expected"))
  }

  @Test("an interrupted run says so")
  func interrupted() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/report.xml"
    let console = RecordingConsole()
    let (session, _) = makeSession(.script, over: TAPConsole(console))
    #expect(await session.beginReport(ReportOptions(isTAP: true, junitPath: path), name: "s"))
    session.interrupt()
    _ = await session.run("expect reached".utf8, name: "s")
    await session.endReport()
    #expect(console.text.hasSuffix("\nBail out! interrupted"))
    #expect(
      String(decoding: try ScriptFile.bytes(of: path), as: UTF8.self).contains("<error message=\"interrupted\"/>"))
    #expect(await session.status.code == 130)
  }

  @Test("no text breaks the form of a report")
  func hostile() async throws {
    let found = try await report("expect warning '\"<&>\\ # é \u{202E}'", name: "<a&b>")
    #expect(found.tap.contains("not ok 1 - warning '\"<&>\\\\ \\# é \u{202E}'\n"), "\(found.tap)")
    #expect(
      found.junit.contains("name=\"warning '&quot;&lt;&amp;&gt;\\ # é \u{202E}' (&lt;a&amp;b&gt;:1:1)\""),
      "\(found.junit)")
  }

  @Test("an expectation is one whatever word stands for it, and each time it is run it has a name of its own")
  func names() async throws {
    let found = try await report("let e expect; $e hops = 14\nrepeat 2 { expect  reached }")
    #expect(found.tap.contains("not ok 1 - $e hops = 14\n  ---\n  severity: \"fail\""), "\(found.tap)")
    #expect(found.tap.hasSuffix("ok 2 - reached\nok 3 - reached\n1..3"), "\(found.tap)")
    #expect(found.junit.contains("name=\"reached (net.ftr:2:12)\"/>"), "\(found.junit)")
    #expect(found.junit.contains("name=\"reached (net.ftr:2:12) #2\"/>"))
  }

  @Test("what was not looked at is said: behind a 'quit', and behind what could not be read or done")
  func ends() async throws {
    #expect(
      try await report("expect reached; quit 3; expect reached").tap.hasSuffix(
        "ok 1 - reached\n# stopped: expectations behind this were not looked at\n1..1"))
    #expect(try await report("expect reached; quit").tap.hasSuffix("ok 1 - reached\n1..1"))
    #expect(try await report("expect reached\n  repeat 2 {").tap.contains("  at: \"net.ftr:2:12\""))
    let failed = try await report("set on-error continue; use lab demo; trace nope.test")
    #expect(failed.tap.contains("message: \"cannot find 'nope.test'\""), "\(failed.tap)")
  }

  @Test("an interrupt is what counts of a run that it ended, also behind an expectation that was not met")
  func interruptedLater() async {
    let (session, _) = makeSession(.script)
    _ = await session.run("set on-error continue; expect reached".utf8, name: "s")
    #expect(await session.status.code != 0)
    session.interrupt()
    _ = await session.run("echo a".utf8, name: "s")
    #expect(await session.status.code == 130)
  }

  @Test("a link to a report stays one, and other XML is not replaced")
  func links() async throws {
    let directory = try TemporaryDirectory()
    let (report, link, other) = (directory.path + "/r.xml", directory.path + "/link.xml", directory.path + "/pom.xml")
    _ = await run("echo '<?xml version=\"1.0\"?><project/>' > \(other)")
    symlink(report, link)
    let (session, _) = makeSession(.script)
    #expect(await session.beginReport(ReportOptions(junitPath: link), name: "s"))
    await session.endReport()
    #expect(String(decoding: try ScriptFile.bytes(of: report), as: UTF8.self).contains("<testsuites"))
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(await !session.beginReport(ReportOptions(junitPath: other), name: "s"))
  }

  @Test("a file that is no report is not replaced, and then nothing is run")
  func foreign() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/notes.txt"
    _ = await run("echo notes > \(path)")
    let (session, console) = makeSession(.script)
    #expect(await !session.beginReport(ReportOptions(junitPath: path), name: "s"))
    #expect(console.text.hasPrefix("! ftrsh: '\(path)' is not replaced\n!   why: it is no report\n"))
    #expect(await session.status.code == 1)
  }
}
