import Lexing
import Results

/// An explanation on the screen: sections of wrapped sentences, and below them the bytes that they speak of.
///
///     Came back
///       Time exceeded from 192.0.2.61 came at +7.329 ms: …
///          0       0b                       type 11: time exceeded  [RFC 792]
///        = 52-53   66 74                    > identifier 26228: whose probe it is
///
/// `=` marks what told the probe, `>` what is quoted. No line is wider than 80 columns, or than the
/// terminal, unless one of its words is.
package struct ExplanationText {
  /// More is not read in one go; with less there is no room beside the bytes.
  private static let widths = 40...80
  /// From so many columns on a row has eight bytes, else four.
  private static let wideBytes = 64
  private static let rangeWidth = 7
  private let width: Int
  private var bytesPerLine: Int { width < Self.wideBytes ? 4 : 8 }
  private var hexWidth: Int { 3 * bytesPerLine }
  /// Rows of bytes shown of one field: the whole payload of a usual probe. Of a longer one the rest is counted.
  private static let mostRows = 4

  /// - Parameter columns: of the terminal; nil where there is none.
  package init(columns: Int?) {
    width = max(Self.widths.lowerBound, min(Self.widths.upperBound, columns ?? Self.widths.upperBound))
  }

  /// All of it.
  package func lines(_ explanation: Explanation) -> [StyledLine] {
    var lines = wrapped(explanation.subject, indent: "", style: .heading)
    for section in explanation.sections {
      lines.append(StyledLine(section.title, .name))
      for sentence in section.sentences { lines += wrapped(sentence, indent: "  ", style: .plain) }
      if let packet = section.packet { lines += packet.fields.flatMap { field($0, of: packet.bytes) } }
    }
    guard !explanation.causes.isEmpty else { return lines }
    lines.append(StyledLine("What the silence may be due to", .name))
    for cause in explanation.causes { lines += self.cause(cause) }
    return lines
  }

  private func cause(_ cause: SilenceCause) -> [StyledLine] {
    let style: TextStyle =
      switch cause.likelihood {
      case .certain, .likely: .notice
      case .possible: .plain
      case .unlikely, .excluded: .dim
      }
    let label = "  \(TextColumns.left(cause.likelihood.rawValue, 9)) "
    let indent = TextColumns.spaces(label.count)
    var lines = wrapped(cause.sentence, first: label, indent: indent, style: style)
    for sentence in cause.evidence {
      lines += wrapped(sentence, first: "\(indent)+ ", indent: "\(indent)  ", style: .plain)
    }
    for sentence in cause.counterEvidence {
      lines += wrapped(sentence, first: "\(indent)- ", indent: "\(indent)  ", style: .dim)
    }
    return lines
  }

  private func field(_ field: ExplainedField, of bytes: [UInt8]) -> [StyledLine] {
    let last = field.range.upperBound - 1
    let place = field.range.count > 1 ? "\(field.range.lowerBound)-\(last)" : "\(field.range.lowerBound)"
    let rows = rows(of: bytes[field.range])
    var text = field.text
    if let meaning = field.meaning { text += ": \(meaning)" }
    if let source = field.source { text += " [\(source)]" }
    let column = 4 + Self.rangeWidth + 1 + hexWidth + 1
    let words = Self.wrap(SafeText.escape(text), to: width - column)
    return (0..<max(rows.count, words.count)).map { index in
      let start = index == 0 ? "  \(field.isMatched ? "=" : " ") \(TextColumns.left(place, Self.rangeWidth)) " : ""
      var line = StyledLine(TextColumns.left(start, 4 + Self.rangeWidth + 1), field.isMatched ? .good : .dim)
      let row = index < rows.count ? rows[index] : ""
      let isLast = index >= words.count
      line.append(isLast ? row : TextColumns.left(row, hexWidth + 1), .number)
      if !isLast { line.append(words[index]) }
      return line
    }
  }

  private func rows(of bytes: ArraySlice<UInt8>) -> [String] {
    let most = Self.mostRows * bytesPerLine
    let digits = bytes.prefix(most).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    var rows = stride(from: 0, to: digits.count, by: bytesPerLine).map {
      digits[$0..<min($0 + bytesPerLine, digits.count)].joined(separator: " ")
    }
    if bytes.count > most { rows.append("… \(bytes.count - most) bytes more") }
    return rows
  }

  private func wrapped(
    _ text: String, first: String? = nil, indent: String, style: TextStyle
  ) -> [StyledLine] {
    Self.wrap(SafeText.escape(text), to: width - indent.count).enumerated().map { index, line in
      StyledLine((index == 0 ? first ?? indent : indent) + line, style)
    }
  }

  /// Breaks a text at its blanks; a word that is wider than the columns has a line to itself.
  private static func wrap(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, last.displayWidth + 1 + String(word).displayWidth <= columns {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
