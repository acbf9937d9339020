/// What could stand in place of the text before the cursor.
package struct Completion: Hashable, Sendable {
  package struct Candidate: Hashable, Sendable {
    /// What replaces the text from `start` to the cursor.
    package var text: String
    /// What a list shows beside it; empty for nothing.
    package var note: String
    /// The word is then complete: a space follows. False for a directory.
    package var isFinal: Bool

    package init(_ text: String, note: String = "", isFinal: Bool = true) {
      self.text = text
      self.note = note
      self.isFinal = isFinal
    }
  }

  /// Where the replaced text begins, in UTF-8 bytes of the line.
  package var start: Int
  package var candidates: [Candidate]

  static let none = Completion(start: 0, candidates: [])
}
