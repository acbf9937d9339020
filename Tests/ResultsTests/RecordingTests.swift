import Probing
import TestSupport
import Testing
import Tracing

@testable import Results

@Suite("Recording")
struct RecordingTests {
  private static func file(_ results: [TraceResult]) -> String {
    Recording.heading(version: "1") + results.map { Recording.line($0) }.joined()
  }

  private static func results() throws -> [TraceResult] {
    var first = try PacketStoreTests.result()
    first.id = try #require(ResultID("@aaaa"))
    var second = try PacketStoreTests.result(.udp, seed: 2)
    second.id = try #require(ResultID("@bbbb"))
    return [first, second]
  }

  @Test("what was recorded is read again, and a later line of a trace counts")
  func whole() throws {
    let results = try Self.results()
    let recording = try Recording(Array(Self.file(results + [results[0]]).utf8))
    #expect(recording.traces == results)
    #expect(recording.damages.isEmpty)
  }

  @Test("a file that was cut off anywhere loses the line that was being written, and says where it begins")
  func cutOff() throws {
    let results = try Self.results()
    let bytes = Array(Self.file(results).utf8)
    let last = bytes.count - Recording.line(results[1]).utf8.count
    for length in stride(from: last + 1, to: bytes.count, by: 997) {
      let recording = try Recording(Array(bytes[..<length]))
      #expect(recording.traces == [results[0]])
      #expect(recording.damages.map(\.offset) == [last])
    }
  }

  @Test("a damaged line is told with its place, and those behind it are read")
  func damaged() throws {
    let results = try Self.results()
    let heading = Recording.heading(version: "1")
    let recording = try Recording(Array((heading + "{\"ftrsh\":1}\n" + Recording.line(results[1])).utf8))
    #expect(recording.traces == [results[1]])
    #expect(recording.damages.map(\.offset) == [heading.utf8.count])
  }

  @Test("however many lines are damaged, those behind them are read, and the first damages are told")
  func manyDamages() throws {
    let results = try Self.results()
    let bad = String(repeating: "{}\n", count: Recording.mostDamages + 5)
    let recording = try Recording(Array((Recording.heading(version: "1") + bad + Recording.line(results[1])).utf8))
    #expect(recording.traces == [results[1]])
    #expect(recording.damages.count == Recording.mostDamages)
  }

  @Test(
    "another file is refused",
    arguments: ["", "\n", "x", "{}\n", "{\"ftrsh\":\"results\",\"schema\":1}\n", "\u{0}\u{0}", "[1,2]\n{}\n"])
  func foreign(text: String) {
    #expect(throws: StoreFormError.notOurs) { try Recording(Array(text.utf8)) }
  }

  @Test("a file of a later version is refused as such")
  func later() {
    #expect(throws: StoreFormError.newer(schema: 9)) {
      try Recording(Array("{\"ftrsh\":\"recording\",\"schema\":9}\n".utf8))
    }
  }
}
