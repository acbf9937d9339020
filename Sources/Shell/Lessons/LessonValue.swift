import Lexing
import Results

/// What `find` reads off a result: a fact with a name, so that a lesson's answers come from the network and not from its text.
struct LessonValue {
  static let forms =
    "'address of hop 4', 'rtt of hop 9 less hop 8', 'first hop silent', 'count of hops silent', 'hops of path', each with 'of %RESULT' behind it if wanted"

  /// What can be asked of one hop.
  enum HopFact: String, CaseIterable {
    case address
    case name
    case system = "as"
    case segment
    case rtt
    case loss
    case label
    case marker
    case replyTTL = "reply-ttl"
    case quotedTTL = "quoted-ttl"

    /// Whether one can be taken from another.
    var isNumber: Bool {
      switch self {
      case .rtt, .replyTTL, .quotedTTL: true
      case .address, .name, .system, .segment, .loss, .label, .marker: false
      }
    }
  }

  /// What can be asked of a path.
  enum PathFact: String, CaseIterable {
    case hops
    case end
    case rtt
    case loss
  }

  private enum Subject {
    case hop(HopFact, Int)
    /// How much more, or less, it is at one hop than at another.
    case difference(HopFact, Int, Int)
    case path(PathFact)
    case which(isFirst: Bool, Condition.HopCondition)
    case count(Condition.HopCondition)
  }

  private let subject: Subject
  /// As written: `%key`; nil for the last one.
  let reference: Invocation.Argument?

  /// Reads the words behind the name.
  init(_ words: [Invocation.Argument]) throws(ConditionParser.Failure) {
    var words = words[...]
    if words.count > 2, let last = words.last, last.text.hasPrefix("%"), words[words.endIndex - 2].text == "of" {
      reference = last
      words = words.dropLast(2)
    } else {
      reference = nil
    }
    guard let first = words.popFirst() else {
      throw ConditionParser.Failure(diagnostic: Diagnostic("what is to be found is missing", try: Self.forms))
    }
    switch first.text {
    case "first", "last":
      try Self.take("hop", from: &words)
      subject = .which(isFirst: first.text == "first", try Self.condition(words))
    case "count":
      try Self.take("of", from: &words)
      try Self.take("hops", from: &words)
      subject = .count(try Self.condition(words))
    default: subject = try Self.fact(first, words)
    }
  }

  private static func fact(
    _ first: Invocation.Argument, _ rest: ArraySlice<Invocation.Argument>
  ) throws(ConditionParser.Failure) -> Subject {
    var words = rest
    try take("of", from: &words)
    let place = words.popFirst()
    if place?.text == "path", let fact = PathFact(rawValue: first.text), words.isEmpty { return .path(fact) }
    if place?.text == "hop", let fact = HopFact(rawValue: first.text), fact.isNumber, words.count == 4,
      words[words.startIndex + 1].text == "less", words[words.startIndex + 2].text == "hop"
    {
      return .difference(fact, try ttl(words[words.startIndex]), try ttl(words[words.startIndex + 3]))
    }
    guard place?.text == "hop", let fact = HopFact(rawValue: first.text), let number = words.popFirst(), words.isEmpty
    else {
      let known = HopFact.allCases.map(\.rawValue) + PathFact.allCases.map(\.rawValue) + ["first", "last", "count"]
      let meant = Spelling.nearest(to: first.text, among: known)
      throw ConditionParser.Failure(
        diagnostic: Diagnostic(
          "'\(([first] + rest).map(\.text).joined(separator: " "))' is nothing that can be found",
          try: meant.flatMap { $0 == first.text ? nil : "'\($0)'" } ?? forms), range: first.range)
    }
    return .hop(fact, try ttl(number))
  }

  private static func ttl(_ word: Invocation.Argument) throws(ConditionParser.Failure) -> Int {
    do {
      return Int(try Literal.ttl(word.text))
    } catch {
      throw ConditionParser.Failure(diagnostic: error.diagnostic, range: word.range)
    }
  }

