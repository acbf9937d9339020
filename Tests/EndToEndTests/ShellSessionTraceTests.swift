import FoundationEssentials
import TestSupport
import Testing

@Suite("A trace at the prompt", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct ShellSessionTraceTests {
  @Test("Ctrl-C stops a trace, shows and keeps what came, and the session goes on")
  func interrupt() async throws {
    let shell = try ShellSession(columns: 100, rows: 60)
    // Without the interrupt this would last an hour, and the harness' bound would end the test.
    try await shell.run("set timeout 1h")
    try await shell.run("set patience off")
    try await shell.expectPrompt()
    try await shell.type("trace hole.demo.test")
    shell.terminal.send(.enter)
    try await shell.terminal.expectScreen("hop 11") { $0.text.contains("203.0.113.1)") }
    shell.terminal.send(.interrupt)
    try await shell.expectPrompt()
    let shown = shell.rows(after: "ftrsh live> trace hole.demo.test")
    #expect(shown.contains { $0.hasPrefix("stopped by you") })
    #expect(shown.contains { $0.hasPrefix(" 9 ") && $0.contains("(198.19.8.1)") })
    #expect(shown.contains(" 7  …"))
    #expect(shown.contains("12–30  no answer yet"))
    try await shell.run("recall %1")
    #expect(shell.rows(after: "ftrsh live> recall %1") == shown)
  }

  @Test("Ctrl-C ends a ping with its summary")
  func ping() async throws {
    let shell = try ShellSession(columns: 140)
    try await shell.expectPrompt()
    try await shell.type("ping demo.test")
    shell.terminal.send(.enter)
    try await shell.terminal.expectRow(" 2  203.0.113.80 ")
    shell.terminal.send(.interrupt)
    try await shell.expectPrompt()
    #expect(shell.rows(after: "ftrsh live> ping demo.test").contains { $0.contains(" replies, 0% lost") })
  }

  @Test("thirty hops in ten rows of eighty columns: every row once, in order, in what scrolled away")
  func scrollback() async throws {
    let shell = try ShellSession(columns: 80, rows: 10)
    try await shell.run("trace end.long.test")
    let rows = shell.rows(after: "ftrsh live> trace end.long.test")
    let hops = rows.filter { $0.hasSuffix(" ms") && $0.prefix(2).contains { $0.isNumber } }
    #expect(hops.compactMap { Int($0.prefix(2).filter(\.isNumber)) } == Array(1...30))
    #expect(hops.first?.contains("192.168.7.1") == true)
    #expect(hops.last?.contains("203.0.113.30") == true)
    #expect(!rows.contains { $0.hasSuffix("…") })
    #expect(rows.contains { $0.hasPrefix("reached in 30 hops, ") })
    #expect(shell.terminal.screen.unknown == [])
  }

  @Test("through a pipe the lines are plain, and another program numbers them")
  func pipe() async throws {
    let shell = try ShellSession(columns: 120, rows: 60)
    let line = "trace end.long.test | cat -n"
    try await shell.run(line)
    let rows = shell.rows(after: "ftrsh live> " + line)
    let numbers = rows.prefix(32).compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
    #expect(numbers == Array(1...32))
    #expect(rows[31].contains("reached in 30 hops"))
    #expect(!rows.contains { $0.contains("…") })
  }

  @Test("Ctrl-Z and fg: at the prompt the line stays")
  func stopAtPrompt() async throws {
    let shell = try await ShellSession.insideBash()
    try await shell.expectPrompt()
    try await shell.type("echo still")
    shell.terminal.send(.suspend)
    try await shell.terminal.expectScreen("bash's prompt") { ShellSession.row($0) == "outer%" }
    shell.terminal.send("fg\r")
    try await shell.terminal.expectScreen("the line again") { ShellSession.row($0) == "ftrsh live> echo still" }
    try await shell.type(" here")
    shell.terminal.send(.enter)
    try await shell.expectRow("still here")
    try await shell.expectPrompt()
  }

  @Test(
    "Ctrl-Z and fg: a ping stops and goes on, and so does the program that it is piped to",
    arguments: ["ping demo.test", "ping demo.test | cat"])
  func stopInPing(_ line: String) async throws {
    let shell = try await ShellSession.insideBash()
    try await shell.expectPrompt()
    try await shell.type(line)
    shell.terminal.send(.enter)
    try await shell.terminal.expectRow(" 1  203.0.113.80 ")
    shell.terminal.send(.suspend)
    try await shell.terminal.expectScreen("bash's prompt") { ShellSession.row($0) == "outer%" }
    shell.terminal.send("fg\r")
    try await shell.terminal.expectRow(" 3  203.0.113.80 ")
    shell.terminal.send(.interrupt)
    try await shell.expectPrompt()
    shell.terminal.send(.endOfInput)
    try await shell.terminal.expectScreen("bash's prompt") { ShellSession.row($0) == "outer%" }
  }
}
