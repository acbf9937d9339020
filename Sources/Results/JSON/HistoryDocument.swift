/// The JSON form of `history`.
package struct HistoryDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "history"
  package var version: String
  /// Oldest first.
  package var lines: [Line]

  package init(version: String, lines: [Line]) {
    self.version = version
    self.lines = lines
  }

  /// What was typed at one prompt.
  package struct Line: Codable, Hashable, Sendable {
    /// Counted from 1, the oldest line kept.
    package var number: Int
    /// With newlines where a block was typed over several lines.
    package var text: String

    package init(number: Int, text: String) {
      self.number = number
      self.text = text
    }
  }
}
