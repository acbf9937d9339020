import Results
import Testing

@Suite("The id of a result")
struct ResultIDTests {
  /// Gives 0, 1, 2, …: each draw of a character takes one.
  private struct Counter: RandomNumberGenerator {
    var count: UInt64 = 0
    mutating func next() -> UInt64 {
      defer { count += 1 }
      return count
    }
  }

  /// Gives always the same.
  private struct Constant: RandomNumberGenerator {
    let value: UInt64
    mutating func next() -> UInt64 { value }
  }

  @Test("is drawn from the generator alone, four characters long")
  func isDrawn() {
    var generator = Counter(count: 8)
    #expect(ResultID.draw(using: &generator).description == "@89ab")
  }

  @Test("is another one when the first is taken")
  func avoidsTaken() throws {
    var generator = Counter()
    let taken = try #require(ResultID("@0123"))
    #expect(ResultID.draw(using: &generator, avoiding: [taken]).description == "@4567")
  }

  @Test("grows when every draw is taken, and is always read back")
  func grows() throws {
    var generator = Constant(value: 31)
    let taken = try #require(ResultID("@zzzz"))
    let id = ResultID.draw(using: &generator, avoiding: [taken])
    #expect(id.description == "@zzzzz")
    #expect(ResultID(id.description) == id)
  }

  @Test("is read with and without its sign", arguments: ["@k7f3", "k7f3"])
  func isRead(text: String) {
    #expect(ResultID(text)?.description == "@k7f3")
  }

  @Test("is refused when short, long, or with letters that look alike", arguments: ["", "@", "@k7f", "@k7fi", "@K7F3"])
  func isRefused(text: String) {
    #expect(ResultID(text) == nil)
  }
}
