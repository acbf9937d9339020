import Results
import Testing

@testable import Terminal

@Suite("Rows of a line")
struct LineLayoutTests {
  @Test(
    "characters go where libedit puts them",
    arguments: [
      ("", 0, 0), ("abc", 0, 3), ("abcdefghij", 1, 0), ("abcdefghijk", 1, 1), ("日本語文字", 1, 0), ("a日本語文字", 1, 2),
      ("ab\ncd", 1, 2), ("\u{1}", 0, 2), ("a\tb", 0, 9), ("e\u{301}", 0, 1),
    ])
  func place(text: String, row: Int, column: Int) {
    var layout = LineLayout(columns: 10)
    layout.advance(text.unicodeScalars)
    #expect((layout.row, layout.column) == (row, column))
  }
}

@Suite("The prompt")
struct PromptTests {
  private let line = StyledLine([.init("ftrsh ", .plain), .init("lab:demo", .network), .init("> ", .plain)])

  @Test("escapes stand between marks, never two side by side, never at the end")
  func marks() {
    let prompt = Prompt(line, style: TerminalStyle(isColored: true))
    #expect(prompt.marked == "ftrsh \u{1}\u{1B}[0;1;34m\u{1}lab:demo\u{1}\u{1B}[0m\u{1}> ")
    #expect(prompt.text == "ftrsh lab:demo> ")
  }

  @Test("a prompt that ends in a colour ends plain all the same")
  func endsPlain() {
    let prompt = Prompt(StyledLine("ab", .error), style: TerminalStyle(isColored: true))
    #expect(prompt.marked == "\u{1}\u{1B}[0;1;31m\u{1}a\u{1}\u{1B}[0m\u{1}b")
  }

  @Test("without colour there are no escapes")
  func plain() {
    #expect(Prompt(line, style: TerminalStyle(isColored: false)).marked == "ftrsh lab:demo> ")
  }
}
