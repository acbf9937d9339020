import Testing

@testable import Terminal

@Suite("Completion")
struct CompletionTests {
  private func offer(_ texts: [String], isFinal: Bool = true) -> CompletionOffer {
    CompletionOffer(start: 0, candidates: texts.map { .init($0, isFinal: isFinal) })
  }

  @Test("one candidate is inserted, with a space if the word is complete")
  func unique() {
    #expect(offer(["trace"]).step(typed: "tr") == .replace("trace "))
    #expect(offer(["dir/"], isFinal: false).step(typed: "d") == .replace("dir/"))
  }

  @Test("of several, what they have in common; then nothing more can be decided")
  func common() {
    #expect(offer(["trace", "traceroute"]).step(typed: "t") == .replace("trace"))
    #expect(offer(["trace", "traceroute"]).step(typed: "trace") == .ambiguous)
    #expect(offer(["grün", "größe"]).step(typed: "g") == .replace("gr"))
    #expect(offer(["set", "trace"]).step(typed: "") == .ambiguous)
    #expect(offer([]).step(typed: "x") == .nothing)
  }

  @Test("what is inserted holds no key")
  func sanitized() {
    #expect(offer(["a\u{3}b\r"]).step(typed: "a") == .replace("ab "))
    #expect(offer(["x\u{1B}[A", "y\n"]).rows(columns: 40, atMost: 5) == [#"x\x1b[A  y\x0a"#])
  }

  @Test("the list is read downwards, fits the width, and is bounded")
  func list() {
    #expect(offer(["a", "b", "c", "d", "e"]).rows(columns: 7, atMost: 5) == ["a  c  e", "b  d"])
    let many = offer((1...500).map { "h\($0)" })
    let rows = many.rows(columns: 80, atMost: 100)
    #expect(rows.last == "and 380 more")
    #expect(rows.allSatisfy { DisplayWidth.of($0) <= 80 })
    let short = many.rows(columns: 24, atMost: 4)
    #expect(short.count == 4 && short.last == "and 488 more")
    #expect(offer(["日本日本日本"]).rows(columns: 5, atMost: 4) == ["日本"])
  }
}
