import Lexing
import Packets

/// What a word of a command or the value of a setting may be. It drives parsing, help, completion and error messages.
package indirect enum ValueKind: Hashable, Sendable {
  /// Any text.
  case text
  /// A name to be given to something: letters, digits, `_`, not beginning with a digit.
  case name
  /// A length of time with its unit.
  case duration(ClosedRange<Duration>)
  /// The same, but a bare number counts in seconds, as traceroute's and ping's letters have it.
  case seconds(ClosedRange<Duration>)
  /// The same, but a bare number counts in seconds up to 10 and in milliseconds beyond: traceroute's `-z`.
  case sendWait(ClosedRange<Duration>)
  /// A whole number, and what is counted.
  case count(ClosedRange<Int>, of: String)
  /// A number with a fraction, and what is counted.
  case factor(ClosedRange<Double>, of: String)
  case choice([String])
  /// One word with a meaning of its own (`auto`, `off`), or a value.
  case either(String, ValueKind)
  case target
  case address
  case interface
  case file
  /// `ADDRESS[:PORT],…`
  case nameServers
  /// `HOST[:PORT],…`
  case stunServers
  /// `cymru,mmdb:FILE,table:FILE`
  case originSources
  case command
  case setting
  /// A value of the setting that the word before names.
  case settingValue
  case lab
  /// What `lesson` takes: a number, a name, a file, or what to do.
  case lesson
  /// What follows a statement of `lab`.
  case labWord
  /// `%1`, `%last`, `%name`, `@k7f3`.
  case result
  /// What `compare` takes: a result or a target.
  case side
  /// How many results are kept, or for how long.
  case retention
  /// What `results` takes: a filter, or what to do.
  case resultWord
  /// What `explain` takes: a result, a hop, or what the shell prints.
  case explained
  /// What `timeline` takes behind a result.
  case timelineFilter
  /// What `whatif` takes behind a result: names of settings, each with its value.
  case whatIfRule
  /// What `export` takes behind the format, where a result may be left out.
  case resultOrFile
  /// A file that must not be there yet.
  case newFile
  /// What `expect` and `if` take.
  case condition
}

/// A word as the value that it stands for.
package enum Value: Hashable, Sendable {
  case word(String)
  case duration(Duration)
  case count(Int)
  case factor(Double)

  /// The word as it would be typed.
  package var text: String {
    switch self {
    case .word(let word): word
    case .duration(let duration): Literal.text(for: duration)
    case .count(let count): String(count)
    case .factor(let factor): factor == factor.rounded() ? String(Int(factor)) : String(factor)
    }
  }
}

extension ValueKind {
  /// Reads a word as this kind.
  ///
  /// Kinds that need the session to be judged (targets, results, files) give back the word.
  package func parse(_ text: String) throws(LiteralError) -> Value {
    switch self {
    case .address:
      guard let address = IPAddress(text) else {
        throw LiteralError("'\(text)' is not an IP address", try: "'192.0.2.1' or '2001:db8::1'")
      }
      return .word(address.description)
    case .nameServers:
      try ServerList.checkNameServers(text)
      return .word(text)
    case .stunServers:
      try ServerList.checkSTUNServers(text)
      return .word(text)
    case .originSources:
      _ = try ServerList.originSources(text)
      return .word(text)
    case .retention:
      return .word(try RetentionText.parse(text).word)
    case .text, .target, .interface, .file, .command, .setting, .settingValue, .lab, .lesson, .labWord, .result, .side,
      .resultWord, .explained, .timelineFilter, .whatIfRule, .resultOrFile, .newFile, .condition:
      return .word(text)
    case .name:
      guard Self.isName(text) else {
        throw LiteralError("'\(text)' is not a name", try: "letters, digits and '_', not beginning with a digit")
      }
      return .word(text)
    case .duration(let range):
      return try bounded(Literal.duration(text), range, text)
    case .seconds(let range):
      return try bounded(Literal.secondsOrDuration(text), range, text)
    case .sendWait(let range):
      guard let number = Double(text), number > 10 else {
        return try bounded(Literal.secondsOrDuration(text), range, text)
      }
      return try bounded(Literal.duration(text + "ms"), range, text)
    case .count(let range, of: _):
      return .count(try Literal.count(text, in: range))
    case .factor(let range, of: _):
      guard text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(text) else {
        throw LiteralError("'\(text)' is not a number", try: legalValues)
      }
      guard range.contains(value) else { throw LiteralError("'\(text)' is out of range", try: legalValues) }
      return .factor(value)
    case .choice(let values):
      return .word(try Literal.choice(text, of: values))
    case .either(let word, let kind):
      if text == word { return .word(word) }
      do {
        return try kind.parse(text)
      } catch {
        // A bare number lacks only its unit: that advice is better than the whole list.
        throw error.remedy.hasPrefix("write ") || kind.explainsItself
          ? error : LiteralError(error.problem, try: legalValues)
      }
    }
  }

