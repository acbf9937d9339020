import History
import Lexing

/// How many results are kept, as it is typed: `10000`, `30d`, `12h`, `off`.
enum RetentionText {
  static let forms = "off, a number of results up to \(Retention.most), or a time like 30d or 12h"

  static func parse(_ text: String) throws(LiteralError) -> Retention {
    if text == "off" { return .nothing }
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      guard let count = Int(text), (1...Retention.most).contains(count) else {
        throw LiteralError("'\(text)' is out of range", try: forms)
      }
      return .newest(count)
    }
    do throws(LiteralError) { return .within(try period(text)) } catch {
      throw LiteralError("'\(text)' is neither a number nor a time", try: forms)
    }
  }

  /// A length of time in which days count too: `30d`.
  static func period(_ text: String) throws(LiteralError) -> Duration {
    guard text.hasSuffix("d"), let days = Int(text.dropLast()) else { return try Literal.duration(text) }
    guard (0...mostDays).contains(days) else {
      throw LiteralError("'\(text)' is out of range", try: "at most \(mostDays)d")
    }
    return .seconds(days * 86_400)
  }

  /// Longer than anybody has kept results.
  private static let mostDays = 36_500

  static func text(_ period: Duration) -> String {
    let day = Duration.seconds(86_400)
    let days = Int(period / day)
    return days > 0 && day * days == period ? "\(days)d" : Literal.text(for: period)
  }
}

extension Retention {
  /// As it is typed.
  var word: String {
    switch self {
    case .nothing: "off"
    case .newest(let count): String(count)
    case .within(let period): RetentionText.text(period)
    }
  }

  /// Nil for a word that is none.
  init?(word: String) {
    do throws(LiteralError) { self = try RetentionText.parse(word) } catch { return nil }
  }
}
