/// Where a session shows things: a terminal, or two pipes.
///
/// Lines hold text only; the console adds colour where it may, and escapes control characters, so that nothing from
/// the network reaches a terminal as a command.
package protocol Console: AnyObject, Sendable {
  /// Columns and rows when standard output is a terminal, nil otherwise. Asked anew each time: it may be resized.
  var size: ConsoleSize? { get }

  /// True once the reader of standard output is gone (EPIPE): the command ends quietly.
  var outputIsGone: Bool { get }

  /// Prints a line on standard output.
  func print(_ line: StyledLine)

  /// Prints a line on standard error.
  func diagnose(_ line: StyledLine)

  /// Shows or updates the live block, the last rows of the terminal. Rows that have scrolled off are not touched.
  ///
  /// Rows mostly grow in number while a block is open; fewer rows than before cost a drawing of the whole block. Does nothing
  /// when standard output is no terminal.
  func showLive(_ rows: [StyledLine])

  /// Ends the live block, whose rows stay as they are; the cursor stands below it.
  func endLive()
}

/// The size of a terminal in characters.
package struct ConsoleSize: Hashable, Sendable {
  package var columns: Int
  package var rows: Int
  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}
