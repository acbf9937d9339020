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

  @Test("a wait has a bound, and says what the screen showed")
  func bound() async throws {
    let terminal = try PseudoTerminal(["/bin/sh", "-c", "echo here; cat"])
    try await terminal.expect("here")
    await #expect(throws: PseudoTerminal.TimedOut.self) { try await terminal.expect("never", within: .milliseconds(1)) }
  }
}
