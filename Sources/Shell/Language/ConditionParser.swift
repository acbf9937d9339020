import Lexing
import Packets

/// Reads the words of a condition: `[RESULT] [not] reached`, `hops <= 12`, `hop 3 rtt < 20ms`, `loss < 5%`, …
struct ConditionParser {
  /// What it needs to say in a message: a place, or the end of the line when nil.
  struct Failure: Error {
    var diagnostic: Diagnostic
    var range: SourceRange?
  }

  /// The words that may begin a condition.
  static let subjects = ["reached", "hops", "hop", "loss", "rtt", "elapsed", "end", "not"]
  /// The words that may follow `hop N`.
  static let hopSubjects = ["silent", "rtt", "loss", "address"]
  static let forms = "reached, hops <= 12, hop 3 rtt < 20ms, hop 4 silent, loss < 5%, end loop, or not and one of them"

  private var words: ArraySlice<Invocation.Argument>

  /// - Returns: the result that the condition is about, nil for the last one, and the condition.
  static func parse(
    _ words: [Invocation.Argument]
  ) throws(Failure) -> (result: Invocation.Argument?, condition: Condition) {
    var parser = ConditionParser(words: words[...])
    var result: Invocation.Argument?
    if let first = words.first, first.text.hasPrefix("%") || first.text.hasPrefix("@") {
      result = first
      parser.words = parser.words.dropFirst()
    }
    let condition = try parser.condition()
    if let extra = parser.words.first {
      throw Failure(diagnostic: Diagnostic("'\(extra.text)' is one word too many"), range: extra.range)
    }
    return (result, condition)
  }

  private mutating func condition() throws(Failure) -> Condition {
    let word = try next("a condition is missing", try: Self.forms)
    let (subject, rest) = Self.split(word)
    if let rest { words.insert(rest, at: words.startIndex) }
    switch subject {
    case "not": return .not(try condition())
    case "reached": return .reached
    case "hops":
      let (comparison, value) = try comparison(after: subject)
      return .hops(comparison, try read(value) { text throws(LiteralError) in try Literal.count(text, in: 0...255) })
    case "loss":
      let (comparison, value) = try comparison(after: subject)
      return .loss(comparison, try read(value, Literal.percentage))
    case "rtt":
      let (comparison, value) = try comparison(after: subject)
      return .roundTrip(comparison, try read(value, Literal.duration))
    case "elapsed":
      let (comparison, value) = try comparison(after: subject)
      return .elapsed(comparison, try read(value, Literal.duration))
    case "end":
      let value = try next("'end' needs a reason after it", try: Literal.list(ResultFacts.endings))
      return .end(
        try read(value) { text throws(LiteralError) in try Literal.choice(text, of: ResultFacts.endings) })
    case "hop":
      return try hop()
    default:
      let meant = Spelling.nearest(to: word.text, among: Self.subjects)
      throw Failure(
        diagnostic: Diagnostic("unknown condition '\(word.text)'", try: meant.map { "'\($0)'" } ?? Self.forms),
        range: word.range)
    }
  }

  private mutating func hop() throws(Failure) -> Condition {
    let number = try next("'hop' needs a number after it", try: "'hop 3 silent'")
    let ttl = Int(try read(number, Literal.ttl))
    let word = try next("what must hold of hop \(ttl) is missing", try: Literal.list(Self.hopSubjects))
    let (subject, rest) = Self.split(word)
    if let rest { words.insert(rest, at: words.startIndex) }
    switch subject {
    case "silent": return .hop(ttl, .silent)
    case "rtt":
      let (comparison, value) = try comparison(after: subject)
      return .hop(ttl, .roundTrip(comparison, try read(value, Literal.duration)))
    case "loss":
      let (comparison, value) = try comparison(after: subject)
      return .hop(ttl, .loss(comparison, try read(value, Literal.percentage)))
    case "address":
      let value = try next("'address' needs an IP address after it", try: "'hop \(ttl) address 192.0.2.1'")
      guard let address = IPAddress(value.text) else {
        throw Failure(diagnostic: Diagnostic("'\(value.text)' is not an IP address"), range: value.range)
      }
      return .hop(ttl, .address(address.description))
    default:
      throw Failure(
        diagnostic: Diagnostic("unknown condition '\(word.text)' of a hop", try: Literal.list(Self.hopSubjects)),
        range: word.range)
    }
  }

  /// Takes an operator and the word after it; both may be written as one word (`<=12`).
  private mutating func comparison(
    after subject: String
  ) throws(Failure) -> (Condition.Comparison, Invocation.Argument) {
    let operators = Condition.Comparison.allCases.map(\.rawValue)
    let word = try next("'\(subject)' needs a comparison after it", try: "\(Literal.list(operators)) and a value")
    let symbol = String(word.text.prefix { "<>=!".contains($0) })
    guard let comparison = Condition.Comparison(rawValue: symbol == "==" ? "=" : symbol) else {
      throw Failure(
        diagnostic: Diagnostic("'\(word.text)' is no comparison", try: Literal.list(operators)), range: word.range)
    }
    guard symbol.count < word.text.count else {
      return (comparison, try next("'\(symbol)' needs a value after it", try: nil))
    }
    var value = word
    value.text = String(word.text.dropFirst(symbol.count))
    return (comparison, value)
  }

  /// Parts `hops<=12` into its subject and the rest, which is put back as a word of its own.
  private static func split(_ word: Invocation.Argument) -> (String, Invocation.Argument?) {
    guard let cut = word.text.firstIndex(where: { "<>=!".contains($0) }), cut > word.text.startIndex else {
      return (word.text, nil)
    }
    var rest = word
    rest.text = String(word.text[cut...])
    return (String(word.text[..<cut]), rest)
  }

  private mutating func next(_ missing: String, try remedy: String?) throws(Failure) -> Invocation.Argument {
    guard let word = words.popFirst() else {
      throw Failure(diagnostic: Diagnostic(missing, try: remedy), range: nil)
    }
    return word
  }

  private func read<T>(
    _ word: Invocation.Argument, _ literal: (String) throws(LiteralError) -> T
  ) throws(Failure) -> T {
    do {
      return try literal(word.text)
    } catch {
      throw Failure(diagnostic: error.diagnostic, range: word.range)
    }
  }
}
