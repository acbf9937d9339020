import Enrichment
import FoundationEssentials
import Glibc
import Lookups
import Packets
import SystemIO
import TestSupport
import Testing

/// Asks as a driver on the look-ups' loop does.
private actor LocalAsker {
  let loop: EventLoop
  let sources: LocalSources

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(on loop: EventLoop) throws(SystemError) {
    self.loop = loop
    sources = try LocalSources(on: loop)
  }

  /// The answer, and whether it came before the call returned.
  func ask(_ question: Question) async -> (answer: Answer, isAtOnce: Bool) {
    let hasReturned = Locked(false)
    return await withCheckedContinuation { continuation in
      sources.answer(question) { [loop] answer in
        #expect(loop.isCurrent)
        continuation.resume(returning: (answer, !hasReturned.withLock { $0 }))
      }
      hasReturned.withLock { $0 = true }
    }
  }

  func content(_ question: Question) async -> Answer.Content {
    await ask(question).answer.content
  }

  /// Asks several before any can be answered.
  func askTogether(_ questions: [Question]) async -> [Answer] {
    let (answers, reports) = AsyncStream<Answer>.makeStream()
    for question in questions { sources.answer(question) { reports.yield($0) } }
    var collected: [Answer] = []
    for await answer in answers.prefix(questions.count) { collected.append(answer) }
    return collected
  }
}

@Suite("Local sources")
struct LocalSourcesTests {
  private let directory: TemporaryDirectory
  private let asker: LocalAsker
  private let router = IPAddress(192, 0, 2, 9)
  private var table: String { directory.path + "/table.tsv" }
  private var database: String { directory.path + "/asn.mmdb" }

  init() throws {
    directory = try TemporaryDirectory()
    asker = try LocalAsker(on: try EventLoop())
  }

  private func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  private func databaseBytes(_ number: UInt32, layout: String = "GeoLite2-ASN") throws -> [UInt8] {
    var writer = MaxMindWriter(layout: layout)
    let value = MaxMindWriter.Value.map(["autonomous_system_number": .uint32(number)])
    writer.add(try #require(Prefix("192.0.2.0/24")), value)
    return writer.bytes
  }

  private func origin(_ number: UInt32, country: String? = nil, name: String? = nil) -> Answer.Content {
    .origin(Origin(asns: [number], prefix: Prefix("192.0.2.0/24"), country: country, name: name))
  }

  @Test("the first question waits for the file, those after it are answered at once")
  func waitsOnce() async throws {
    try write("192.0.2.0\t192.0.2.255\t64500\tZZ\tEXAMPLE\n", to: table)
    let question = Question.origin(router, .table(table))
    let first = await asker.ask(question)
    #expect(
      first.answer == Answer(origin(64500, country: "ZZ", name: "EXAMPLE"), from: .table, lifetime: .seconds(60)))
    #expect(!first.isAtOnce)
    let second = await asker.ask(question)
    #expect(second.answer == first.answer)
    #expect(second.isAtOnce)
    let absent = await asker.ask(.origin(IPAddress(198, 51, 100, 1), .table(table)))
    #expect(absent.answer == Answer(.absent, from: .table, lifetime: .seconds(60)))
    #expect(asker.sources.takeNotes() == [])
    #expect(asker.sources.sizes.map(\.entries) == [1])
  }

  @Test("questions that come while the file is opened are all answered")
  func together() async throws {
    try write((0..<256).map { "192.0.\($0).0\t24\t\($0 + 1)\n" }.joined(), to: table)
    let questions = (UInt8(0)...255).map { Question.origin(IPAddress(192, 0, $0, 9), .table(table)) }
    let answers = await asker.askTogether(questions)
    let asns: [[UInt32]] = answers.map { answer in
      if case .origin(let origin) = answer.content { origin.asns } else { [] }
    }
    // A question that comes when the file is open is answered at once, and so before those that still wait.
    #expect(Set(asns) == Set((UInt32(1)...256).map { [$0] }))
    #expect(asns.count == 256)
  }