  /// The values that are legal, as a phrase for messages and help.
  package var legalValues: String {
    switch self {
    case .text: "any text"
    case .name: "a name"
    case .duration(let range): "a duration from \(Self.text(range))"
    case .seconds(let range): "seconds, or a duration from \(Self.text(range))"
    case .sendWait(let range): "seconds up to 10, milliseconds beyond, or a duration from \(Self.text(range))"
    case .count(let range, of: let what):
      "\(range.lowerBound) to \(range.upperBound)" + (what.isEmpty ? "" : " \(what)")
    case .factor(let range, of: let what):
      "\(Value.factor(range.lowerBound).text) to \(Value.factor(range.upperBound).text) \(what)"
    case .choice(let values): Literal.list(values)
    case .either(let word, let kind): "\(word), or \(kind.legalValues)"
    case .target: "a name or an address"
    case .address: "an IP address"
    case .interface: "the name of a network interface"
    case .file: "a file"
    case .nameServers: "ADDRESS[:PORT], several with commas between"
    case .stunServers: "HOST[:PORT], several with commas between"
    case .originSources: "cymru, mmdb:FILE and table:FILE in the order in which they are asked"
    case .command: "a command"
    case .setting: "a setting"
    case .settingValue: "a value of the setting"
    case .lab: "the name of a lab network"
    case .lesson: "a lesson: its number, its name or a file; or a word of 'help lesson'"
    case .labWord: "what the statement needs"
    case .result: "a result: %1, %last, the name given by 'as', or an id like @k7f3"
    case .retention: RetentionText.forms
    case .resultWord: "a filter, or 'delete' or 'keep'"
    case .side: "a result (%1, %last, a name given by 'as', or an id), or a target"
    case .explained: "a result and a hop, or what the shell prints"
    case .timelineFilter: "hop N, or kind K"
    case .whatIfRule: "a setting and its value"
    case .resultOrFile: "a result, or a file"
    case .newFile: "a file that is not there yet"
    case .condition: "a condition"
    }
  }

  /// Whether its complaints show what to write better than the list of legal values does.
  private var explainsItself: Bool {
    switch self {
    case .nameServers, .stunServers, .originSources, .retention: true
    case .text, .name, .duration, .seconds, .sendWait, .count, .factor, .choice, .either, .target, .address,
      .interface, .file, .command, .setting, .settingValue, .lab, .lesson, .labWord, .result, .side, .resultWord,
      .explained, .timelineFilter, .whatIfRule, .resultOrFile, .newFile, .condition:
      false
    }
  }

  private static func text(_ range: ClosedRange<Duration>) -> String {
    "\(Literal.text(for: range.lowerBound)) to \(Literal.text(for: range.upperBound))"
  }

  private func bounded(
    _ duration: Duration, _ range: ClosedRange<Duration>, _ text: String
  ) throws(LiteralError) -> Value {
    guard range.contains(duration) else {
      throw LiteralError("'\(text)' is out of range", try: "a duration from \(Self.text(range))")
    }
    return .duration(duration)
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
  }
}
