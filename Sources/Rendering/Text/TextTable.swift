import Lexing
import Results

/// A table of words: columns as wide as their longest, two spaces between them.
struct TextTable {
  /// On which side a column is padded.
  enum Alignment {
    case left
    case right
  }

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[(text: String, style: TextStyle)]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// Adds a row; a missing word at its end is empty.
  mutating func add(_ words: [(text: String, style: TextStyle)]) {
    precondition(words.count <= columns.count, "A row has no more words than the table has columns.")
    rows.append(words)
  }

  /// The titles, dim, and the rows.
  var lines: [StyledLine] {
    let widths = columns.indices.map { column in
      rows.map { column < $0.count ? $0[column].text.displayWidth : 0 }.reduce(columns[column].title.count) {
        max($0, $1)
      }
    }
    let titles = columns.map { (text: $0.title, style: TextStyle.dim) }
    return ([titles] + rows).map { line($0, widths) }
  }

  private func line(_ words: [(text: String, style: TextStyle)], _ widths: [Int]) -> StyledLine {
    var line = StyledLine()
    for (column, word) in words.enumerated() {
      let padding = TextColumns.spaces(widths[column] - word.text.displayWidth)
      let isLast = column == words.count - 1
      let gap = column == 0 ? "" : "  "
      switch columns[column].alignment {
      case .left: line.append(gap + word.text + (isLast ? "" : padding), word.style)
      case .right: line.append(gap + padding + word.text, word.style)
      }
    }
    return line
  }
}
