import Results
import Testing

@testable import Terminal

@Suite("The last gate before a terminal")
struct SafeTextTests {
  @Test(
    "what a terminal would obey is written out",
    arguments: [
      ("plain", "plain"), ("grün 日本 🙂", "grün 日本 🙂"), ("", ""),
      ("a\u{1B}[2Jb", #"a\x1b[2Jb"#),  // erase the screen
      ("\u{1B}]0;title\u{7}", #"\x1b]0;title\x07"#),
      ("\u{9B}31m", #"\x9b31m"#),  // CSI as one C1 control
      ("a\nb\rc\td\u{8}", #"a\x0ab\x0dc\x09d\x08"#),
      ("\u{7F}\u{0}", #"\x7f\x00"#),
      ("evil\u{202E}moc.live", #"evil\u{202e}moc.live"#),  // right-to-left override
      ("\u{2066}x\u{2069}\u{200F}", #"\u{2066}x\u{2069}\u{200f}"#),
      ("a\u{200B}b\u{FEFF}", #"a\u{200b}b\u{feff}"#),
      ("\u{E0041}", #"\u{e0041}"#),
    ])
  func escapes(text: String, safe: String) {
    #expect(SafeText.escape(text) == safe)
  }

  @Test("no control character of any block comes through")
  func allControls() {
    for value in UInt32(0)...0x2_FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isControl = scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
      guard isControl else { continue }
      #expect(!SafeText.escape(String(scalar)).unicodeScalars.contains(scalar), "U+\(String(value, radix: 16))")
    }
  }

  @Test("a styled line is coloured by spans, and its text cannot add a colour of its own")
  func styledLine() {
    let line = StyledLine([.init("hop ", .plain), .init("r1\u{1B}[31m", .name), .init("", .error)])
    let colored = TerminalStyle(isColored: true).render(line)
    #expect(colored.text == "hop \u{1B}[1mr1\\x1b[31m\u{1B}[0m")
    #expect(colored.columns == 14)
    #expect(TerminalStyle(isColored: false).render(line).text == #"hop r1\x1b[31m"#)
  }

  @Test(
    "colour only where a terminal knows it and the user has not declined it",
    arguments: [
      (true, nil, "xterm", true), (false, nil, "xterm", false), (true, "1", "xterm", false), (true, "", "xterm", true),
      (true, nil, "dumb", false), (true, nil, nil, false), (true, nil, "", false),
    ] as [(Bool, String?, String?, Bool)])
  func color(isTerminal: Bool, noColor: String?, term: String?, isColored: Bool) {
    #expect(TerminalStyle(isTerminal: isTerminal, noColor: noColor, term: term).isColored == isColored)
  }
}

@Suite("Columns of text")
struct DisplayWidthTests {
  @Test(
    "wide characters take two columns, combining ones none",
    arguments: [("abc", 3), ("grün", 4), ("日本", 4), ("e\u{301}", 1), ("", 0), ("🙂", 2)])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test(
    "a text is cut to columns, never through a character",
    arguments: [
      ("abcdef", 3, "abc"), ("日本語", 3, "日"), ("日本語", 4, "日本"), ("ae\u{301}b", 2, "ae\u{301}"), ("abc", 0, ""),
      ("abc", 10, "abc"), ("abc", -1, ""),
    ])
  func cut(text: String, columns: Int, kept: String) {
    #expect(DisplayWidth.cut(text, to: columns).text == kept)
  }

  @Test("a cut line keeps its colours closed")
  func cutStyled() {
    let line = StyledLine([.init("12345", .good), .init("67890", .error), .init("x", .dim)])
    let (text, columns) = TerminalStyle(isColored: true).render(line, columns: 7)
    #expect(text == "\u{1B}[32m12345\u{1B}[0m\u{1B}[1;31m67\u{1B}[0m")
    #expect(columns == 7)
  }
}
