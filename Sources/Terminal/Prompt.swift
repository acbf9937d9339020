import Results

/// A prompt as libedit wants it (EL_PROMPT_ESC): UTF-8 text in which escapes stand between two `\1`.
///
/// libedit ties an escape to the character after it. So two escapes never stand side by side, and none stands at the end:
/// the last character is always plain.
struct Prompt {
  static let escapeMark: UInt8 = 1

  /// With escapes and marks.
  let marked: String
  /// What is seen; decides how many columns the prompt takes.
  let text: String

  init(_ line: StyledLine, style: TerminalStyle) {
    text = SafeText.escape(line.text)
    guard style.isColored else {
      marked = text
      return
    }
    var styled = line.spans.flatMap { span in SafeText.escape(span.text).map { ($0, span.style) } }
    if let last = styled.last { styled[styled.count - 1] = (last.0, .plain) }
    var marked = ""
    var current: String?
    for (character, style) in styled {
      let wanted = TerminalStyle.parameters(style)
      if wanted != current {
        marked += "\u{1}\u{1B}[0\(wanted.map { ";" + $0 } ?? "")m\u{1}"
        current = wanted
      }
      marked.append(character)
    }
    self.marked = marked
  }
}
