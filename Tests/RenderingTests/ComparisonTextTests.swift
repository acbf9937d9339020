import Enrichment
import Packets
import Rendering
import Results
import TestSupport
import Testing
import Tracing

@Suite("Two paths as text")
struct ComparisonTextTests {
  private func result(_ text: String, knowledge: String = "") -> TraceResult {
    .sample(
      ProbeLines.trace(text, end: TTL(4).map { .reached($0) }), kinds: [.names], knowledge: knowledge)
  }

  private func lines(_ first: TraceResult, _ second: TraceResult, isFull: Bool = false) -> [String] {
    ComparisonText(PathComparison(first, second, labels: ("%1", "%2")), isFull: isFull).lines.map(\.text)
  }

  private let path = "1 192.0.2.1 1\n2 192.0.2.2 2\n3 192.0.2.3 3\n4 203.0.113.80 4 echo"

  @Test("what is the same is one row, and every hop has its own in full")
  func folding() {
    #expect(lines(result(path), result(path)).contains("  1-4   same, 4 hops"))
    #expect(lines(result(path), result(path), isFull: true).count { $0.hasPrefix("    ") } == 4)
  }

  @Test("a fold is bounded by the widest interval in it, not by the differences")
  func bound() {
    // Medians of 3 ms, times from 1 to 5.
    let hops = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "203.0.113.80 {} echo"]
    let path = hops.enumerated().flatMap { offset, hop in
      (1...9).map { "\(offset + 1) " + (hop.contains("{}") ? hop.replacing("{}", with: "\($0)") : "\(hop) \($0)") }
    }.joined(separator: "\n")
    let comparison = PathComparison(result(path), result(path), labels: ("%1", "%2"))
    let bounds = comparison.rows.compactMap(\.shift).flatMap { [$0.lower, $0.upper] }.map(\.microseconds.magnitude)
    let widest = bounds.max() ?? 0
    #expect(widest >= 1000)
    let text = Milliseconds(microseconds: Int64(widest)).brief
    #expect(lines(result(path), result(path)).contains("  1-4   same, 4 hops; RTT shift within ±\(text)"))
  }

  @Test("the numbers of one row have the decimals of its widest end")
  func digits() throws {
    func shift(_ numbers: [Int64]) throws -> [String] {
      var row = try #require(PathComparison(result(path), result(path), labels: ("%1", "%2")).rows.first?.shift)
      row.difference = Milliseconds(microseconds: numbers[0])
      row.lower = Milliseconds(microseconds: numbers[1])
      row.upper = Milliseconds(microseconds: numbers[2])
      return [row.texts.difference, row.texts.lower, row.texts.upper]
    }
    #expect(try shift([200, -70, 300]) == ["+0.2", "-0.1", "+0.3"])
    #expect(try shift([-1, -200, 200]) == ["0.0", "-0.2", "+0.2"])
    #expect(try shift([12, -70, 80]) == ["+0.012", "-0.070", "+0.080"])
  }

  @Test("another router has a row for each side, the first path's first")
  func replaced() {
    let other = "1 192.0.2.1 1\n2 192.0.2.7 2\n3 192.0.2.8 3\n4 203.0.113.80 4 echo"
    let marks = lines(result(path), result(other)).compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count > 2 && ["-", "+"].contains(words[1]) ? "\(words[0]) \(words[1]) \(words[2])" : nil
    }
    #expect(marks == ["2 - 192.0.2.2", "3 - 192.0.2.3", "2 + 192.0.2.7", "3 + 192.0.2.8"])
  }

  @Test("names from the network are cut, keep their columns and cannot reach the terminal as commands")
  func hostile() {
    let name = String(repeating: "a", count: 200) + "\u{1B}[2J\u{202E}.example"
    let one = result(path, knowledge: "192.0.2.2 \(name) -")
    let shown = lines(one, result(path), isFull: true)
    #expect(shown.contains { $0.contains(".example") })
    for line in shown {
      #expect(line.unicodeScalars.allSatisfy { !SafeText.isUnsafe($0) })
      #expect(line.count <= 80, "\(line)")
    }
    let both = ComparisonText(
      PathComparison(result(path), one, labels: ("%\u{1B}]0;x", String(repeating: "long", count: 30))), isFull: true)
    #expect(both.lines.allSatisfy { $0.text.unicodeScalars.allSatisfy { !SafeText.isUnsafe($0) } })
  }
}
