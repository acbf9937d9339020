import TestSupport
import Testing

@Suite("The terminal that tests look at")
struct ScreenTests {
  @Test("text wraps, scrolls, and is erased where it is told")
  func basics() {
    var screen = Screen(columns: 5, rows: 3)
    screen.write("abcdefg\r\nhi\r\njk")
    #expect(screen.scrollback == ["abcde"])
    #expect(screen.rows == ["fg", "hi", "jk"])
    screen.write("\u{1B}[2A\rX\u{1B}[K\u{1B}[B日")
    #expect(screen.rows == ["X", "h日", "jk"])
    #expect(screen.unknown == [])
  }

  @Test("a full row waits for the next character before it wraps")
  func pendingWrap() {
    var screen = Screen(columns: 3, rows: 2)
    screen.write("abc\r\nd")
    #expect(screen.rows == ["abc", "d"])
  }

  @Test("a resize folds rows that have become too long, and unfolds them again")
  func folding() {
    var screen = Screen(columns: 10, rows: 4)
    screen.write("abcdefghijklmno\r\nnext> xyz")
    screen.resize(columns: 6, rows: 4)
    #expect(screen.scrollback == ["abcdef"])
    #expect(screen.rows == ["ghijkl", "mno", "next>", "xyz"])
    #expect(screen.cursor == (3, 3))
    screen.resize(columns: 20, rows: 4)
    #expect(screen.text == "abcdefghijklmno\nnext> xyz")
  }

  @Test("what it does not know is kept, so that a test can refuse it")
  func unknown() {
    var screen = Screen(columns: 10, rows: 2)
    screen.write("\u{1B}[5y")
    #expect(screen.unknown.count == 1)
  }
}
