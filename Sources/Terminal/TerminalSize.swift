import CLineEditor
import Results

extension ConsoleSize {
  /// What a terminal is taken for that does not know its own size (a serial line).
  private static let assumed = ConsoleSize(columns: 80, rows: 24)

  /// The size of the terminal behind a descriptor, asked anew; nil when it is no terminal.
  package static func ofTerminal(_ descriptor: Int32) -> ConsoleSize? {
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard cle_window_size(descriptor, &columns, &rows) == 0 else { return nil }
    return ConsoleSize(
      columns: columns > 0 ? Int(columns) : assumed.columns, rows: rows > 0 ? Int(rows) : assumed.rows)
  }
}
