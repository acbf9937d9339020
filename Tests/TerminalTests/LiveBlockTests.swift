import Results
import TestSupport
import Testing

@testable import Terminal

@Suite("The live block")
struct LiveBlockTests {
  /// A block on a screen, both told of every change.
  private struct Stage {
    var screen: Screen
    var block: LiveBlock
    var size: ConsoleSize
    /// What the last step wrote.
    var written = ""

    init(columns: Int = 80, rows: Int = 10, colored: Bool = false) {
      screen = Screen(columns: columns, rows: rows)
      size = ConsoleSize(columns: columns, rows: rows)
      block = LiveBlock(style: TerminalStyle(isColored: colored), size: size)
    }

    mutating func show(_ rows: [String]) { write(block.show(rows.map { StyledLine($0) }, size: size)) }
    mutating func end() { write(block.end(size: size)) }
    mutating func write(_ text: String) {
      written = text
      screen.write(text)
    }
    mutating func resize(columns: Int, rows: Int) {
      size = ConsoleSize(columns: columns, rows: rows)
      screen.resize(columns: columns, rows: rows)
    }
  }

  private static func trace(_ count: Int, settled: Int) -> [String] {
    (1...count).map { "\($0)  router-\($0)  \($0 <= settled ? "\($0).000 ms" : "…")" }
  }

  @Test("rows appear below what was there, and change in place")
  func growsAndChanges() {
    var stage = Stage()
    stage.write("heading\r\n")
    stage.show(["1 …"])
    stage.show(["1 a", "2 …"])
    stage.show(["1 a", "2 bb", "3 c"])
    stage.end()
    stage.write("closing")
    #expect(stage.screen.text == "heading\n1 a\n2 bb\n3 c\nclosing")
    #expect(stage.screen.unknown == [])
  }

  @Test("only changed rows are written")
  func minimal() {
    var stage = Stage()
    stage.show(["one", "two", "three"])
    stage.show(["one", "two", "three"])
    #expect(stage.written == "")
    stage.show(["one", "2", "three"])
    #expect(!stage.written.contains("one") && !stage.written.contains("three"))
    #expect(stage.screen.text == "one\n2\nthree")
  }

  @Test("a shorter row leaves nothing of the longer one, and a full row keeps its last character")
  func rowEnds() {
    var stage = Stage(columns: 5)
    stage.show(["12345", "abc"])
    stage.show(["1", "abcdefg"])
    #expect(stage.screen.text == "1\nabcde")
  }

  @Test("of a block taller than the screen the last rows are shown, and what has scrolled off is not touched")
  func tallerThanScreen() {
    var stage = Stage(columns: 80, rows: 10)
    stage.write("heading\r\n")
    for count in 1...30 { stage.show(Self.trace(count, settled: count - 3)) }
    #expect(stage.screen.rows == Self.trace(30, settled: 27).suffix(9) + [""])
    #expect(stage.screen.scrollback.first == "heading")
  }

  @Test("a 30-row block on 80×10 leaves every row once, in its final form, in scrollback and screen")
  func finalForm() {
    var stage = Stage(columns: 80, rows: 10)
    stage.write("heading\r\n")
    for count in 1...30 { stage.show(Self.trace(count, settled: count / 2)) }
    for settled in 15...30 { stage.show(Self.trace(30, settled: settled)) }
    stage.end()
    stage.write("closing\r\n")
    let rows = stage.screen.text.split(separator: "\n").map(String.init)
    #expect(Array(rows.suffix(31)) == Self.trace(30, settled: 30) + ["closing"])
    #expect(rows == ["heading"] + Self.trace(30, settled: 30) + ["closing"])
    #expect(stage.screen.isCursorVisible)
  }

  @Test(
    "after a resize the block is drawn anew at its place, without leftovers",
    arguments: [(12, 10), (120, 10), (40, 10), (40, 5), (7, 20)])
  func resize(columns: Int, rows: Int) {
    var stage = Stage(columns: 40, rows: 10)
    stage.write("heading\r\n")
    stage.show(["1 router-with-a-long-name 1.234 ms", "2 …", "3 router-with-a-long-name 1.234 ms"])
    stage.resize(columns: columns, rows: rows)
    let final = ["1 router-with-a-long-name 1.234 ms", "2 two", "3 router-with-a-long-name 1.234 ms", "4 four"]
    stage.show(final)
    stage.end()
    #expect(
      stage.screen.text.split(separator: "\n").suffix(4).map(String.init)
        == final.map { String($0.prefix(columns)).trimmed })
    #expect(stage.screen.text.split(separator: "\n").filter { $0.hasPrefix("2 ") }.count == 1)
  }

  @Test("something printed meanwhile stands above the block")
  func printedAbove() {
    var stage = Stage()
    stage.show(["1 a", "2 …"])
    stage.write(stage.block.erase(size: stage.size))
    stage.write("a note\r\n")
    stage.write(stage.block.redraw())
    stage.show(["1 a", "2 b"])
    #expect(stage.screen.text == "a note\n1 a\n2 b")
  }

  @Test("after a stop the block is drawn below what the shell has written")
  func afterStop() {
    var stage = Stage()
    stage.show(["1 a", "2 …"])
    stage.write("^Z\r\n[1]+ Stopped\r\n$ fg\r\n")
    stage.block.forget()
    stage.show(["1 a", "2 b"])
    stage.end()
    #expect(stage.screen.text == "1 a\n2 …\n^Z\n[1]+ Stopped\n$ fg\n1 a\n2 b")
  }

  @Test("names from the network cannot move the cursor or colour the screen")
  func hostileName() {
    var stage = Stage()
    stage.show(["1 \u{1B}[2Jevil\u{1B}[31m\r\nfake row"])
    #expect(stage.screen.text == #"1 \x1b[2Jevil\x1b[31m\x0d\x0afake row"#)
    #expect(!stage.screen.hasColor)
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
