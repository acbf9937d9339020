/// What became of one read of a line.
package enum LineEvent: Equatable, Sendable {
  /// A line, without its line end. A paste of several lines comes as one text with `\n` between them, as psql's users
  /// know it: nothing runs before Enter, and the whole is one entry of the history.
  case line(String)
  /// Ctrl-C, or `Editline.interrupt()`: the line is dropped, and the cursor is on a new row.
  case interrupted
  /// Ctrl-D on an empty line, a terminal that went away, or `Editline.endInput()`.
  case endOfFile
  /// The terminal could not be read; the reason names the call and its errno.
  case failed(reason: String)
}

/// The two sets of keys that libedit knows.
package enum EditMode: String, CaseIterable, Sendable {
  case emacs
  case vi
}
