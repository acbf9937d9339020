import Packets
import Results
import TestSupport
import Testing
import Time
import Tracing

@Suite("Results as they are stored")
struct StoreFormTests {
  private let json = StoreForm.encode(.everything)

  @Test("a result with one of everything is read back as it was")
  func everything() throws {
    #expect(try StoreForm.decodeTrace(json) == .everything)
  }

  @Test("a trace in flight is read back as one")
  func unfinished() throws {
    let result = TraceResult.sample(ProbeLines.trace("1 pending", end: nil))
    #expect(try StoreForm.decodeTrace(StoreForm.encode(result)) == result)
  }

  @Test(
    "every end of a path is read back as it was",
    arguments: [
      TraceEnd.reached(.usualLast), .loop(.first), .gapLimit, .exhausted, .cancelled, .overall,
      .failed(SendFailure(call: "socket", errno: 1, reason: "no", advice: "yes")),
    ])
  func ends(end: TraceEnd) throws {
    let result = TraceResult.sample(ProbeLines.trace("1 *", end: end))
    #expect(try StoreForm.decodeTrace(StoreForm.encode(result)) == result)
  }

  @Test("the form is one line of printable ASCII, and equal results have equal forms")
  func oneLine() {
    #expect(json.utf8.allSatisfy { (0x20...0x7e).contains($0) })
    #expect(StoreForm.encode(.everything) == json)
  }

  @Test(
    "what cannot be is refused with its place",
    arguments: [
      ("\"attempt\":1", "\"attempt\":2", "trace.trace.probes.1.attempt: 2 where 1 was to be next"),
      ("\"ttl\":8", "\"ttl\":31", "trace.trace.probes.10.ttl: 31 was not asked for"),
      ("\"ttl\":9", "\"ttl\":0", "trace.trace.probes.11.ttl: not a TTL, 1 to 255"),
      ("\"queries\":3", "\"queries\":1001", "trace.trace.request.queries is out of range"),
      ("\"window\":30", "\"window\":0", "trace.trace.request.window is out of range"),
      ("\"gap_limit\":4", "\"gap_limit\":0", "trace.trace.request.gap_limit is out of range"),
      ("\"patience\":2.5", "\"patience\":-1", "trace.trace.request.patience is out of range"),
      ("\"timeout\":1000000000", "\"timeout\":-1", "trace.trace.request: a time is negative"),
      ("\"first_ttl\":1", "\"first_ttl\":31", "trace.trace.request.last_ttl is before first_ttl"),
      ("\"beyond\":3", "\"beyond\":-3", "trace.trace.beyond is out of range"),
      ("\"foreign\":7", "\"foreign\":9223372036854775807", "trace.trace.foreign is out of range"),
      ("\"duplicates\":1", "\"duplicates\":9223372036854775807", "trace.trace.probes.0.duplicates is out of range"),
      ("\"began\":1000000000", "\"began\":9223372036854775807", "trace.trace.began is out of range"),
      ("\"ended\":100000000", "\"ended\":9223372036854775807", "trace.trace.ended: longer than ten years"),
      ("\"ended\":100000000", "\"ended\":null", "trace.trace.ended is missing"),
      ("\"end\":{", "\"dne\":{", "trace.trace.end is missing"),
      ("\"label\":1048575", "\"label\":1048576", "trace.trace.probes.11.reply.extensions: a field is out of range"),
      (
        "\"bytes\":\"000fa9ff\"", "\"bytes\":\"0:0fa9ff\"",
        "trace.trace.probes.11.reply.extensions: a field is out of range"
      ),
      ("\"name\":\"before\"", "\"name\":\"1\"", "trace.name is none"),
      ("\"id\":\"k7f3\"", "\"id\":\"../x\"", "trace.id: not the id of a result"),
      ("\"target\":\"203.0.113.80\"", "\"target\":\"203.0.113\"", "trace.trace.request.target: not an IP address"),
      ("\"started\":\"2026-", "\"started\":\"2026", "trace.started: not a time like 2026-11-24T00:17:23.042Z"),
      ("\"sources\":[\"cymru\"]", "\"sources\":[\"x\"]", "trace.enrichment.request.sources: 'x' is none"),
      ("\"source\":\"mmdb\",\"state\":\"known\"", "\"state\":\"known\"", "trace.enrichment.origin.source is missing"),
    ])
  func refused(found: String, instead: String, complaint: String) throws {
    let range = try #require(json.firstRange(of: found), "the form has no \(found)")
    #expect(throws: StoreFormError.malformed(complaint)) {
      try StoreForm.decodeTrace(json.replacingCharacters(in: range, with: instead))
    }
  }

  @Test(
    "what is newer, of another kind or not ours is told apart",
    arguments: [
      ("\"schema\":1", "\"schema\":2", StoreFormError.newer(schema: 2)),
      ("\"kind\":\"trace\"", "\"kind\":\"dream\"", .unknownKind("dream")),
      ("\"kind\":\"trace\"", "\"kind\":\"comparison\"", .unknownKind("comparison")),
      ("\"ftrsh\":\"result\"", "\"ftrsh\":\"results\"", .notOurs),
      ("\"schema\":1", "\"schema\":0", .notOurs),
      ("{", "[", .notOurs),
    ])
  func strangers(found: String, instead: String, error: StoreFormError) throws {
    let range = try #require(json.firstRange(of: found))
    #expect(throws: error) { try StoreForm.decodeTrace(json.replacingCharacters(in: range, with: instead)) }
  }

  @Test(
    "random damage is refused or gives a result that can be shown", arguments: SeededGenerator.seeds(for: "StoreForm"))
  func randomDamage(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let whole = Array(json.utf8)
    let bytes = Array("0123456789-.eE\"{}[]:,nulltruefalse\u{0}\u{7f}".utf8) + [0xff, 0xc3]
    var (read, refused) = (0, 0)
    for _ in 0..<1_000 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[place] = bytes[Int.random(in: 0..<bytes.count, using: &random)]
        case 1: damaged.remove(at: place)
        case _: damaged.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
        }
      }
      do throws(StoreFormError) {
        let result = try StoreForm.decodeTrace(String(decoding: damaged, as: UTF8.self))
        // Every sum and mean is made, and what was read can be stored.
        _ = ResultCoding.encode(TraceDocument(result))
        _ = StoreForm.encode(result)
        read += 1
      } catch {
        refused += 1
      }
    }
    // Damage in a text is none to the form.
    #expect(read > 0 && refused > 0)
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}

