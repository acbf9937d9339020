import Glibc

/// How a terminal was set, to be given back by whoever ends the program without waiting for the rest of it.
package struct TerminalMode: Sendable {
  private let terminal: Int32
  private let mode: termios

  /// As it is now; nil when the descriptor is no terminal.
  package init?(_ terminal: Int32) {
    var mode = termios()
    guard tcgetattr(terminal, &mode) == 0 else { return nil }
    self.terminal = terminal
    self.mode = mode
  }

  /// Does nothing in the background, where the kernel would stop the process for trying.
  package func restore() {
    guard tcgetpgrp(terminal) == getpgrp() else { return }
    var mode = mode
    _ = tcsetattr(terminal, TCSANOW, &mode)
  }
}
