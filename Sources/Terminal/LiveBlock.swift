import Results

/// The last rows of a terminal, drawn again as they change.
///
/// Theory of operation. A value: rows and a size in, the text to write out. While the block is open the cursor rests at the
/// beginning of the row below it. A screen of `n` rows thus shows at most `n - 1` rows of the block; of a taller block the last
/// ones are shown (the *window*), and no row is drawn into the part of the screen that has scrolled away, where it could never
/// be corrected. When the block ends, a block taller than its window is written once more as a whole and scrolls: so
/// the scrollback holds each row once, in its final form.
///
/// - An update touches only rows of the window that changed. A row never wraps: it is cut to the width.
/// - After a resize, terminals fold rows that have become too long. The block goes up by the rows that its old text takes at
///   the *new* width, erases from there, and draws the window anew.
/// - After a stop (Ctrl-Z) the cursor is somewhere else, below what the calling shell wrote: the window is drawn there afresh.
struct LiveBlock {
  private struct Row: Equatable {
    var text: String
    var columns: Int
  }

  private let style: TerminalStyle
  private var rows: [StyledLine] = []
  /// What the screen shows of the block, top first.
  private var drawn: [Row] = []
  private var size: ConsoleSize

  init(style: TerminalStyle, size: ConsoleSize) {
    self.style = style
    self.size = size
  }

  /// Shows rows in place of the earlier ones.
  mutating func show(_ rows: [StyledLine], size: ConsoleSize) -> String {
    self.rows = rows
    guard size == self.size else {
      let erased = erase(size: size)
      return Self.unseen(erased + redraw())
    }
    let window = rendered()
    guard window.count >= drawn.count else {
      let erased = erase(size: size)
      return Self.unseen(erased + redraw())
    }
    let text = update(to: window)
    return text.isEmpty ? "" : Self.unseen(text)
  }

  /// Takes the block off the screen, so that something can be printed above it; `redraw` brings it back.
  mutating func erase(size: ConsoleSize) -> String {
    // A row of no columns still takes one.
    let occupied = drawn.reduce(0) { $0 + max(1, ($1.columns + size.columns - 1) / size.columns) }
    self.size = size
    drawn = []
    let reachable = min(occupied, size.rows - 1)
    return ControlSequence.up(reachable) + ControlSequence.eraseRows(reachable + 1)
  }

  /// Draws the window at the cursor, when nothing of it is on the screen.
  mutating func redraw() -> String {
    drawn = rendered()
    return drawn.map { write($0) + ControlSequence.newline }.joined()
  }

  /// The screen below the cursor is no longer ours (the process was stopped and continued).
  mutating func forget() { drawn = [] }

  /// Ends the block: the cursor is below it, and every row is in place.
  mutating func end(size: ConsoleSize) -> String {
    guard rows.count > drawn.count else { return ControlSequence.eraseRows(1) }
    let erased = erase(size: size)
    return Self.unseen(erased + rows.map { write(render($0)) + ControlSequence.newline }.joined())
  }

  private func rendered() -> [Row] { rows.suffix(max(1, size.rows - 1)).map(render) }

  private func render(_ line: StyledLine) -> Row {
    let (text, columns) = style.render(line, columns: size.columns)
    return Row(text: text, columns: columns)
  }

  /// Changed rows in place, then the rows that are new.
  private mutating func update(to window: [Row]) -> String {
    var text = ""
    var position = drawn.count  // the row that the cursor is on, counted from the top of the window
    for index in drawn.indices where drawn[index] != window[index] {
      text +=
        "\r" + ControlSequence.up(position - index) + ControlSequence.down(index - position) + write(window[index])
      position = index
    }
    if position < drawn.count { text += "\r" + ControlSequence.down(drawn.count - position) }
    for row in window[drawn.count...] { text += write(row) + ControlSequence.newline }
    drawn = window
    return text
  }

  /// A row over what was there. A row that fills the width erases nothing: the cursor still stands on its last character.
  private func write(_ row: Row) -> String {
    row.columns < size.columns ? row.text + ControlSequence.eraseToEndOfLine : row.text
  }

  private static func unseen(_ text: String) -> String {
    ControlSequence.hideCursor + text + ControlSequence.showCursor
  }
}
