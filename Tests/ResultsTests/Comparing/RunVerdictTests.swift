import Results
import TestSupport
import Testing
import Time

@Suite("Verdicts on many runs")
struct RunVerdictTests {
  /// A row whose runs take what is given, in milliseconds, and find both hops unless they are among the first `incomplete`.
  private func row(_ label: String, _ times: [Double], incomplete: Int = 0, timeout: Int = 1_000) -> RunComparison.Row {
    var row = RunComparison.Row(
      label: label, timeout: Milliseconds(.milliseconds(timeout)), address: "203.0.113.80", method: "icmp")
    row.known = [1, 2]
    row.runs = times.enumerated().map { index, time in
      .init(answered: index < incomplete ? [1] : [1, 2], elapsed: .nanoseconds(Int64(time * 1_000_000)))
    }
    return row
  }

  private func table(_ kind: RunComparison.Kind, _ rows: [RunComparison.Row]) -> RunComparison {
    RunComparison(
      kind: kind, target: "demo.test", network: "lab demo", isVirtual: false, timeout: Milliseconds(.seconds(1)),
      isEnriched: false, runCount: rows[0].runs.count, seed: 1, pause: Milliseconds(.zero), isTruthOfLab: true,
      rows: rows)
  }

  private func times(_ count: Int, from least: Double, using generator: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in least + Double.random(in: 0..<10, using: &generator) }
  }

  @Test("of tables whose rows are alike, no more than one in twenty names a difference, but for chance")
  func alike() {
    var generator = SeededGenerator(seed: 11)
    let tables = 100
    let claiming = (0..<tables).count { _ in
      let rows = ["a", "b", "c"].map { label in
        row(label, times(10, from: 50, using: &generator), incomplete: Int.random(in: 0...3, using: &generator))
      }
      return table(.protocols, rows).verdicts.contains { $0?.isIndistinguishable == false }
    }
    // Five, and three standard deviations of chance.
    #expect(claiming <= 11)
  }

  @Test("what is clear is named, each with its direction")
  func clear() throws {
    var generator = SeededGenerator(seed: 12)
    let rows = [
      row("first", times(10, from: 50, using: &generator)), row("slow", times(10, from: 90, using: &generator)),
      row("lossy", times(10, from: 50, using: &generator), incomplete: 10),
    ]
    let verdicts = table(.protocols, rows).verdicts
    #expect(verdicts[0] == nil)
    let (slow, lossy) = (try #require(verdicts[1]), try #require(verdicts[2]))
    #expect(slow.elapsed.isClear && !slow.complete.isClear)
    #expect(slow.elapsed.lower > 20)
    #expect(lossy.complete.isClear && !lossy.elapsed.isClear)
    #expect(lossy.complete.value == -100)
  }

  @Test("runs that could have told nothing say how many it takes")
  func untold() throws {
    let rows = [row("first", [50, 51]), row("other", [500, 501])]
    let verdict = try #require(table(.protocols, rows).verdicts[1])
    #expect(verdict.isUntold && verdict.isIndistinguishable)
    #expect(verdict.runsNeeded > 2)
    let enough = Array(repeating: 0, count: verdict.runsNeeded).indices.map(Double.init)
    let told = table(.protocols, [row("first", enough), row("other", enough.map { $0 + 500 })]).verdicts[1]
    #expect(told?.elapsed.isClear == true)
  }

  @Test("rows are measured by the longest timeout, by no enrichment, or by the first")
  func reference() {
    let rows = [row("30 ms", [1], timeout: 30), row("1000 ms", [1]), row("70 ms", [1], timeout: 70)]
    #expect(table(.timeouts, rows).reference?.label == "1000 ms")
    #expect(table(.enrichment, rows).reference?.label == "70 ms")
    #expect(table(.families, rows).reference?.label == "30 ms")
  }

  @Test("the smallest timeout that would have lost nothing is the slowest reply's, to the next millisecond")
  func smallestTimeout() {
    var rows = [row("a", [1, 2]), row("b", [3])]
    #expect(table(.timeouts, rows).smallestSufficientTimeout == nil)
    rows[0].runs[1].slowest = .microseconds(45_001)
    rows[1].runs[0].slowest = .milliseconds(12)
    #expect(table(.timeouts, rows).smallestSufficientTimeout == .milliseconds(46))
  }

  @Test("hops to be found are the truth's, or else what any row of the address found")
  func hops() {
    var comparison = table(.protocols, [row("a", [1], incomplete: 1), row("b", [1])])
    comparison.learnHops(from: [:])
    #expect(comparison.rows.map(\.known) == [[1, 2], [1, 2]])
    comparison.learnHops(from: ["203.0.113.80": [1, 2, 3]])
    #expect(comparison.rows.map(\.known) == [[1, 2, 3], [1, 2, 3]])
  }
}
