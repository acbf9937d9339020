import FoundationEssentials
import TestSupport
import Testing

@Suite("Keys at the prompt", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct ShellSessionKeyTests {
  @Test(
    "TAB completes what can stand there",
    arguments: [
      ("tra", "trace"), ("trace --requ", "trace --require-reached"), ("set pat", "set patience"),
      ("set lab.clock v", "set lab.clock virtual"), ("set patience o", "set patience off"),
      ("use lab cam", "use lab campus"), ("trace tablet", "trace tablet.campus.test"), ("help repe", "help repeat"),
    ])
  func completion(_ typed: String, _ completed: String) async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    try await shell.type(typed)
    shell.terminal.send(.tab)
    let row = "ftrsh live> " + completed
    try await shell.terminal.expectScreen("'\(row)' and a blank") {
      ShellSession.row($0) == row && $0.cursor.column == row.count + 1
    }
  }

  @Test("TAB completes a target used before and a result's name")
  func used() async throws {
    let shell = try ShellSession()
    try await shell.run("set lab.clock virtual")
    try await shell.run("trace 203.0.113.80 as before")
    for (typed, completed) in [("trace 203", "trace 203.0.113.80"), ("recall %be", "recall %before")] {
      try await shell.expectPrompt()
      try await shell.type(typed)
      shell.terminal.send(.tab)
      try await shell.terminal.expectScreen("'\(completed)'") { ShellSession.row($0) == "ftrsh live> " + completed }
      shell.terminal.send(.interrupt)
    }
  }

  @Test("two TABs list what could stand there, and the line stays")
  func list() async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    try await shell.type("set lab.")
    shell.terminal.send(.tab)
    shell.terminal.send(.tab)
    try await shell.terminal.expectScreen("both settings above the line") { screen in
      let rows = screen.rows
      return screen.cursor.row > 1 && rows.contains { $0.contains("lab.clock") }
        && rows.contains { $0.contains("lab.seed") }
        && ShellSession.row(screen) == "ftrsh live> set lab."
    }
  }

  @Test("Ctrl-C drops the line, and the next one is run alone")
  func drop() async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    try await shell.type("echo wrong")
    shell.terminal.send(.interrupt)
    try await shell.run("echo right")
    #expect(shell.terminal.screen.rows.contains("right"))
    #expect(!shell.terminal.screen.rows.contains("wrong"))
  }

  @Test("Ctrl-D leaves with status 0, and pastes are no longer bracketed")
  func leave() async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    #expect(shell.terminal.screen.bracketsPaste)
    shell.terminal.send(.endOfInput)
    #expect(try await shell.terminal.waitForExit() == .exited(0))
    #expect(!shell.terminal.screen.bracketsPaste)
    #expect(shell.terminal.screen.isCursorVisible)
  }

  @Test("Ctrl-D inside an open block says where it was opened, and ends with status 2")
  func leaveBlock() async throws {
    let shell = try ShellSession()
    try await shell.run("repeat 2 {", then: "ftrsh {>")
    shell.terminal.send(.endOfInput)
    #expect(try await shell.terminal.waitForExit() == .exited(2))
    #expect(shell.terminal.screen.rows.contains { $0.contains("this block is not closed") })
  }

  @Test("the prompt says what is open, and the whole is run when it is closed")
  func continuation() async throws {
    let shell = try ShellSession()
    try await shell.run("repeat 2 {", then: "ftrsh {>")
    try await shell.run("echo 'one", prompt: "ftrsh {>", then: "ftrsh '>")
    try await shell.run("two'", prompt: "ftrsh '>", then: "ftrsh {>")
    try await shell.run("}", prompt: "ftrsh {>", then: "ftrsh live>")
    #expect(Array(shell.terminal.screen.rows[4..<8]) == ["one", "two", "one", "two"])
  }

  @Test("Ctrl-C inside a block drops all of it")
  func dropBlock() async throws {
    let shell = try ShellSession()
    try await shell.run("repeat 2 {", then: "ftrsh {>")
    try await shell.run("echo dropped", prompt: "ftrsh {>")
    shell.terminal.send(.interrupt)
    try await shell.run("echo kept")
    #expect(shell.terminal.screen.rows.contains("kept"))
    #expect(!shell.terminal.screen.rows.contains("dropped"))
  }

  @Test("a line of three rows, edited in its middle while the terminal changes its size, arrives whole")
  func longLine() async throws {
    let shell = try ShellSession(columns: 40, rows: 12)
    try await shell.expectPrompt()
    let text = (10..<50).map { "w\($0)" }.joined(separator: " ")
    shell.terminal.send("echo " + text)
    try await shell.terminal.expectScreen("the end of the line") { ShellSession.row($0).hasSuffix("w49") }
    shell.terminal.resize(columns: 57, rows: 14)
    for _ in 0..<39 { shell.terminal.send(.left) }
    shell.terminal.send("X")
    try await shell.terminal.expectScreen("the insertion") { $0.text.contains("Xw40") }
    shell.terminal.resize(columns: 30, rows: 20)
    shell.terminal.send("Y")
    try await shell.terminal.expectScreen("the second insertion") { $0.text.contains("XYw40") }
    shell.terminal.resize(columns: 200, rows: 20)
    shell.terminal.send(.enter)
    try await shell.expectRow(text.replacing("w40", with: "XYw40"))
    try await shell.expectPrompt()
  }

  @Test("what is typed in other scripts is echoed and arrives whole")
  func unicode() async throws {
    let shell = try ShellSession()
    try await shell.run("echo größer 東京 …")
    #expect(shell.terminal.screen.rows.contains("größer 東京 …"))
  }

  @Test("a paste of two lines runs nothing before Enter")
  func paste() async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    #expect(shell.terminal.screen.bracketsPaste)
    shell.terminal.paste("echo one\necho two")
    try await shell.terminal.expectScreen("the end of the paste") { ShellSession.row($0).hasSuffix("echo two") }
    #expect(!shell.terminal.screen.rows.contains("one"))
    shell.terminal.send(.enter)
    try await shell.expectRow("two")
    try await shell.expectPrompt()
    #expect(shell.terminal.screen.rows.contains("one"))
  }

  @Test("vi keys: ESC 0 x takes the first letter away")
  func vi() async throws {
    let shell = try ShellSession()
    try await shell.run("set edit-mode vi")
    try await shell.expectPrompt()
    try await shell.type("xecho vi works")
    shell.terminal.send("\u{1B}")
    shell.terminal.send("0x")
    try await shell.terminal.expectScreen("the letter gone") { ShellSession.row($0) == "ftrsh live> echo vi works" }
    shell.terminal.send(.enter)
    try await shell.expectRow("vi works")
  }
}
