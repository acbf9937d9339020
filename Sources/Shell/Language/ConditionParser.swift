import Enrichment
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
  static let subjects = [
    "reached", "hops", "hop", "loss", "rtt", "elapsed", "end", "path", "names", "warning", "marker", "not",
  ]
  /// The words that may follow `hop N`.
  static let hopSubjects = ["silent", "rtt", "loss", "address", "name", "as", "segment", "marker", "finding"]
  /// The words that may follow `path`.
  static let pathSubjects = ["through", "same"]
  static let forms =
    "reached, hops <= 12, hop 3 rtt < 20ms, path through AS64500, loss < 5%, end loop, …; 'help expect'"

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
      guard words.first?.text == "hop" else { return .loss(try loss()) }
      words = words.dropFirst()
      let ttl = try hopNumber()
      return .hop(ttl, .loss(try loss()))
    case "path": return try path()
    case "names": return .names
    case "warning":
      let text = words.map(\.text).joined(separator: " ")
      words = []
      return .warning(text.isEmpty ? nil : text)
    case "marker": return .marker(try marker())
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

  private mutating func hopNumber() throws(Failure) -> Int {
    let number = try next("'hop' needs a number after it", try: "'hop 3 silent'")
    return Int(try read(number, Literal.ttl))
  }

  private mutating func hop() throws(Failure) -> Condition {
    let ttl = try hopNumber()
    return .hop(ttl, try hopCondition("hop \(ttl)"))
  }

  /// What follows `hop N`.
  ///
  /// - Parameter place: what it is said of, for messages.
  private mutating func hopCondition(_ place: String) throws(Failure) -> Condition.HopCondition {
    let word = try next("what must hold of \(place) is missing", try: Literal.list(Self.hopSubjects))
    let (subject, rest) = Self.split(word)
    if let rest { words.insert(rest, at: words.startIndex) }
    switch subject {
    case "silent": return .silent
    case "rtt":
      let (comparison, value) = try comparison(after: subject)
      return .roundTrip(comparison, try read(value, Literal.duration))
    case "loss": return .loss(try loss())
    case "address":
      let value = try next("'address' needs an IP address after it", try: "'\(place) address 192.0.2.1'")
      guard let address = IPAddress(value.text) else {
        throw Failure(diagnostic: Diagnostic("'\(value.text)' is not an IP address"), range: value.range)
      }
      return .address(address.description)
    case "name":
      return .name(try next("'name' needs a name after it", try: "'\(place) name core1.example.net'").text)
    case "as":
      let value = try next("'as' needs an AS number after it", try: "'\(place) as AS64500'")
      guard let number = Self.system(value.text) else {
        throw Failure(diagnostic: Diagnostic("'\(value.text)' is no AS number", try: "'AS64500'"), range: value.range)
      }
      return .system(number)
    case "segment":
      let known = Segment.allCases.map(\.rawValue)
      let value = try next("'segment' needs a segment after it", try: Literal.list(known))
      return .segment(
        try read(value) { text throws(LiteralError) in try Literal.choice(text.uppercased(), of: known) })
    case "marker": return .marker(try marker())
    case "finding":
      let value = try next("'finding' needs its name after it", try: Literal.list(ResultFacts.findingWords))
      return .finding(
        try read(value) { text throws(LiteralError) in try Literal.choice(text, of: ResultFacts.findingWords) })
    default:
      throw Failure(
        diagnostic: Diagnostic("unknown condition '\(word.text)' of a hop", try: Literal.list(Self.hopSubjects)),
        range: word.range)
    }
  }

  /// What follows `hop N` alone, for what asks which hop it is.
  static func hopCondition(
    _ words: ArraySlice<Invocation.Argument>, of place: String
  ) throws(Failure) -> (Condition.HopCondition, rest: ArraySlice<Invocation.Argument>) {
    var parser = ConditionParser(words: words)
    let condition = try parser.hopCondition(place)
    return (condition, parser.words)
  }

  /// What follows `path`: `through AS64500`, `same as %before`.
  private mutating func path() throws(Failure) -> Condition {
    let forms = "'path through AS64500' or 'path same as %before'"
    let word = try next("what must hold of the path is missing", try: forms)
    switch word.text {
    case "through":
      let value = try next("'through' needs an AS number, an address or a name after it", try: forms)
      if let number = Self.system(value.text) { return .through(.system(number)) }
      if let address = IPAddress(value.text) { return .through(.address(address.description)) }
      // What looks like an address and is none is a slip, and no name: no top level is a number (RFC 3696 section 2).
      let top = value.text.split(separator: ".").last ?? ""
      guard value.text.contains("."), !value.text.contains(":"), !top.utf8.allSatisfy(Self.isDigit) else {
        throw Failure(
          diagnostic: Diagnostic("'\(value.text)' is no AS number, address or name", try: forms), range: value.range)
      }
      return .through(.name(value.text))
    case "same":
      let preposition = try next("'same' needs 'as' and a result after it", try: forms)
      guard preposition.text == "as" else {
        throw Failure(
          diagnostic: Diagnostic("'as' was expected here, not '\(preposition.text)'", try: forms),
          range: preposition.range)
      }
      let value = try next("'same as' needs a result after it", try: forms)
      guard value.text.hasPrefix("%") || value.text.hasPrefix("@") else {
        throw Failure(
          diagnostic: Diagnostic(
            "'\(value.text)' is not a result", try: "%1, %last, the name given by 'as', or an id like @k7f3"),
          range: value.range)
      }
      return .samePath(value.text)
    default:
      throw Failure(
        diagnostic: Diagnostic("unknown condition '\(word.text)' of a path", try: forms), range: word.range)
    }
  }

  /// What follows `loss`: `< 5%`, `< 5% confidence 95`.
  private mutating func loss() throws(Failure) -> Condition.LossCondition {
    let (comparison, value) = try comparison(after: "loss")
    var condition = Condition.LossCondition(
      comparison: comparison, percent: try read(value, Literal.percentage), confidence: nil)
    guard let word = words.first, word.text == "confidence" else { return condition }
    words = words.dropFirst()
    switch comparison {
    case .less, .lessOrEqual, .greaterOrEqual, .greater: break
    case .equal, .notEqual:
      throw Failure(
        diagnostic: Diagnostic(
          "'\(comparison.rawValue)' has no confidence", why: "an interval is never wholly at one number",
          try: "<, <=, >= or >"), range: word.range)
    }
    let share = try next("'confidence' needs a percentage after it", try: "'confidence 95'")
    condition.confidence = try read(share) { text throws(LiteralError) in
      let percent = try Literal.percentage(text.hasSuffix("%") ? text : text + "%")
      guard Self.confidences.contains(percent) else {
        throw LiteralError("'\(text)' is out of range", try: "a percentage from 50 to 99.99")
      }
      return percent
    }
    return condition
  }

  /// Less is no confidence; more needs more probes than anybody sends.
  private static let confidences = 50.0...99.99

  private mutating func marker() throws(Failure) -> String {
    let value = try next("'marker' needs a marker after it", try: "'marker !X'")
    guard value.text.hasPrefix("!"), value.text.count > 1 else {
      throw Failure(
        diagnostic: Diagnostic("'\(value.text)' is not a marker", try: "!N, !H, !P, !F, !X and so on"),
        range: value.range)
    }
    return value.text
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// The number of `AS64500`.
  static func system(_ text: String) -> UInt32? {
    let digits = text.dropFirst(2)
    return text.lowercased().hasPrefix("as") && digits.utf8.allSatisfy(Self.isDigit) ? UInt32(digits) : nil
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
