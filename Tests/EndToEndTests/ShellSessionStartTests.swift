import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite("The shell's start, state and end", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct ShellSessionStartTests {
  @Test("a second shell finds the first one's lines by arrow up and by Ctrl-R; the file is the owner's alone")
  func history() async throws {
    let first = try ShellSession()
    try await first.run("echo first")
    try await first.run("echo second")
    first.terminal.send(.endOfInput)
    #expect(try await first.terminal.waitForExit() == .exited(0))
    let attributes = try FileManager.default.attributesOfItem(atPath: first.home.historyPath)
    #expect(attributes[.posixPermissions] as? Int == 0o600)

    let second = try ShellSession(home: first.home)
    try await second.expectPrompt()
    second.terminal.send(.up)
    try await second.terminal.expectScreen("the last line") { ShellSession.row($0) == "ftrsh live> echo second" }
    second.terminal.send(.up)
    try await second.terminal.expectScreen("the line before") { ShellSession.row($0) == "ftrsh live> echo first" }
    second.terminal.send(.interrupt)
    try await second.expectPrompt()
    second.terminal.send(.search)
    second.terminal.send("fir")
    try await second.terminal.expectScreen("the found line") { $0.rows.contains { $0.contains("echo first") } }
    second.terminal.send(.enter)
    try await second.expectRow("first")
  }

  @Test("with NO_COLOR nothing is coloured")
  func noColor() async throws {
    let shell = try ShellSession(columns: 100, rows: 40, environment: ["NO_COLOR": "1"])
    try await shell.run("trace demo.test")
    try await shell.run("tarce demo.test")
    #expect(!shell.terminal.screen.hasColor)
    let plain = try ShellSession()
    try await plain.run("tarce demo.test")
    #expect(plain.terminal.screen.hasColor)
  }

  @Test("a dumb terminal gets no escape sequence at all")
  func dumb() async throws {
    let shell = try ShellSession(columns: 100, rows: 40, environment: ["TERM": "dumb"])
    try await shell.run("trace demo.test")
    try await shell.run("tarce demo.test")
    #expect(shell.terminal.screen.text.contains("reached in 12 hops"))
    #expect(!shell.terminal.transcript.contains(0x1B))
  }

  @Test("a mistyped command gets a caret and a suggestion, and the prompt comes back")
  func typo() async throws {
    let shell = try ShellSession()
    try await shell.run("tarce demo.test")
    #expect(
      shell.rows(after: "ftrsh live> tarce demo.test") == [
        "unknown command 'tarce'", "    tarce demo.test", "    ^^^^^", "  try: 'trace'", "ftrsh live>",
      ])
  }

  @Test("ftrshrc is run first")
  func startFile() async throws {
    let home = try ShellHome()
    try home.writeStartFile("echo hello\nuse lab campus\n")
    let shell = try ShellSession(home: home)
    try await shell.expectPrompt("ftrsh lab campus>")
    #expect(shell.terminal.screen.rows.first == "hello")
  }

  @Test("an error in ftrshrc is told with its file and line, and the shell opens")
  func wrongStartFile() async throws {
    let home = try ShellHome()
    try home.writeStartFile("echo hello\nset timeout 70\n")
    let shell = try ShellSession(home: home, columns: 200)
    try await shell.expectPrompt()
    #expect(shell.terminal.screen.rows.contains { $0.contains("ftrshrc:2:13: ") })
    shell.terminal.send(.endOfInput)
    #expect(try await shell.terminal.waitForExit() == .exited(0))
  }

  @Test("--no-rc skips ftrshrc")
  func noStartFile() async throws {
    let home = try ShellHome()
    try home.writeStartFile("use lab campus\n")
    let shell = try ShellSession(["--no-rc"], home: home)
    try await shell.expectPrompt("ftrsh live>")
  }

  @Test("closing the terminal ends the shell, at the prompt and during a trace", arguments: [false, true])
  func hangUp(isBusy: Bool) async throws {
    let shell = try ShellSession(columns: 100)
    try await shell.expectPrompt()
    if isBusy {
      try await shell.type("trace hole.demo.test -w 3000 --patience off")
      shell.terminal.send(.enter)
      try await shell.terminal.expectScreen("hop 9") { $0.text.contains("198.19.8.1") }
    }
    shell.terminal.hangUp()
    let exit = try await shell.terminal.waitForExit()
    // At the prompt the end of the terminal's input may be read before the signal is: that is Ctrl-D's status.
    #expect(exit == .exited(129) || (!isBusy && exit == .exited(0)))
  }

  @Test("SIGTERM at the prompt ends the shell politely: the terminal is put back, the status is 143")
  func terminate() async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    try await shell.type("echo unfinished")
    kill(shell.terminal.processID, SIGTERM)
    #expect(try await shell.terminal.waitForExit() == .exited(143))
    #expect(!shell.terminal.screen.bracketsPaste)
  }

  @Test("what does not stop at the first SIGTERM or SIGHUP ends at the second", arguments: [SIGTERM, SIGHUP])
  func terminateTwice(_ signal: Int32) async throws {
    let shell = try ShellSession()
    try await shell.expectPrompt()
    // Another program's end is waited for, and this one has no reason to end.
    try await shell.type("echo x | sh -c 'echo reading; exec sleep 3600'")
    shell.terminal.send(.enter)
    try await shell.expectRow("reading")
    kill(shell.terminal.processID, signal)
    // The same signal twice at once counts once.
    try await shell.terminal.expectScreen("the first signal taken") { _ in
      !Self.isPending(signal, process: shell.terminal.processID)
    }
    kill(shell.terminal.processID, signal)
    #expect(try await shell.terminal.waitForExit() == .exited(128 + signal))
  }

  private static func isPending(_ signal: Int32, process: pid_t) -> Bool {
    let lines = (FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()).split(separator: 0x0A)
    let line = lines.map { String(decoding: $0, as: UTF8.self) }.first { $0.hasPrefix("ShdPnd:\t") }
    let set = line.flatMap { UInt64($0.dropFirst("ShdPnd:\t".count), radix: 16) } ?? 0
    return set & 1 << UInt64(signal - 1) != 0
  }
}
