import Lexing
import Testing

@Suite("SourceText")
struct SourceTextTests {
  private func refusal(_ bytes: [UInt8], name: String? = "s") throws -> String {
    try #require(throws: Diagnostic.self) { try SourceText(bytes, name: name) }.text
  }

  @Test(
    "bytes that no text holds are refused with their place",
    arguments: [
      ([0x61, 0x00], "s:1:2: this line holds a NUL byte"),
      ([0x61, 0x0A, 0x1B, 0x5B], "s:2:1: this line holds the control byte 0x1B"),
      ([0x61, 0x0D, 0x62], "s:1:2: this line holds the control byte 0x0D"),
      ([0x7F], "s:1:1: this line holds the control byte 0x7F"),
      ([0xC2, 0x85], "s:1:1: this line holds the control byte 0x85"),
      ([0xC3, 0xA9, 0xFF], "s:1:2: this line is not UTF-8 text"),
      ([0xC0, 0x80], "s:1:1: this line is not UTF-8 text"),
      ([0xED, 0xA0, 0x80], "s:1:1: this line is not UTF-8 text"),
      ([0xE2, 0x82], "s:1:1: this line is not UTF-8 text"),
      ([0xF4, 0x90, 0x80, 0x80], "s:1:1: this line is not UTF-8 text"),
    ] as [([UInt8], String)])
  func refused(bytes: [UInt8], expected: String) throws {
    #expect(try refusal(bytes).split(separator: "\n").first.map(String.init) == expected)
  }

  @Test("a line may be as long as the limit, and not a byte longer")
  func longLine() throws {
    let limit = SourceText.lineLimitBytes
    let fits = [UInt8](repeating: 0x61, count: limit)
    _ = try SourceText(fits + [0x0A] + fits)
    #expect(try refusal(fits + [0x61]).hasPrefix("s:1:\(limit + 1): this line is too long\n    …aaa"))
    #expect(try refusal([UInt8](repeating: 0x61, count: 1_000_000)).utf8.count < 500)
  }

  @Test("a place is counted in characters, carets in columns")
  func places() throws {
    let source = try SourceText("a\n\té日b word", name: "s")
    let range = SourceRange(10, 14)
    #expect(source[range] == "word")
    #expect(source.location(of: 10) == SourceLocation(line: 2, column: 6))
    let diagnostic = Diagnostic("wrong", subject: "trace", why: "so", try: "this").at(range, in: source)
    #expect(
      diagnostic.text == """
        s:2:6: trace: wrong
                    é日b word
                         ^^^^
          why: so
          try: this
        """)
  }

  @Test("a long line is cut round the carets")
  func cut() throws {
    let source = try SourceText(String(repeating: "x", count: 100) + " here " + String(repeating: "y", count: 100))
    let lines = Diagnostic("wrong").at(SourceRange(101, 105), in: source).text.split(separator: "\n")
    #expect(lines[1].hasPrefix("    …xxx") && lines[1].hasSuffix("yyy…"))
    let carets = try #require(lines[2].firstIndex(of: "^"))
    let column = lines[2].distance(from: lines[2].startIndex, to: carets)
    #expect(lines[1].dropFirst(column).hasPrefix("here"))
  }

  @Test("a place at the very end has a caret after the last character")
  func end() throws {
    let source = try SourceText("set\n")
    #expect(Diagnostic("more").at(SourceRange(3, 3), in: source).text == "more\n    set\n       ^")
  }

  @Test("a message without a place has none of its marks")
  func plain() {
    #expect(
      Diagnostic("cannot open a raw socket", subject: "trace", why: "no right", try: "'set socket ping'").text
        == "trace: cannot open a raw socket\n  why: no right\n  try: 'set socket ping'")
    #expect(Diagnostic("slow", severity: .warning).text == "warning: slow")
  }
}