  @Test("a database answers origins and places; one without the layout for it is told once")
  func databases() async throws {
    try Data(databaseBytes(64500)).write(to: URL(filePath: database))
    #expect(await asker.content(.origin(router, .maxMind(database))) == origin(64500))
    let failure = LookupFailure(
      .unusable, "'\(database)' is not used: its layout 'GeoLite2-ASN' has no cities or countries")
    for _ in 0..<2 {
      let place = await asker.ask(.place(router, database: database))
      #expect(place.answer == Answer(.failed(failure), from: .maxMind, lifetime: .seconds(5)))
    }
    #expect(
      asker.sources.takeNotes() == [
        LookupNote(
          "'\(database)' is not used", reason: "its layout 'GeoLite2-ASN' has no cities or countries",
          advice: "a database with the layout of GeoLite2-City or GeoLite2-Country")
      ])
    #expect(asker.sources.takeNotes() == [])
  }

  @Test("a file that is replaced by another is noticed by the next question")
  func replaced() async throws {
    try Data(databaseBytes(64500)).write(to: URL(filePath: database))
    try write("192.0.2.0\t24\t64500\n", to: table)
    #expect(await asker.content(.origin(router, .maxMind(database))) == origin(64500))
    #expect(await asker.content(.origin(router, .table(table))) == origin(64500))
    try Data(databaseBytes(64501)).write(to: URL(filePath: database + ".new"))
    try write("192.0.2.0\t24\t64501\n", to: table + ".new")
    try #require(rename(database + ".new", database) == 0)
    try #require(rename(table + ".new", table) == 0)
    #expect(await asker.content(.origin(router, .maxMind(database))) == origin(64501))
    #expect(await asker.content(.origin(router, .table(table))) == origin(64501))
    #expect(asker.sources.takeNotes() == [])
  }

  @Test("a mapped file that is cut short under us is a note, and used again when it is whole")
  func cutShort() async throws {
    let bytes = try databaseBytes(64500)
    try Data(bytes).write(to: URL(filePath: database))
    let question = Question.origin(router, .maxMind(database))
    #expect(await asker.content(question) == origin(64500))
    try #require(truncate(database, 0) == 0)
    for _ in 0..<2 {
      #expect(
        await asker.content(question) == .failed(LookupFailure(.unusable, "'\(database)' is not used: it is empty")))
    }
    #expect(asker.sources.takeNotes().map(\.reason) == ["it is empty"])
    #expect(asker.sources.sizes == [])
    try Data(bytes).write(to: URL(filePath: database))
    #expect(await asker.content(question) == origin(64500))
    #expect(asker.sources.takeNotes() == [])
  }

  @Test("a file that is missing is told once, and used when it has come")
  func missing() async throws {
    let question = Question.origin(router, .table(table))
    let why = "no such file or directory (ENOENT from open)"
    for number in 0..<3 {
      let (answer, isAtOnce) = await asker.ask(question)
      #expect(answer.content == .failed(LookupFailure(.unusable, "'\(table)' is not used: \(why)")))
      #expect(isAtOnce == (number > 0), "It is not opened again before it has changed.")
    }
    #expect(
      asker.sources.takeNotes() == [
        LookupNote("'\(table)' is not used", reason: why, advice: "name a file that can be read")
      ]
    )
    try write("192.0.2.0\t24\t64500\n", to: table)
    #expect(await asker.content(question) == origin(64500))
  }

  @Test("lines that cannot be used are told once, by number, and the others are used")
  func faults() async throws {
    try write("192.0.2.0\t24\t64500\nx\n192.0.2.0\t33\t1\n" + String(repeating: "y\n", count: 5), to: table)
    #expect(await asker.content(.origin(router, .table(table))) == origin(64500))
    let notes = asker.sources.takeNotes()
    let fields = "not three or five fields with tabs between"
    #expect(
      notes == [
        LookupNote(
          "7 lines of '\(table)' cannot be used",
          reason: "line 2: \(fields); line 3: no prefix length of that family; line 4: \(fields); line 5: \(fields); "
            + "line 6: \(fields); and 2 more",
          advice: "get the file again; the other lines are used")
      ])
    #expect(await asker.content(.origin(router, .table(table))) == origin(64500))
    #expect(asker.sources.takeNotes() == [])
  }

  @Test("files that are no longer a source are closed")
  func closing() async throws {
    try write("192.0.2.0\t24\t64500\n", to: table)
    try Data(databaseBytes(64500)).write(to: URL(filePath: database))
    #expect(await asker.content(.origin(router, .table(table))) == origin(64500))
    #expect(await asker.content(.origin(router, .maxMind(database))) == origin(64500))
    #expect(asker.sources.sizes.map(\.path) == [database, table])
    asker.sources.keep(only: [database])
    #expect(asker.sources.sizes.map(\.kind) == [.maxMind])
    #expect(await asker.ask(.origin(router, .table(table))).isAtOnce == false)
  }

  @Test("no more than 16 files are open")
  func bounded() async throws {
    for number in 0..<40 {
      let path = table + "\(number)"
      try write("192.0.2.0\t24\t\(number + 1)\n", to: path)
      #expect(await asker.content(.origin(router, .table(path))) == origin(UInt32(number + 1)))
      #expect((1...16).contains(asker.sources.sizes.count))
    }
  }
}
