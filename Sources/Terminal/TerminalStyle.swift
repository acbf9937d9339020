import Results

/// Turns what text means into what a terminal shows: SGR colours (ECMA-48 section 8.3.117), or nothing.
///
/// Only the sixteen colours of the user's own palette are used, so that a light and a dark background both stay readable.
package struct TerminalStyle: Sendable {
  /// False: text leaves as it is.
  package let isColored: Bool

  package init(isColored: Bool) { self.isColored = isColored }

  /// Colour is for a terminal that knows it and a user who has not declined it.
  ///
  /// - Parameters:
  ///   - noColor: `NO_COLOR`; declined when present and not empty (no-color.org).
  ///   - term: `TERM`; nil and `dumb` know no colour.
  package init(isTerminal: Bool, noColor: String?, term: String?) {
    self.init(isColored: isTerminal && (noColor ?? "").isEmpty && Self.knowsEscapes(term))
  }

  /// True for a terminal that understands cursor movement.
  package static func knowsEscapes(_ term: String?) -> Bool {
    guard let term, !term.isEmpty else { return false }
    return term != "dumb"
  }

  /// The parameters of the SGR sequence for a style, nil for plain text.
  package static func parameters(_ style: TextStyle) -> String? {
    switch style {
    case .plain, .number: nil
    case .heading: "1"
    case .dim: "2"
    case .address: "36"
    case .name: "1"
    case .good: "32"
    case .notice: "33"
    case .warning: "1;33"
    case .error: "1;31"
    case .network: "1;34"
    }
  }

  /// A line as it is written: control characters escaped, spans coloured, cut to a width.
  ///
  /// - Parameter columns: nil leaves it whole.
  /// - Returns: the bytes' text, and how many columns it takes.
  package func render(_ line: StyledLine, columns limit: Int? = nil) -> (text: String, columns: Int) {
    var text = ""
    var used = 0
    for span in line.spans {
      let safe = SafeText.escape(span.text)
      let piece = DisplayWidth.cut(safe, to: limit.map { $0 - used } ?? .max)
      used += piece.columns
      text += paint(piece.text, span.style)
      if piece.text.unicodeScalars.count < safe.unicodeScalars.count { break }
    }
    return (text, used)
  }

  private func paint(_ text: String, _ style: TextStyle) -> String {
    guard isColored, !text.isEmpty, let parameters = Self.parameters(style) else { return text }
    return "\u{1B}[\(parameters)m\(text)\u{1B}[0m"
  }
}
