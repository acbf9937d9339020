import TestSupport
import Testing
import Time
import Tracing

@testable import Results

@Suite("Comparisons in the store form")
struct ComparisonStoreTests {
  private func result(_ content: ComparisonResult.Content) throws -> ComparisonResult {
    ComparisonResult(
      id: try #require(ResultID("@k7f3")), commandLine: "compare", name: "it",
      started: WallTime(sinceEpoch: .seconds(1)),
      version: "1", content: content)
  }

  private var runs: RunComparison {
    var row = RunComparison.Row(
      label: "blocking", engine: EngineSettings(.blocking), timeout: Milliseconds(.milliseconds(70)),
      address: "203.0.113.80", method: "icmp")
    row.runs = [
      .init(
        answered: [1, 2], elapsed: .microseconds(71_234), slowest: .milliseconds(45), lateBy: [.microseconds(3)],
        cost: .init(
          bias: .nanoseconds(-5), threads: 30, descriptors: 31, processor: .milliseconds(2), contextSwitches: 40,
          labLateness: .microseconds(90), repeats: 1))
    ]
    return RunComparison(
      kind: .engines, target: "demo.test", network: "lab demo", isVirtual: false,
      timeout: Milliseconds(.milliseconds(70)),
      isEnriched: true, runCount: 1, seed: .max, pause: Milliseconds(.zero), load: 2, isTruthOfLab: true, rows: [row])
  }

  private var paths: PathComparison {
    let before = TraceResult.sample(ProbeLines.trace("1 192.0.2.1 1\n2 203.0.113.80 2 echo", end: .reached(.first)))
    let after = TraceResult.sample(ProbeLines.trace("1 192.0.2.9 1\n2 203.0.113.80 9 echo", end: .reached(.first)))
    return PathComparison(before, after, labels: ("%1", "%2"))
  }

  @Test("they come back as they were")
  func roundTrips() throws {
    for content in [ComparisonResult.Content.runs(runs), .paths(paths)] {
      let result = try result(content)
      #expect(try StoreForm.decodeComparison(StoreForm.encode(result)) == result)
      let file = SavedResults.text([StoreForm.encode(result)], version: "1")
      #expect(try SavedResults.load(file).comparisons == [result])
    }
  }

  @Test("one that was stored when its fields had other names can still be read")
  func oldNames() throws {
    let result = try result(.runs(runs))
    var text = StoreForm.encode(result)
    for (old, new) in RunComparison.oldNames { text = text.replacing("\"\(new)\":", with: "\"\(old)\":") }
    #expect(text.contains("\"lateBy\":") && !text.contains("\"late_by\":"))
    #expect(try StoreForm.decodeComparison(text) == result)
  }

  @Test("one that was stored before timeouts were can still be read")
  func withoutTimeout() throws {
    let text = StoreForm.encode(try result(.paths(paths)))
    #expect(text.contains("\"timeout_ms\":1000"))
    let read = try StoreForm.decodeComparison(
      text.replacing(",\"timeout_ms\":1000", with: "").replacing("\"timeout_ms\":1000,", with: ""))
    guard case .paths(let comparison) = read.content else {
      Issue.record("It is a comparison of two paths.")
      return
    }
    #expect(comparison.first.timeout == nil)
    #expect(comparison.rows == paths.rows)
  }

  @Test(
    "a number that cannot be is refused with its place",
    arguments: [
      ("\"answered\":[1,2]", "\"answered\":[1,256]"), ("\"threads\":30", "\"threads\":-1"),
      ("\"run_count\":1", "\"run_count\":-1"), ("\"context_switches\":40", "\"context_switches\":9000000000000"),
      ("\"threads\":512", "\"threads\":0"),
    ])
  func refused(of right: String, wrong: String) throws {
    let text = StoreForm.encode(try result(.runs(runs)))
    #expect(text.contains(right))
    #expect(throws: StoreFormError.malformed("comparison.runs holds a number that cannot be")) {
      try StoreForm.decodeComparison(text.replacing(right, with: wrong))
    }
  }

  @Test("of two paths, too")
  func refusedPaths() throws {
    let text = StoreForm.encode(try result(.paths(paths)))
    #expect(text.contains("\"ttl\":2"))
    #expect(throws: StoreFormError.malformed("comparison.paths holds a number that cannot be")) {
      try StoreForm.decodeComparison(text.replacing("\"ttl\":2", with: "\"ttl\":0"))
    }
  }

  @Test("what holds both or neither is refused")
  func shape() throws {
    let text = StoreForm.encode(try result(.runs(runs)))
    #expect(throws: StoreFormError.self) {
      try StoreForm.decodeComparison(text.replacing("\"runs\":{", with: "\"rums\":{"))
    }
    #expect(throws: StoreFormError.unknownKind("comparison")) { try StoreForm.decodeTrace(text) }
  }

  @Test("whatever is damaged in it is told, never a trap")
  func damaged() throws {
    let bytes = Array(StoreForm.encode(try result(.paths(paths))).utf8)
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0...Int.random(in: 0..<3, using: &generator) {
        damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0x20...0x7e, using: &generator)
      }
      do throws(StoreFormError) {
        // What still reads can be shown.
        _ = try StoreForm.decodeComparison(String(decoding: damaged, as: UTF8.self)).outcome
      } catch {
        #expect(!error.reason.isEmpty)
      }
    }
  }
}
