import Lexing

/// The names that `let` has set. Each stands for a list of words.
package struct Variables: Sendable {
  /// More names than a script needs; the bound keeps a faulty loop from growing without end.
  package static let limit = 10_000

  package private(set) var values: [String: [String]] = [:]

  package init() {}

  /// - Returns: false when there are `limit` names already.
  package mutating func set(_ name: String, to words: [String]) -> Bool {
    guard values.count < Self.limit || values[name] != nil else { return false }
    values[name] = words
    return true
  }

  /// The text of a word with its variables put in.
  ///
  /// A word that is nothing but `$name` or `$@` becomes as many words as the list holds, none for an empty one; `"$name"`
  /// and a list inside a longer word are joined by spaces into one word. `"$@"` keeps its words apart, as in sh.
  ///
  /// - Parameter arguments: `$1` and so on.
  /// - Throws: a diagnostic, still without a place, for a name that nothing is set for.
  func expand(_ word: Word, arguments: [String]) throws(Diagnostic) -> [String] {
    if let text = word.literal { return [text] }
    if word.pieces.count == 1 {
      switch word.pieces[0] {
      case .arguments: return arguments
      case .variable(let name) where !word.isQuoted: return try value(of: name)
      case .variable, .argument, .text: break
      }
    }
    var text = ""
    for piece in word.pieces {
      switch piece {
      case .text(let part): text += part
      case .arguments: text += arguments.joined(separator: " ")
      case .variable(let name): text += try value(of: name).joined(separator: " ")
      case .argument(let number):
        guard number <= arguments.count else {
          throw Diagnostic(
            "there is no argument $\(number)", why: arguments.isEmpty ? "none was given" : "\(arguments.count) given")
        }
        text += arguments[number - 1]
      }
    }
    return [text]
  }

  private func value(of name: String) throws(Diagnostic) -> [String] {
    if let words = values[name] { return words }
    let meant = Spelling.nearest(to: name, among: values.keys.sorted())
    throw Diagnostic(
      "nothing is set for '$\(name)'", try: meant.map { "'$\($0)'" } ?? "'let \(name) VALUE' before it")
  }
}