@Suite("Files of results")
struct SavedResultsTests {
  private let one = TraceResult.sample(ProbeLines.trace("1 10.0.0.1 1", end: .exhausted))
  private var text: String {
    SavedResults.text([StoreForm.encode(.everything), StoreForm.encode(one)], version: "1.0")
  }

  @Test("a file is read back as it was, with a line for each result")
  func roundTrip() throws {
    #expect(try SavedResults.load(text) == SavedResults.Loaded(traces: [.everything, one]))
    #expect(text.split(separator: "\n").count == 4)
    #expect(try SavedResults.load(SavedResults.text([], version: "1.0")).traces == [])
  }

  @Test("a kind of a later version is left out and named")
  func unknownKind() throws {
    let later = text.replacing(
      "{\"ftrsh\":\"result\",\"kind\":\"trace\"", with: "{\"ftrsh\":\"result\",\"kind\":\"dream\"")
    #expect(try SavedResults.load(later) == SavedResults.Loaded(unknownKinds: ["dream", "dream"]))
  }

  @Test("a file that was cut off anywhere is refused, and never read half")
  func cut() {
    let bytes = Array(text.utf8)
    for length in stride(from: 0, to: bytes.count - 3, by: 97) {
      let part = String(decoding: bytes[..<length], as: UTF8.self)
      #expect(throws: StoreFormError.self, "\(length)") { try SavedResults.load(part) }
    }
  }

  @Test(
    "what is newer or not ours is told apart",
    arguments: [
      ("", StoreFormError.notOurs), ("{}", .notOurs), ("#!/bin/sh\n", .notOurs),
      ("{\"schema\":1,\"command\":\"trace\"}", .notOurs),
      ("{\"ftrsh\":\"results\",\"schema\":2,\"results\":17}", .newer(schema: 2)),
      ("{\"ftrsh\":\"results\",\"schema\":1}", .malformed("results is missing")),
    ])
  func strangers(text: String, error: StoreFormError) {
    #expect(throws: error) { try SavedResults.load(text) }
  }

  @Test("what is wrong with one result is said with its place")
  func place() {
    #expect(throws: StoreFormError.malformed("results.0.trace.trace.probes.1.attempt: 9 where 1 was to be next")) {
      try SavedResults.load(text.replacing("\"attempt\":1", with: "\"attempt\":9", maxReplacements: 1))
    }
  }
}
