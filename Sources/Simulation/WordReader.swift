import Lexing
import Packets

/// One word of a `lab` command with its variables put in, and where it stands.
package struct LabWord: Hashable, Sendable {
  /// What it says, without quotes.
  package let text: String
  /// Where it stands in its source, quotes included.
  package let range: SourceRange

  package init(_ text: String, at range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// Reads the words of one `lab` command from left to right, and points at the one that is wrong.
package struct WordReader {
  private let words: [LabWord]
  private let source: SourceText
  private var position = 0
  /// The form of what is being read, for the complaint about a word that is missing.
  package var usage: String?

  /// - Parameters:
  ///   - words: at least one; the command's own name is not among them.
  ///   - source: the text that the ranges of the words belong to.
  package init(_ words: [LabWord], in source: SourceText) {
    self.words = words
    self.source = source
  }

  /// The next word, which stays the next; nil at the end of the command.
  package var next: LabWord? {
    position < words.count ? words[position] : nil
  }

  /// The word that was read last; nil at the beginning.
  var previous: LabWord? { position > 0 ? words[position - 1] : nil }

  /// The last word that says this; nil when none does.
  func last(_ text: String) -> LabWord? { words.last { $0.text == text } }

  /// Goes back by a word.
  mutating func back() {
    position = max(0, position - 1)
  }

  /// Passes over the next word if it is this one.
  package mutating func take(_ text: String) -> Bool {
    guard next?.text == text else { return false }
    position += 1
    return true
  }

  /// Passes over the next word.
  package mutating func skip() {
    position = min(position + 1, words.count)
  }

  /// Takes the next word, whatever it is.
  ///
  /// - Parameter what: what is missing when there is none, as in "a node's name".
  package mutating func word(_ what: String) throws(Diagnostic) -> LabWord {
    guard let word = next else {
      let end = words.last?.range.upper ?? 0
      throw Diagnostic("\(what) is missing here", try: usage.map { "'\($0)'" }).at(SourceRange(end, end), in: source)
    }
    position += 1
    return word
  }

  /// Makes sure that nothing is left.
  package func end() throws(Diagnostic) {
    guard let next else { return }
    throw wrong("'\(next.text)' is one word too many", at: next)
  }

  /// A complaint about a word.
  package func wrong(
    _ summary: String, at word: LabWord, why: String? = nil, try remedy: String? = nil
  ) -> Diagnostic {
    Diagnostic(summary, why: why, try: remedy).at(word.range, in: source)
  }

  /// A complaint about something that should stand at this place.
  package func missing(_ what: String) -> Diagnostic {
    if let next { return wrong("\(what) should stand here", at: next, try: usage.map { "'\($0)'" }) }
    let end = words.last?.range.upper ?? 0
    return Diagnostic("\(what) is missing here", try: usage.map { "'\($0)'" }).at(SourceRange(end, end), in: source)
  }

  /// A complaint about a word that is none of those known here, with the one that was probably meant.
  package func unknown(_ what: String, _ word: LabWord, known: [String]) -> Diagnostic {
    let meant = Spelling.nearest(to: word.text, among: known).map { "; did you mean '\($0)'?" } ?? ""
    return wrong("unknown \(what) '\(word.text)'\(meant)", at: word, try: Literal.list(known))
  }
}

// The values that words stand for.
extension WordReader {
  /// Longest delay or jitter: longer than any probe is waited for, and short enough that 255 links cannot add up to more
  /// nanoseconds than 64 bits hold.
  private static let longestDuration = Duration.seconds(60)

  /// A duration with its unit, at most a minute unless told.
  package mutating func duration(what: String, atMost longest: Duration? = nil) throws(Diagnostic) -> Duration {
    let longest = longest ?? Self.longestDuration
    let word = try word(what)
    let duration = try literal(word) { text throws(LiteralError) in try Literal.duration(text) }
    guard duration <= longest else {
      throw wrong("'\(word.text)' is too long", at: word, try: "at most \(Literal.text(for: longest))")
    }
    return duration
  }

  /// A percentage with its sign, 0 to 100.
  package mutating func percentage(what: String) throws(Diagnostic) -> Double {
    let word = try word(what)
    return try literal(word) { text throws(LiteralError) in try Literal.percentage(text) }
  }

  /// A whole number in a range.
  package mutating func count(what: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    let word = try word(what)
    return try literal(word) { text throws(LiteralError) in try Literal.count(text, in: range) }
  }

  /// A number of times a second: `5/s`.
  package mutating func rate() throws(Diagnostic) -> Int {
    let word = try word("a rate")
    guard word.text.hasSuffix("/s") else {
      throw wrong("'\(word.text)' is not a rate", at: word, try: "a number and '/s': 1/s, 100/s")
    }
    return try literal(word) { text throws(LiteralError) in
      try Literal.count(String(text.dropLast(2)), in: 1...1_000_000)
    }
  }

  /// An address, if the next word is one.
  package mutating func addressIfPresent() -> (address: IPAddress, word: LabWord)? {
    guard let next, let address = IPAddress(next.text) else { return nil }
    position += 1
    return (address, next)
  }

  /// One address, or two of different families.
  ///
  /// - Parameter owner: what they are addresses of, for the complaint: "a name".
  package mutating func addresses(of owner: String) throws(Diagnostic) -> [(address: IPAddress, word: LabWord)] {
    guard let first = addressIfPresent() else {
      let word = try word("an address")
      throw wrong("'\(word.text)' is not an address", at: word, try: "an address like 203.0.113.9")
    }
    guard let second = addressIfPresent() else { return [first] }
    guard second.address.family != first.address.family else {
      throw wrong("\(owner) has one \(first.address.family) address at most", at: second.word)
    }
    return [first, second]
  }

  /// A block of addresses.
  package mutating func prefix() throws(Diagnostic) -> (prefix: Prefix, word: LabWord) {
    let word = try word("a prefix")
    guard let prefix = Prefix(word.text) else {
      throw wrong("'\(word.text)' is not a prefix", at: word, try: "an address and a length: 203.0.113.0/24")
    }
    return (prefix, word)
  }

  /// A DNS name: labels of letters, digits and hyphens, at most 253 characters (RFC 1035 section 2.3.1, RFC 1123 section 2.1).
  package mutating func dnsName() throws(Diagnostic) -> LabWord {
    let word = try word("a DNS name")
    let labels = word.text.split(separator: ".", omittingEmptySubsequences: false)
    let isName = word.text.utf8.count <= 253 && labels.count > 1 && labels.allSatisfy(Self.isLabel)
    guard isName else {
      throw wrong("'\(word.text)' is not a DNS name", at: word, try: "labels with dots between them: web.campus.test")
    }
    return LabWord(word.text.lowercased(), at: word.range)
  }

  /// The name of a network or a node: a letter, then letters, digits, hyphens and underscores; at most 32 in all.
  package mutating func identifier(_ what: String) throws(Diagnostic) -> LabWord {
    let word = try word(what)
    let isName =
      word.text.utf8.count <= 32 && word.text.first.map { $0.isASCII && $0.isLetter } ?? false
      && word.text.utf8.allSatisfy { Self.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    guard isName else {
      throw wrong(
        "'\(word.text)' cannot be a name", at: word, why: "a name is a letter, then letters, digits, '-' and '_'",
        try: "a name like 'core1'")
    }
    return word
  }

  private func literal<Value>(
    _ word: LabWord, _ read: (String) throws(LiteralError) -> Value
  ) throws(Diagnostic) -> Value {
    do {
      return try read(word.text)
    } catch {
      throw error.diagnostic.at(word.range, in: source)
    }
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
      && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
