import History
import Lexing
import Results

/// Reads the words of `results`: a filter, `delete` or `keep`.
struct ResultsWords {
  enum Request {
    case list(ResultFilter)
    case deleteAll
    case delete([Invocation.Argument])
    /// nil shows what is kept.
    case keep(Retention?)
  }

  /// What it needs to say in a message: a place, or the end of the line when nil.
  struct Failure: Error {
    var diagnostic: Diagnostic
    var range: SourceRange?
  }

  /// The words that may come first, beside a target.
  static let first = filters + ["delete", "keep"]
  private static let filters = ["since", "reached", "network", "limit"]

  private var words: ArraySlice<Invocation.Argument>

  static func parse(_ words: [Invocation.Argument], at now: WallTime) throws(Failure) -> Request {
    var parser = ResultsWords(words: words[...])
    switch words.first?.text {
    case "delete": return try parser.delete()
    case "keep": return try parser.keep()
    default: return .list(try parser.filter(at: now))
    }
  }

  private mutating func delete() throws(Failure) -> Request {
    let word = words.removeFirst()
    guard let first = words.first else {
      throw Failure(
        diagnostic: Diagnostic("which results?", try: "'results delete %1 @k7f3' or 'results delete all'"),
        range: word.range)
    }
    guard first.text == "all" else { return .delete(Array(words)) }
    if words.count > 1 { throw tooMany(words[words.startIndex + 1]) }
    return .deleteAll
  }

  private mutating func keep() throws(Failure) -> Request {
    words.removeFirst()
    guard let word = words.popFirst() else { return .keep(nil) }
    if let extra = words.first { throw tooMany(extra) }
    return .keep(try read(word, RetentionText.parse))
  }

  private mutating func filter(at now: WallTime) throws(Failure) -> ResultFilter {
    var filter = ResultFilter()
    while let word = words.popFirst() {
      switch word.text {
      case "since": filter.since = try since(value(of: word), at: now)
      case "reached": filter.isReached = try read(value(of: word), Literal.onOff)
      case "network": filter.network = try network(value(of: word))
      case "limit":
        filter.limit = try read(value(of: word)) { text throws(LiteralError) in
          try Literal.count(text, in: 1...Retention.most)
        }
      default:
        guard filter.target == nil else {
          let meant = Spelling.nearest(to: word.text, among: Self.first)
          throw Failure(
            diagnostic: Diagnostic("'\(word.text)' is one word too many", try: meant.map { "'\($0)'" } ?? Self.forms),
            range: word.range)
        }
        filter.target = word.text
      }
    }
    return filter
  }

  private static let forms = "TARGET, since 12h, reached off, network live, limit 20"

  private mutating func value(of word: Invocation.Argument) throws(Failure) -> Invocation.Argument {
    guard let value = words.popFirst() else {
      throw Failure(diagnostic: Diagnostic("'\(word.text)' needs a value", try: Self.forms), range: word.range)
    }
    return value
  }

  /// `live`, `lab NAME` as two words, or the name in quotes.
  private mutating func network(_ word: Invocation.Argument) throws(Failure) -> String {
    if word.text == "lab" { return try "lab \(value(of: word).text)" }
    guard word.text == "live" || word.text.hasPrefix("lab ") else {
      throw Failure(
        diagnostic: Diagnostic("'\(word.text)' is no network", try: "'network live' or 'network lab demo'"),
        range: word.range)
    }
    return word.text
  }

  /// `12h` ago, the beginning of a day `2026-11-26`, or a minute `2026-11-26T18:03`; UTC as everywhere.
  private func since(_ word: Invocation.Argument, at now: WallTime) throws(Failure) -> WallTime {
    let endings = ["T00:00:00.000Z", ":00.000Z", ".000Z", "Z", ""]
    for ending in endings {
      if let time = WallTime(word.text + ending) { return time }
    }
    let period: Duration
    do throws(LiteralError) {
      period = try RetentionText.period(word.text)
    } catch {
      throw Failure(
        diagnostic: Diagnostic(
          "'\(word.text)' is neither a time nor a date", try: "12h, 30d, 2026-11-26 or 2026-11-26T18:03, in UTC"),
        range: word.range)
    }
    return WallTime(milliseconds: now.milliseconds - Int64(period / .milliseconds(1)))
  }

  private func read<Value>(
    _ word: Invocation.Argument, _ parse: (String) throws(LiteralError) -> Value
  ) throws(Failure) -> Value {
    do throws(LiteralError) { return try parse(word.text) } catch {
      throw Failure(diagnostic: error.diagnostic, range: word.range)
    }
  }

  private func tooMany(_ word: Invocation.Argument) -> Failure {
    Failure(diagnostic: Diagnostic("'\(word.text)' is one word too many"), range: word.range)
  }
}

extension ResultsWords {
  /// What may stand behind some words.
  struct Candidates {
    var words: [String] = []
    var wantsResults = false
    var wantsTargets = false
  }

  static func candidates(after words: [String], labs: [String]) -> Candidates {
    switch words.first {
    case "delete": return Candidates(words: words.count == 1 ? ["all"] : [], wantsResults: true)
    case "keep": return Candidates(words: words.count == 1 ? ["off"] : [])
    default: break
    }
    switch words.last {
    case "reached": return Candidates(words: ["on", "off"])
    case "network": return Candidates(words: ["live", "lab"])
    case "lab" where words.dropLast().last == "network": return Candidates(words: labs)
    case "since", "limit": return Candidates()
    default: return Candidates(words: words.isEmpty ? first : filters, wantsTargets: true)
    }
  }
}
