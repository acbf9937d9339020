import TestSupport
import Testing

@Suite("The shell under an unruly person", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct ShellSessionTroubleTests {
  @Test("the terminal is left as it was found, by Ctrl-D and by Ctrl-Z")
  func terminalModes() async throws {
    let terminal = try PseudoTerminal(["/bin/bash", "--norc", "-i"], environment: ["PS1": "outer% "])
    try await terminal.expectRow("outer%")
    let home = try ShellHome()
    let shell = "env HOME='\(home.path)' XDG_STATE_HOME='\(home.path)' '\(ShellSession.binary)'"
    let script = """
      before=$(stty -g); \(shell); [ "$before" = "$(stty -g)" ] && echo same-$?; \
      fg; [ "$before" = "$(stty -g)" ] && echo same-again-$?
      """
    terminal.send("clear() { :; }; " + script + "\r")
    try await terminal.expectScreen("the prompt") { ShellSession.row($0) == "ftrsh live>" }
    terminal.send(.suspend)
    try await terminal.expectRow("same-0")
    try await terminal.expectScreen("the prompt") { ShellSession.row($0) == "ftrsh live>" }
    terminal.send(.endOfInput)
    try await terminal.expectRow("same-again-0")
  }

  @Test(
    "Ctrl-C ends whatever runs, and the next line is run",
    arguments: ["sleep 1h", "repeat 1000 { sleep 1h; }", "trace hole.demo.test | cat", "echo x | sleep 3600"])
  func interrupt(_ line: String) async throws {
    let shell = try ShellSession(columns: 120)
    try await shell.run("set timeout 1h")
    try await shell.run("set patience off")
    try await shell.expectPrompt()
    // What it prints says that the terminal is no longer the editor's, where Ctrl-C would be a key.
    try await shell.type("echo begun; " + line)
    shell.terminal.send(.enter)
    try await shell.terminal.expectScreen("the line begun") { $0.rows.contains("begun") }
    shell.terminal.send(.interrupt)
    try await shell.run("echo on")
    #expect(shell.terminal.screen.rows.contains("on"))
  }

  @Test(
    "Ctrl-C in one write with Enter is about that line, and the next one is run",
    arguments: ["sleep 1h", "echo x | sleep 3600"])
  func interruptAtOnce(_ line: String) async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    try await shell.type(line)
    shell.terminal.send("\r\u{3}")
    try await shell.run("echo on")
    #expect(shell.terminal.screen.rows.contains("on"))
  }

  @Test("Ctrl-C ends lines given with -c with status 130, and what would follow is not run")
  func interruptLines() async throws {
    let shell = try ShellSession(["-c", "echo go; sleep 1h; echo not"])
    try await shell.expectRow("go")
    shell.terminal.send(.interrupt)
    #expect(try await shell.terminal.waitForExit() == .exited(130))
    #expect(shell.terminal.screen.text == "go\n^C")
  }

  @Test("Ctrl-C during a trace in JSON still gives the one document")
  func interruptJSON() async throws {
    let trace = "trace hole.demo.test -w 3600 --patience off --json"
    let shell = try ShellSession(["-c", "set lab.clock real; \(trace)"], columns: 20_000)
    try await shell.expectRow("note: -w 3600 is 1h")
    shell.terminal.send(.interrupt)
    #expect(try await shell.terminal.waitForExit() == .exited(130))
    let documents = shell.terminal.screen.rows.filter { $0.contains("{\"command\":\"trace\"") }
    try #require(documents.count == 1)
    // The note comes before the trace begins: an interrupt in between leaves a document that says so.
    #expect(
      documents[0].contains("\"reason\":\"cancelled\"") || documents[0].contains("\"problem\":\"interrupted\""))
    #expect(documents[0].hasSuffix("}"))
  }

  @Test("what is typed during a trace is the next line, and dropped by a Ctrl-C", arguments: [false, true])
  func typeAhead(isInterrupted: Bool) async throws {
    let shell = try ShellSession(columns: 120, rows: 40)
    if isInterrupted {
      try await shell.run("set timeout 1h")
      try await shell.run("set patience off")
    }
    try await shell.expectPrompt()
    try await shell.type("trace hole.demo.test")
    shell.terminal.send(.enter)
    try await shell.terminal.expectScreen("hop 1") { $0.rows.contains { $0.contains("192.168.1.1") } }
    shell.terminal.send("echo ahead\r")
    if isInterrupted { shell.terminal.send(.interrupt) }
    try await shell.expectPrompt()
    try await shell.run("echo on")
    let rows = shell.terminal.screen.rows
    #expect(rows.contains { $0.hasPrefix("stopped by you") } == isInterrupted)
    #expect(rows.contains("ahead") != isInterrupted)
  }

  @Test("a live trace made narrow and wide again shows every row once")
  func resizeDuringTrace() async throws {
    // So high that no row has scrolled away, where it could not be changed, when each takes several.
    let shell = try ShellSession(columns: 100, rows: 80)
    try await shell.run("set timeout 1h")
    try await shell.run("set patience off")
    try await shell.expectPrompt()
    let line = "trace hole.demo.test"
    try await shell.type(line)
    shell.terminal.send(.enter)
    try await shell.terminal.expectScreen("the progress") { $0.text.contains("waiting for hops 7–30") }
    let written = shell.terminal.transcript.count
    shell.terminal.resize(columns: 24, rows: 80)
    try await shell.terminal.expectScreen("progress in the new width") { _ in
      shell.terminal.transcript.count > written
    }
    shell.terminal.resize(columns: 120, rows: 80)
    shell.terminal.send(.interrupt)
    try await shell.expectPrompt()
    let rows = shell.rows(after: "ftrsh live> " + line)
    let hops = rows.filter { $0.hasSuffix(" ms") }.compactMap { Int($0.prefix(2).filter(\.isNumber)) }
    #expect(hops == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11])
  }

  @Test("Ctrl-C in a search drops the search and the line, not the shell")
  func interruptSearch() async throws {
    let shell = try ShellSession()
    try await shell.run("echo found")
    shell.terminal.send(.search)
    shell.terminal.send("fou")
    try await shell.terminal.expectScreen("the search") { ShellSession.row($0).contains("fou") }
    shell.terminal.send(.interrupt)
    try await shell.run("echo on")
    #expect(shell.terminal.screen.rows.contains("on"))
  }

  @Test("control bytes in a paste are refused or shown, never obeyed")
  func hostilePaste() async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    shell.terminal.paste("echo a\u{3}b\u{1B}[2Jc\u{4}d")
    try await shell.terminal.expectScreen("the end of the paste") { ShellSession.row($0).hasSuffix("d") }
    shell.terminal.send(.enter)
    try await shell.run("echo on")
    #expect(shell.terminal.screen.rows.contains("on"))
    #expect(shell.terminal.screen.text.contains("echo a"))
  }
}
