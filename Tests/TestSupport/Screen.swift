import Terminal

/// A small terminal: takes what a program writes, and shows what a person would see.
///
/// As much of a VT100 and xterm as ftrsh and libedit use; anything else is kept in `unknown`, which a test expects to be empty.
/// On a resize it folds its rows anew, as today's terminals do (tmux, VTE, kitty).
package struct Screen: Sendable {
  /// A column: a character, or the empty string for the second half of a wide one.
  typealias Cell = String

  struct Row {
    var cells: [Cell] = []
    /// The text goes on in the next row: it was too long, there was no newline.
    var wraps = false

    var text: String {
      var text = cells.joined()
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  package private(set) var columns: Int
  package private(set) var rowCount: Int
  /// All rows, those scrolled away first.
  private(set) var lines: [Row]
  /// The first row of `lines` that is on the screen.
  private var top = 0
  /// The cursor: an index into `lines`, and a column, which is `columns` after the last character of a full row.
  private var row = 0
  private var column = 0

  package private(set) var isCursorVisible = true
  /// Bracketed paste is asked for.
  package private(set) var bracketsPaste = false
  /// A colour or another rendition was ever set.
  package private(set) var hasColor = false
  package private(set) var bellCount = 0
  /// Sequences that this terminal does not know.
  package private(set) var unknown: [String] = []

  private var insertMode = false
  private var parser = EscapeParser()

  package init(columns: Int, rows: Int) {
    self.columns = columns
    rowCount = rows
    lines = Array(repeating: Row(), count: rows)
  }

  /// The rows on the screen, top first, without trailing blanks.
  package var rows: [String] { lines[top...].map(\.text) }

  /// The rows that have scrolled away, oldest first.
  package var scrollback: [String] { lines[..<top].map(\.text) }

  /// Everything that was ever shown and is still there, without empty rows at the end.
  package var text: String {
    var all = lines.map(\.text)
    while all.last == "" { all.removeLast() }
    return all.joined(separator: "\n")
  }

  /// The cursor's place on the screen, counted from 0.
  package var cursor: (row: Int, column: Int) { (row - top, min(column, columns - 1)) }

  /// Takes what a program has written.
  package mutating func write(_ text: String) { write(Array(text.utf8)) }

  package mutating func write(_ bytes: [UInt8]) {
    for event in parser.take(bytes) {
      switch event {
      case .character(let scalar): put(scalar)
      case .control(let byte): control(byte)
      case .sequence(let sequence): obey(sequence)
      case .other(let text): unknown.append(text)
      }
    }
  }

  /// Changes the size, folding rows anew; the cursor stays with its character.
  package mutating func resize(columns: Int, rows: Int) {
    var folded: [Row] = []
    var cursor = (row: 0, column: 0)
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex { !$0.wraps } ?? lines.count - 1
      var cells: [Cell] = []
      for index in start...end {
        if index == row { cursor = (folded.count, cells.count + column) }
        cells += index < end ? padded(lines[index].cells) : lines[index].cells
      }
      if (start...end).contains(row) {
        cursor = (folded.count + cursor.column / columns, cursor.column % columns)
      }
      folded += fold(cells, columns: columns)
      start = end + 1
    }
    let used = max(cursor.row, folded.lastIndex { !$0.cells.isEmpty } ?? 0)
    folded.removeLast(folded.count - used - 1)
    while folded.count < rows || folded.count <= cursor.row { folded.append(Row()) }
    lines = folded
    (self.columns, rowCount, top, row, column) = (columns, rows, folded.count - rows, cursor.row, cursor.column)
  }

  private func fold(_ cells: [Cell], columns: Int) -> [Row] {
    guard cells.count > columns else { return [Row(cells: cells)] }
    return stride(from: 0, to: cells.count, by: columns).map { start in
      let end = min(start + columns, cells.count)
      return Row(cells: Array(cells[start..<end]), wraps: end < cells.count)
    }
  }

  private func padded(_ cells: [Cell]) -> [Cell] { cells + Array(repeating: " ", count: max(0, columns - cells.count)) }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = DisplayWidth.of(scalar)
    guard width > 0 else {
      if column > 0, column <= lines[row].cells.count { lines[row].cells[column - 1].unicodeScalars.append(scalar) }
      return
    }
    if column + width > columns {
      lines[row].wraps = true
      lineFeed()
      column = 0
    }
    fill(to: column)
    let cells = [String(scalar)] + Array(repeating: "", count: width - 1)
    if insertMode {
      lines[row].cells.insert(contentsOf: cells, at: column)
    } else {
      lines[row].cells.replaceSubrange(column..<min(column + width, lines[row].cells.count), with: cells)
    }
    if lines[row].cells.count > columns { lines[row].cells.removeLast(lines[row].cells.count - columns) }
    column += width
  }

  /// Blanks up to a column, so that there is a cell to change.
  private mutating func fill(to column: Int) {
    while lines[row].cells.count < column { lines[row].cells.append(" ") }
  }

  private mutating func lineFeed() {
    if row == top + rowCount - 1 {
      lines.append(Row())
      top += 1
    }
    row += 1
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x07: bellCount += 1
    case 0x08: column = max(0, min(column, columns - 1) - 1)
    case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
    case 0x0A: lineFeed()
    case 0x0D: column = 0
    default: unknown.append("control \(byte)")
    }
  }

  private mutating func obey(_ sequence: EscapeParser.Sequence) {
    let count = max(1, sequence.parameters.first ?? 1)
    column = min(column, columns - 1)
    switch (sequence.isPrivate, sequence.final) {
    case (false, "A"): row = max(top, row - count)
    case (false, "B"): row = min(top + rowCount - 1, row + count)
    case (false, "C"): column = min(columns - 1, column + count)
    case (false, "D"): column = max(0, column - count)
    case (false, "G"): column = min(columns, count) - 1
    case (false, "d"): row = top + min(rowCount, count) - 1
    case (false, "H"):
      row = top + min(rowCount, count) - 1
      column = min(columns, max(1, sequence.parameters.dropFirst().first ?? 1)) - 1
    case (false, "J"): erase(sequence.parameters.first ?? 0)
    case (false, "K"): eraseLine(sequence.parameters.first ?? 0)
    case (false, "P"):
      let cells = lines[row].cells
      if column < cells.count { lines[row].cells.removeSubrange(column..<min(cells.count, column + count)) }
    case (false, "@"):
      fill(to: column)
      lines[row].cells.insert(contentsOf: Array(repeating: " ", count: count), at: column)
      if lines[row].cells.count > columns { lines[row].cells.removeLast(lines[row].cells.count - columns) }
    case (false, "m"): if sequence.parameters.contains(where: { $0 != 0 }) { hasColor = true }
    case (false, "h") where count == 4: insertMode = true
    case (false, "l") where count == 4: insertMode = false
    case (true, "h"), (true, "l"): setMode(sequence.parameters, on: sequence.final == "h")
    default: unknown.append("CSI \(sequence.parameters) \(sequence.final)")
    }
  }

  private mutating func setMode(_ modes: [Int], on: Bool) {
    for mode in modes {
      switch mode {
      case 25: isCursorVisible = on
      case 2004: bracketsPaste = on
      case 1, 12: break  // application keys, a blinking cursor: nothing to see
      default: unknown.append("mode \(mode)")
      }
    }
  }

  private mutating func erase(_ what: Int) {
    guard what == 0 else {
      for index in top..<lines.count { lines[index] = Row() }
      return
    }
    eraseLine(0)
    for index in (row + 1)..<max(row + 1, lines.count) { lines[index] = Row() }
  }

  private mutating func eraseLine(_ what: Int) {
    switch what {
    case 0:
      lines[row].cells = Array(lines[row].cells.prefix(column))
      lines[row].wraps = false
    case 1:
      for index in 0...min(column, max(0, lines[row].cells.count - 1)) where index < lines[row].cells.count {
        lines[row].cells[index] = " "
      }
    default: lines[row] = Row()
    }
  }
}
