/// A line of a source as it is shown under a message, and the carets below the word that the message is about.
package struct SourceExcerpt: Hashable, Sendable {
  /// Widest excerpt, in columns: with its indentation it stays on one row of a terminal of 100 columns.
  private static let columnLimit = 90
  /// Columns kept to the left of the carets when a long line is cut.
  private static let leadColumns = 50

  /// Name of the text; nil at the prompt.
  package let name: String?
  package let location: SourceLocation
  /// The line as shown: tabs expanded, unprintable characters as U+FFFD, `…` where it was cut.
  package let line: String
  /// Spaces and carets that stand below the word when printed under `line`.
  package let carets: String

  package init(_ range: SourceRange, in source: SourceText) {
    let bounds = source.lineBounds(of: range.lower)
    name = source.name
    location = source.location(of: range.lower)
    let before = Self.cells(of: source.bytes[bounds.lowerBound..<min(range.lower, bounds.upperBound)], from: 0)
    let start = before.last?.end ?? 0
    let marked = Self.cells(
      of: source.bytes[min(range.lower, bounds.upperBound)..<min(range.upper, bounds.upperBound)], from: start)
    let end = marked.last?.end ?? start
    let after = Self.cells(of: source.bytes[min(range.upper, bounds.upperBound)..<bounds.upperBound], from: end)
    (line, carets) = Self.cut(before + marked + after, caretStart: start, caretEnd: max(end, start + 1))
  }

  /// One character with its place in columns.
  private struct Cell {
    var shown: String
    var column: Int
    var width: Int
    var end: Int { column + width }
  }

  /// Invalid bytes become U+FFFD here, as the message is then about them.
  private static func cells(of bytes: ArraySlice<UInt8>, from start: Int) -> [Cell] {
    var column = start
    return String(decoding: bytes, as: UTF8.self).map { character in
      var cell = Cell(shown: String(character), column: column, width: character.displayWidth)
      if character == "\t" {
        cell.width = 8 - column % 8
        cell.shown = String(repeating: " ", count: cell.width)
      } else if character.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        cell.width = 1
        cell.shown = "\u{FFFD}"
      }
      column = cell.end
      return cell
    }
  }

  private static func cut(_ cells: [Cell], caretStart: Int, caretEnd: Int) -> (line: String, carets: String) {
    let width = cells.last?.end ?? 0
    let left = width <= columnLimit || caretStart <= leadColumns ? 0 : caretStart - leadColumns
    let shown = cells.drop { $0.column < left }.prefix { $0.end <= left + columnLimit }
    let shownStart = shown.first?.column ?? left
    let shownEnd = shown.last?.end ?? left
    var line = shown.map(\.shown).joined()
    var indent = caretStart - shownStart
    if shownStart > 0 {
      line = "…" + line
      indent += 1
    }
    if shownEnd < width { line += "…" }
    let caretCount = max(1, min(caretEnd, shownEnd) - caretStart)
    return (line, String(repeating: " ", count: indent) + String(repeating: "^", count: caretCount))
  }
}
