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
    #expect(lines(result(path), result(path)).contains("  1-4   same, 4 hops; RTT shift within ±0.000 ms"))
    #expect(lines(result(path), result(path), isFull: true).count { $0.hasPrefix("    ") } == 4)
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
