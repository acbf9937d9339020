import Enrichment
import Packets
import Results

/// What is known of an address, one line a fact, for `lookup` and `publicip`.
enum FactText {
  /// Columns of what a fact is.
  private static let labelWidth = 10

  static func lines(_ annotation: Annotation) -> [StyledLine] {
    var lines = [fact("name", annotation.name) { $0 }]
    lines.append(fact("AS", annotation.origin, systems))
    if let origin = annotation.origin.value {
      let details = [origin.prefix?.description, origin.registry].compactMap { $0 }
      if !details.isEmpty { lines.append(line("prefix", details.joined(separator: ", "))) }
    }
    switch annotation.place {
    case .skipped(.noSource), .skipped(.off): break
    case .skipped, .pending, .known, .absent, .failed: lines.append(fact("place", annotation.place, place))
    }
    return lines
  }

  /// One fact, or why it is missing.
  static func fact<Value>(_ label: String, _ fact: Fact<Value>, _ text: (Value) -> String) -> StyledLine {
    switch fact {
    case .known(let value, let source, let age):
      var result = line(label, text(value))
      result.append("  (\(source.rawValue)\(age >= .seconds(1) ? ", \(age.components.seconds) s old" : ""))", .dim)
      return result
    case .absent(let source, _): return line(label, "none", .dim, note: source.rawValue)
    case .failed(let failure): return line(label, "not known: \(failure.reason)", .notice)
    case .pending: return line(label, "not known: stopped before an answer came", .notice)
    case .skipped(let reason): return line(label, "not asked: \(words(reason))", .dim)
    }
  }

  private static func line(_ label: String, _ text: String, _ style: TextStyle = .plain, note: String? = nil)
    -> StyledLine
  {
    let padding = String(repeating: " ", count: max(1, labelWidth - label.count))
    var line = StyledLine("  \(label)\(padding)", .dim)
    line.append(text, style)
    if let note { line.append("  (\(note))", .dim) }
    return line
  }

  private static func systems(_ origin: Origin) -> String {
    let numbers = origin.asns.map { "AS\($0)" }.joined(separator: " ")
    return [[numbers, origin.name ?? ""].filter { !$0.isEmpty }.joined(separator: " "), origin.country]
      .compactMap { $0 }.joined(separator: ", ")
  }

  private static func place(_ place: Place) -> String {
    [place.city, place.country ?? place.countryCode].compactMap { $0 }.joined(separator: ", ")
  }

  private static func words(_ reason: SkipReason) -> String {
    switch reason {
    case .off: "it is off"
    case .queueFull: "too many questions are open"
    case .noSource: "no source is set"
    case .special: "the address means something in one place only"
    }
  }
}
