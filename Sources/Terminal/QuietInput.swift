import Glibc

/// Keys typed while a live block is on the screen are not echoed into it; they wait for the next prompt.
///
/// Ctrl-C and Ctrl-Z keep their meaning: only the echo is turned off, and only by a process in the foreground (a
/// background one would be stopped by SIGTTOU).
struct QuietInput {
  /// The terminal that the block is on. Its echo matters even where standard input is something else.
  let terminal: Int32

  /// As the terminal was, nil while it is not quiet.
  private var before: termios?

  init(_ terminal: Int32) { self.terminal = terminal }

  mutating func begin() {
    guard before == nil, tcgetpgrp(terminal) == getpgrp() else { return }
    var mode = termios()
    guard tcgetattr(terminal, &mode) == 0 else { return }
    before = mode
    apply(echo: false, to: mode)
  }

  /// Turns the echo off again after the process was stopped: the calling shell has set the terminal as it likes it.
  func resume() {
    guard let before, tcgetpgrp(terminal) == getpgrp() else { return }
    apply(echo: false, to: before)
  }

  mutating func end() {
    guard let mode = before else { return }
    before = nil
    guard tcgetpgrp(terminal) == getpgrp() else { return }
    apply(echo: true, to: mode)
  }

  /// A terminal that refuses is left as it is: echo is a comfort.
  private func apply(echo: Bool, to mode: termios) {
    var mode = mode
    if !echo { mode.c_lflag &= ~tcflag_t(ECHO) }
    _ = tcsetattr(terminal, TCSANOW, &mode)
  }
}
