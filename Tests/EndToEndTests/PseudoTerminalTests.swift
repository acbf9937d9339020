import TestSupport
import Testing

/// The harness that drives the real binary, tried on programs that every system has.
@Suite("The pseudo-terminal harness")
struct PseudoTerminalTests {
  @Test("keys go in, output comes out, and the end of input ends the program")
  func cat() async throws {
    let terminal = try PseudoTerminal(["/bin/cat"])
    terminal.send("grün\r")
    try await terminal.expect("grün\r\ngrün\r\n")
    terminal.send(.endOfInput)
    #expect(try await terminal.waitForExit() == .exited(0))
    #expect(terminal.screen.rows.prefix(2) == ["grün", "grün"])
  }

  @Test("the program has a controlling terminal: Ctrl-C is a signal, and so is a resize")
  func signals() async throws {
    // A shell runs its traps between two reads.
    let script =
      "trap 'stty size' WINCH; trap 'echo caught; exit 7' INT; stty size; while ! read -t 0.1 line; do :; done"
    let terminal = try PseudoTerminal(["/bin/bash", "-c", script], columns: 44, rows: 11)
    try await terminal.expectRow("11 44")
    terminal.resize(columns: 50, rows: 12)
    try await terminal.expectRow("12 50")
    terminal.send(.interrupt)
    try await terminal.expect("caught")
    #expect(try await terminal.waitForExit() == .exited(7))
  }

  @Test("a signal that ends the program is told")
  func killed() async throws {
    let terminal = try PseudoTerminal(["/bin/sh", "-c", "kill -TERM $$"])
    #expect(try await terminal.waitForExit() == .signalled(15))
  }

  @Test(
    "Ctrl-Z stops the program, and it can go on",
    .disabled("fails now and then with bash and cat; the shell's own Ctrl-Z tests cover what it was for"))
  func stop() async throws {
    // A child of the session's leader, so that its process group is not orphaned: the kernel drops stops of those.
    let terminal = try PseudoTerminal(["/bin/bash", "--norc", "-i"], environment: ["PS1": "ready> "])
    try await terminal.expectRow("ready>")
    terminal.send("cat\r")
    try await terminal.expect("cat\r\n")
    terminal.send("x\r")
    try await terminal.expect("x\r\nx\r\n")
    terminal.send(.suspend)
    try await terminal.expect("Stopped")
    try await terminal.expect("ready> ")
    terminal.send("fg\r")
    try await terminal.expect("cat\r\n")
    terminal.send("y\r")
    try await terminal.expect("y\r\ny\r\n")
    terminal.send(.endOfInput)
    try await terminal.expect("ready> ")
    terminal.send("exit 3\r")
    #expect(try await terminal.waitForExit() == .exited(3))
  }

  @Test("a wait has a bound, and says what the screen showed")
  func bound() async throws {
    let terminal = try PseudoTerminal(["/bin/sh", "-c", "echo here; cat"])
    try await terminal.expect("here")
    await #expect(throws: PseudoTerminal.TimedOut.self) { try await terminal.expect("never", within: .milliseconds(1)) }
  }
}