  private static func take(
    _ word: String, from words: inout ArraySlice<Invocation.Argument>
  ) throws(ConditionParser.Failure) {
    guard words.first?.text == word else {
      throw ConditionParser.Failure(
        diagnostic: Diagnostic("'\(word)' is missing here", try: forms), range: words.first?.range)
    }
    words = words.dropFirst()
  }

  private static func condition(
    _ words: ArraySlice<Invocation.Argument>
  ) throws(ConditionParser.Failure) -> Condition.HopCondition {
    let (condition, rest) = try ConditionParser.hopCondition(words, of: "a hop")
    if let extra = rest.first {
      throw ConditionParser.Failure(
        diagnostic: Diagnostic("'\(extra.text)' is one word too many"), range: extra.range)
    }
    return condition
  }

  /// Whether it can be read off a result; what is asked of a path, when the target was reached.
  func isSaid(by facts: ResultFacts) -> Bool {
    if case .path = subject { return facts.isReached }
    do throws(Diagnostic) {
      _ = try read(facts)
      return true
    } catch {
      return false
    }
  }

  /// What it is in a result.
  ///
  /// - Throws: a diagnostic, still without a place, when the result does not say.
  func read(_ facts: ResultFacts) throws(Diagnostic) -> String {
    switch subject {
    case .hop(let fact, let ttl): return try Self.value(fact, at: ttl, facts)
    case .difference(let fact, let ttl, let other):
      let (one, two) = (try Self.value(fact, at: ttl, facts), try Self.value(fact, at: other, facts))
      if let first = Int(one), let second = Int(two) { return String(abs(first - second)) }
      do {
        let (first, second) = (try Literal.duration(one), try Literal.duration(two))
        return Condition.milliseconds(max(first - second, second - first)).replacing(" ", with: "")
      } catch {
        throw error.diagnostic
      }
    case .path(let fact): return try Self.value(fact, facts)
    case .which(let isFirst, let condition):
      let fitting = facts.hops.filter { condition.judge($0, of: facts).holds }
      guard let hop = isFirst ? fitting.first : fitting.last else { throw Diagnostic("no hop is so") }
      return String(hop.ttl)
    case .count(let condition): return String(facts.hops.count { condition.judge($0, of: facts).holds })
    }
  }

  private static func value(_ fact: HopFact, at ttl: Int, _ facts: ResultFacts) throws(Diagnostic) -> String {
    guard let hop = facts.hops.first(where: { $0.ttl == ttl }) else { throw Diagnostic("the path has no hop \(ttl)") }
    guard let value = value(fact, hop) else { throw Diagnostic("hop \(ttl) has no \(fact.rawValue)") }
    return value
  }

  private static func value(_ fact: HopFact, _ hop: ResultFacts.HopFacts) -> String? {
    let responder = hop.responders.first
    return switch fact {
    case .address: hop.addresses.first
    case .name: responder?.name
    case .system: responder?.systems.first.map { "AS\($0)" }
    case .segment: responder?.segment
    case .rtt: hop.slowest.map { Condition.milliseconds($0).replacing(" ", with: "") }
    case .loss: Condition.percent(hop.lossPercent)
    case .label: responder?.labels.first.map(String.init)
    case .marker: hop.markers.first
    case .replyTTL: responder?.replyTTL.map(String.init)
    case .quotedTTL: responder?.quotedTTL.map(String.init)
    }
  }

  private static func value(_ fact: PathFact, _ facts: ResultFacts) throws(Diagnostic) -> String {
    switch fact {
    case .hops: return String(facts.length)
    case .end: return facts.end
    case .loss: return Condition.percent(facts.lossPercent)
    case .rtt:
      guard let slowest = facts.hops.last(where: { !$0.isSilent })?.slowest else { throw Diagnostic("no hop answered") }
      return Condition.milliseconds(slowest).replacing(" ", with: "")
    }
  }
}
