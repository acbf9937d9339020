import Results
import Shell
import TestSupport
import Testing

/// In real time, so that only what holds on the slowest machine is looked at: what was found, never how fast.
@Suite("Comparing runs", .serialized)
struct CompareRunsTests {
  private func document(of text: String) throws -> JSONValue {
    try .parse(try #require(text.split(separator: "\n").last.map(String.init)))
  }

  @Test("every engine finds the whole path when nothing presses, and the document says what it took")
  func engines() async throws {
    let outcome = await run("compare engines web.campus.test -n 2 --timeout 30s --enrich off --json --findings")
    #expect(outcome.status == 0)
    let document = try document(of: outcome.text)
    #expect(document["kind"] == .string("engines"))
    #expect(document["truth"] == .string("lab"))
    let rows = try #require(document["rows"]?.values)
    #expect(rows.map { $0["label"] } == EngineName.allCases.map { .string($0.rawValue) })
    for row in rows {
      #expect(row["failure"] == .null || row["label"] == .string("completion"), "\(row)")
      guard row["failure"] == .null else { continue }
      #expect(row["complete"] == .number(2))
      #expect(row["hops"]?.values?.count == 4)
      #expect((row["cost"]?["threads_peak"]?.number ?? 0) >= 1)
      #expect((row["cost"]?["descriptors_peak"]?.number ?? 0) >= 1)
    }
  }

  @Test("with causes each engine is there four times")
  func causes() async throws {
    let outcome = await run(
      "compare engines web.campus.test -n 1 --timeout 30s --engines blocking,multiwait --causes --json")
    let rows = try #require(try document(of: outcome.text)["rows"]?.values)
    #expect(
      rows.map { $0["label"] }
        == [
          "blocking", "blocking+pool", "blocking+names", "blocking+pool+names", "multiwait", "multiwait+pool",
          "multiwait+names", "multiwait+pool+names",
        ].map { .string($0) })
    #expect(rows.allSatisfy { $0["complete"] == .number(1) })
  }

  @Test(
    "what cannot be compared gives one document too",
    arguments: ["engines", "timeouts 30ms 1s", "protocols", "enrichment"])
  func failure(kind: String) async throws {
    let outcome = await run("compare \(kind) nosuch.demo.test -n 1 --json")
    #expect(outcome.status == 1)
    let documents = outcome.text.split(separator: "\n").filter { $0.hasPrefix("{") }
    #expect(documents.count == 1, "\(outcome.text)")
    let document = try JSONValue.parse(String(try #require(documents.first)))
    #expect(document["command"] == .string("compare"))
    #expect(document["target"] == .string("nosuch.demo.test"))
    #expect(document["error"]?["problem"] == .string("cannot find 'nosuch.demo.test'"))
  }

  @Test(
    "an option that every row has a value of its own of is refused",
    arguments: [
      "timeouts 30ms 1s web.campus.test --timeout 2s", "enrichment web.campus.test --enrich on",
      "protocols web.campus.test -U", "protocols web.campus.test --protocol udp", "families web.campus.test -6",
      "timeouts 30ms 1s web.campus.test --csv --json",
    ])
  func refused(line: String) async {
    let outcome = await run("compare \(line)")
    #expect(outcome.status == 2)
  }

  @Test("busy threads beside it are ended with it")
  func load() async throws {
    let outcome = await run("compare engines web.campus.test -n 1 --timeout 30s --engines reactor --load 2 --csv")
    #expect(outcome.status == 0)
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines[1].hasPrefix("engines,reactor,web.campus.test,10.20.8.80,lab campus,icmp,reactor,kernel,false,false,"))
  }

  @Test("a trace by another engine is a result like any other", arguments: EngineName.allCases)
  func trace(engine: EngineName) async throws {
    let outcome = await run(
      "set lab.clock real; enrich off; trace web.campus.test --timeout 30s --engine \(engine) --json")
    let document = try document(of: outcome.text)
    #expect(document["engine"] == .string(engine.rawValue))
    guard engine != .completion || document["end"]?["reason"] != .string("failed") else { return }
    #expect(document["reached"] == .bool(true))
    #expect(document["hops"]?.values?.count == 4)
  }

  @Test("an interrupt gives the table so far")
  func interrupted() async throws {
    let (session, console) = makeSession(.script)
    let lines = "compare engines demo.test -n 10000 --timeout 30s --enrich off --engines reactor --json"
    let running = Task { _ = await session.run(lines.utf8, name: "-c", arguments: []) }
    // As soon as it waits; before, the interrupt would end it before its first run, which is right too.
    await Task.yield()
    session.interrupt()
    await running.value
    #expect(await session.status.code == 130)
    let shown = console.text.split(separator: "\n")
    guard let last = shown.last else { return }
    #expect(try JSONValue.parse(String(last))["interrupted"] == .bool(true))
  }
}
