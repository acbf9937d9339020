/// Something that the shell prints, and what it means: one table for `help trace` and `explain`.
package struct Sign: Hashable, Sendable {
  /// As it is printed: `* given up`.
  package let sign: String
  /// In one phrase, for a list.
  package let meaning: String
  /// Further words by which `explain` knows it.
  package let words: [String]
  /// How it begins where a value stands in it: `late `, `<MPLS:`.
  let beginnings: [String]
  /// Whole sentences: what it comes from, and what to make of it.
  package let sentences: [String]

  init(
    _ sign: String, _ meaning: String, words: [String] = [], beginnings: [String] = [], _ sentences: String...
  ) {
    self.sign = sign
    self.meaning = meaning
    self.words = words
    self.beginnings = beginnings
    self.sentences = sentences
  }

  /// In the order in which a reader meets them.
  package static let all = inRows + inHeading + inClosing + inMessages + inComparisons + inTimelines

  /// The sign that a text from the screen is, or begins with where values stand in it: `late 20 ms`, `3 given up`.
  package static func named(_ text: String) -> Sign? {
    let asked = fold(text)
    let exact = all.first { sign in
      ([sign.sign] + sign.words).contains { withoutColon(fold($0)) == withoutColon(asked) }
    }
    if let exact { return exact }
    // What says more is meant: `not reached: time was up`, not `not reached:`.
    let begun = all.flatMap { sign in sign.beginnings.map { (text: fold($0), sign: sign) } }
      .filter { asked.hasPrefix($0.text) }
    if let longest = begun.max(by: { $0.text.count < $1.text.count }) { return longest.sign }
    let behindCount = asked.drop { $0.isNumber }
    guard behindCount.count < asked.count, behindCount.first == " " else { return nil }
    return named(String(behindCount.dropFirst()))
  }

  /// Conditions and JSON write with '-' and '_' what the rows write with blanks.
  private static func fold(_ text: String) -> String {
    String(text.lowercased().map { $0 == "-" || $0 == "_" ? " " : $0 })
  }

  private static func withoutColon(_ text: String) -> Substring {
    text.count > 1 && text.hasSuffix(":") ? text.dropLast() : text[...]
  }
}
