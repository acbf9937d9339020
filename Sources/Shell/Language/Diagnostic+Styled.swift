import Lexing
import Results

extension Diagnostic {
  /// The message as lines for a console: its first words and the carets stand out.
  package var styledLines: [StyledLine] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
      if index == 0 { return headline(String(line)) }
      let isCarets = line.contains("^") && line.allSatisfy { $0 == " " || $0 == "^" }
      return StyledLine(String(line), isCarets ? style : .plain)
    }
  }

  private func headline(_ line: String) -> StyledLine {
    guard line.hasSuffix(summary), line.count > summary.count else { return StyledLine(line, style) }
    var styled = StyledLine(String(line.dropLast(summary.count)), style)
    styled.append(summary)
    return styled
  }

  private var style: TextStyle {
    switch severity {
    case .error: .error
    case .warning: .warning
    case .note: .notice
    }
  }
}
