import Glibc

/// Keys typed while a live block is on the screen are not echoed into it; they wait for the next prompt.
///
/// Ctrl-C and Ctrl-Z keep their meaning: only the echo is turned off, and what the terminal otherwise does at such a
/// key, throwing away what is under way in both directions. A block of which a part has not arrived is taken for one
/// that has, and the next drawing of it goes up into rows that are not the block's. Only a process in the foreground
/// does so (a background one would be stopped by SIGTTOU).
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
    apply(isQuiet: true, to: mode)
  }

  /// Turns the echo off again after the process was stopped: the calling shell has set the terminal as it likes it.
  func resume() {
    guard let before, tcgetpgrp(terminal) == getpgrp() else { return }
    apply(isQuiet: true, to: before)
  }

  /// Throws away what was typed before a Ctrl-C, since the terminal no longer does.
  func dropKeys() {
    guard before != nil, tcgetpgrp(terminal) == getpgrp() else { return }
    _ = tcflush(terminal, TCIFLUSH)
  }

  mutating func end() {
    guard let mode = before else { return }
    before = nil
    guard tcgetpgrp(terminal) == getpgrp() else { return }
    apply(isQuiet: false, to: mode)
  }

  /// A terminal that refuses is left as it is: echo is a comfort.
  private func apply(isQuiet: Bool, to mode: termios) {
    var mode = mode
    if isQuiet { mode.c_lflag = mode.c_lflag & ~tcflag_t(ECHO) | tcflag_t(NOFLSH) }
    _ = tcsetattr(terminal, TCSANOW, &mode)
  }
}
