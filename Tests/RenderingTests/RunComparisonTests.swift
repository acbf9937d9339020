import Rendering
import Results
import TestSupport
import Testing
import Time

@Suite("Runs side by side")
struct RunComparisonTests {
  /// A comparison of two engines: ours complete each time, the other in half of its runs and slower.
  private var engines: RunComparison {
    var comparison = RunComparison(
      kind: .engines, target: "demo.test", network: "lab demo", isVirtual: false,
      timeout: Milliseconds(.milliseconds(70)),
      isEnriched: true, runCount: 20, seed: 1, pause: Milliseconds(.zero), isTruthOfLab: true,
      rows: [row(.reactor, slow: 0), row(.blocking, slow: 12)])
    comparison.learnHops(from: ["203.0.113.80": [1, 2, 3]])
    return comparison
  }

  private func row(_ engine: EngineName, slow: Int) -> RunComparison.Row {
    var row = RunComparison.Row(
      label: engine.rawValue, engine: EngineSettings(engine), address: "203.0.113.80", method: "icmp")
    for index in 0..<20 {
      let isComplete = engine == .reactor || index.isMultiple(of: 2)
      row.runs.append(
        .init(
          answered: isComplete ? [1, 2, 3] : [1], elapsed: .milliseconds(100 + slow + index % 4),
          slowest: .milliseconds(45),
          cost: .init(
            bias: .microseconds(engine == .reactor ? 0 : 250), threads: engine == .reactor ? 1 : 31, descriptors: 4,
            processor: .milliseconds(2), contextSwitches: 40, labLateness: .microseconds(90), repeats: 0)))
    }
    return row
  }

  @Test("engines stand in a table, with what can be claimed below it")
  func text() {
    let text = RunComparisonText.lines(engines).map(\.text).joined(separator: "\n")
    #expect(
      text == """
        engines to demo.test (203.0.113.80), lab demo in real time, icmp
        timeout 70 ms, enrichment on, 20 runs each in a shuffled order (seed 1), after one to warm up, times in ms

        engine          complete     hops  median   mean    p95  RTT bias  threads  fds  CPU  switches  lab late
        reactor   100 % (84–100)  100.0 %   101.5  101.5  103.0     0.000        1    4  2.0        40      0.09
        blocking    50 % (30–70)   66.7 %   113.5  113.5  115.0     0.250       31    4  2.0        40      0.09
        complete: all of the 3 hops that answer, as the lab has it; intervals at 95 %
        RTT bias: RTT as judged less that of the kernel's stamps, of replies that came; median
        against reactor:
          blocking  less complete by 50 points (24 to 70); slower by 12.0 ms (11.0 to 13.0)
        """)
  }

  @Test("a row that could not be run says why, and the others stand")
  func failure() {
    var comparison = engines
    comparison.rows[1].runs = []
    comparison.rows[1].failure = "io_uring_setup: the kernel refuses it"
    let lines = RunComparisonText.lines(comparison).map(\.text)
    #expect(lines.contains("blocking: io_uring_setup: the kernel refuses it"))
    #expect(!lines.contains { $0.hasPrefix("against") })
  }

  @Test("a table of values has as many fields in each line, and quotes what would be taken for its own")
  func csv() {
    let lines = RunComparisonCSV.lines(engines)
    #expect(lines.count == 3)
    let counts = lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
    #expect(Set(counts).count == 1, "\(counts)")
    var comparison = engines
    comparison.rows[0].label = "a \"b\", c"
    #expect(RunComparisonCSV.lines(comparison)[1].hasPrefix(#"engines,"a ""b"", c",demo.test,"#))
  }

  @Test("the document has the figures of the table")
  func document() throws {
    let document = RunComparisonDocument(engines, id: try #require(ResultID("@k7f3")), version: "1")
    #expect(document.reference == "reactor")
    #expect(document.rows.map(\.complete) == [20, 10])
    #expect(document.rows[1].time?.median.description == "113.500")
    #expect(document.rows[1].verdict?.isDistinguishable == true)
    #expect(document.rows[0].verdict == nil)
    let json = ResultCoding.encode(document)
    #expect(try JSONSchemaCheck(schema: .parse(ResultSchema.text)).violations(of: .parse(json)) == [])
  }
}
