/// The control sequences that this module writes (ECMA-48; private modes as xterm has them).
///
/// Only those that every terminal of the last thirty years knows; a dumb terminal gets none.
enum ControlSequence {
  static let newline = "\r\n"
  static let eraseToEndOfLine = "\u{1B}[K"
  /// Erases from the cursor to the end of the screen.
  static let eraseBelow = "\u{1B}[J"
  static let hideCursor = "\u{1B}[?25l"
  static let showCursor = "\u{1B}[?25h"
  static let beginBracketedPaste = "\u{1B}[?2004h"
  static let endBracketedPaste = "\u{1B}[?2004l"

  static func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
  static func down(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)B" : "" }
  /// - Parameter column: counted from 0.
  static func toColumn(_ column: Int) -> String { "\u{1B}[\(column + 1)G" }
}
