/// The control sequences that this module writes (ECMA-48; private modes as xterm has them).
///
/// Only those that every terminal of the last thirty years knows; a dumb terminal gets none.
enum ControlSequence {
  static let newline = "\r\n"
  static let eraseToEndOfLine = "\u{1B}[K"
  static let hideCursor = "\u{1B}[?25l"
  static let showCursor = "\u{1B}[?25h"
  static let beginBracketedPaste = "\u{1B}[?2004h"
  static let endBracketedPaste = "\u{1B}[?2004l"

  static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
  static func down(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)B" : "" }
  /// Erases rows from the cursor's on, which stays in the first column of the first of them.
  ///
  /// Row by row: erasing to the end of the screen (ED) from the top left corner makes some terminals keep a copy of
  /// the whole screen in their scrollback (tmux 3.3).
  static func eraseRows(_ rows: Int) -> String {
    guard rows > 0 else { return "" }
    let erased = Array(repeating: "\r" + eraseToEndOfLine, count: rows).joined(separator: down(1))
    return erased + up(rows - 1)
  }

  /// - Parameter column: counted from 0.
  static func toColumn(_ column: Int) -> String { "\u{1B}[\(column + 1)G" }
}
