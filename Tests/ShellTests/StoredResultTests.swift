import FoundationEssentials
import Glibc
import History
import Results
import Shell
import Simulation
import TestSupport
import Testing
import Tracing

@Suite("Results that last")
struct StoredResultTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/state/results.db" }

  init() throws { directory = try TemporaryDirectory() }

  private func ids() -> [String] { ResultStore.latestIDs(path: path, 1_000).map(\.description) }

  private func stored(_ id: String) throws -> TraceResult {
    let id = try #require(ResultID(id))
    let record = try #require(ResultStore(path: path).find(id).record)
    return try StoreForm.decodeTrace(record.document)
  }

  @Test("what is stored of each network of the lab is the result of the session, and nothing less", arguments: [1, 2])
  func everyNetwork(seed: Int) async throws {
    let targets = LabOnly.shipped.targetNames
    #expect(!targets.isEmpty)
    let (session, console) = makeSession(.script, resultsPath: path)
    _ = await session.run(
      """
      set lab.seed \(seed); set format json; set on-error continue
      trace \(targets.joined(separator: " ")) -q 2 > /dev/null
      trace \(targets.joined(separator: " ")) -U --timeout 20ms > /dev/null
      """.utf8, name: "-c")
    await session.storeChanges()
    let entries = await session.results.entries
    #expect(entries.count == targets.count * 2, "\(console.text)")
    for entry in entries {
      guard case .trace(let result) = entry.content else { continue }
      #expect(try stored(result.id.description) == result, "\(result.target)")
    }
  }

  @Test("a result is stored before its last line is shown, and has the id that JSON says")
  func storedFirst() async throws {
    let outcome = await run("trace demo.test --json; trace demo.test", resultsPath: path)
    #expect(outcome.status == 0)
    #expect(ids() == ["@k7f4", "@k7f3"])
    #expect(outcome.text.contains("\"id\":\"@k7f3\""))
  }

  @Test("an id that another session has taken is drawn again before JSON says it")
  func takenID() async throws {
    _ = await run("trace demo.test", resultsPath: path)
    let outcome = await run("trace far.demo.test --json", resultsPath: path)
    #expect(outcome.text.contains("\"id\":\"@k7f4\""))
    #expect(try stored("@k7f4").target == "far.demo.test")
    #expect(try stored("@k7f3").target == "demo.test")
  }

  @Test("a trace that was stopped is stored as far as it came")
  func cancelled() async throws {
    let (session, console) = makeSession(.prompt, resultsPath: path)
    async let line = session.enter("set timeout 1h; set patience off; trace hole.demo.test".utf8)
    while !console.text.contains("trace to") { await Task.yield() }
    session.interrupt()
    _ = await line
    await session.shutDown()
    #expect(try stored("@k7f3").trace.end == .cancelled)
    #expect(try !stored("@k7f3").trace.path.isEmpty)
  }

  @Test("late replies that come when time has passed are stored too")
  func lateReplies() async throws {
    let (session, _) = makeSession(.script, resultsPath: path)
    _ = await session.run("use lab demo; trace demo.test --timeout 20ms --patience off --enrich off".utf8, name: "-c")
    let before = try stored("@k7f3").counts.late
    _ = await session.run("sleep 5s".utf8, name: "-c")
    #expect(try stored("@k7f3").counts.late > before)
  }

  @Test("nothing is stored when results.keep is off, or there is no place")
  func off() async throws {
    #expect(await run("set results.keep off; trace demo.test", resultsPath: path).status == 0)
    #expect(!FileManager.default.fileExists(atPath: path))
    let outcome = await run("trace demo.test > /dev/null; results; results --all")
    #expect(!outcome.text.contains("@k7f3"))
    #expect(outcome.text.contains("results: there is no store of results"))
  }

  @Test(
    "a list shows the ids that last, and no others",
    arguments: ["trace demo.test > /dev/null", "load FILE > /dev/null"])
  func shownIDs(line: String) async throws {
    let file = directory.path + "/paths.json"
    #expect(await run("trace demo.test > /dev/null; save \(file)").status == 0)
    let line = line.replacing("FILE", with: file)
    #expect(await run("\(line); results", resultsPath: path).text.contains("@k7f3"))
    #expect(!(await run("set results.keep off; \(line); results", resultsPath: path).text.contains("@k7f3")))
    #expect(!(await run("\(line); results", resultsPath: "/proc/results.db").text.contains("@k7f3")))
    #expect(
      !(await run("set results.keep off; load \(file)", resultsPath: path).text.contains("@k7f3")), "'load' lists them")
  }

  @Test("a store that cannot be used is told once a session, and costs no trace")
  func unusable() async throws {
    let outcome = await run(
      "trace demo.test > /dev/null; trace demo.test > /dev/null; results; results --all",
      resultsPath: "/proc/results.db")
    #expect(
      outcome.text.split(separator: "\n").count { $0.contains("results are not stored in '/proc/results.db'") } == 1)
    #expect(outcome.text.contains("%2  "))
    #expect(outcome.text.contains("results: cannot use the stored results"))
    #expect(outcome.status == 1)
  }

  @Test(
    "an id is not said to be unknown when the store cannot be used",
    arguments: ["recall", "save x.json", "results delete"])
  func findInUnusable(command: String) async throws {
    let outcome = await run("\(command) @k7f3", resultsPath: "/proc/results.db")
    #expect(outcome.text.contains(": cannot use the stored results"))
    #expect(outcome.text.contains("why: permission denied") || outcome.text.contains("why: no such file or directory"))
    #expect(!outcome.text.contains("there is no result"))
    #expect(outcome.status == 1)
  }

  @Test("who asks for a result of a damaged store is told that it was set aside")
  func recallOfDamaged() async throws {
    try FileManager.default.createDirectory(atPath: directory.path + "/state", withIntermediateDirectories: true)
    try Data(String(repeating: "not a database\n", count: 1_000).utf8).write(to: URL(filePath: path))
    let outcome = await run("recall @k7f3", resultsPath: path)
    #expect(outcome.text.contains("there is no result @k7f3"))
    #expect(outcome.text.contains("the stored results are set aside as"))
  }

  @Test("what is no ordinary file is not loaded, and not waited for", arguments: ["pipe", "directory", "device"])
  func loadOfNoFile(kind: String) async throws {
    let place =
      switch kind {
      case "pipe": directory.path + "/pipe"
      case "device": "/dev/null"
      case _: directory.path
      }
    if kind == "pipe" { try #require(mkfifo(place, 0o600) == 0) }
    let outcome = await run("load \(place)")
    #expect(outcome.text.contains("load: cannot read '\(place)'"))
    #expect(outcome.text.contains("why: it is no ordinary file"))
    #expect(outcome.status == 1)
  }

  @Test("a file of 'save' has everything, and only a file of 'save' is replaced")
  func saveAndLoad() async throws {
    let file = directory.path + "/paths.json"
    let lines =
      "trace demo.test as before > /dev/null; trace far.demo.test > /dev/null; save \(file); save \(file) %before"
    #expect(await run(lines).status == 0)
    let (session, _) = makeSession(.script)
    _ = await session.run("load \(file); expect %before reached".utf8, name: "-c")
    #expect(await session.status.code == 0)
    #expect(await session.results.entries.count == 1)
    try Data("my notes".utf8).write(to: URL(filePath: file))
    let outcome = await run("trace demo.test > /dev/null; save \(file)")
    #expect(outcome.text.contains("'\(file)' is not replaced"))
    #expect(try Data(contentsOf: URL(filePath: file)) == Data("my notes".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["paths.json"])
  }

  @Test("results that are loaded left by other sockets than those traced here, whatever their numbers")
  func otherSockets() async throws {
    let file = directory.path + "/paths.json"
    #expect(await run("trace demo.test; trace demo.test; save \(file)").status == 0)
    let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    #expect(text.contains("\"socket\":\"lab\""))
    try Data(text.replacing("\"socket\":\"lab\"", with: "\"socket\":\"raw\"").utf8).write(to: URL(filePath: file))
    let outcome = await run("load \(file) > /dev/null; compare %1 %2 --json")
    let flow = try ResultCoding.decodeComparison(outcome.text).comparison.flow
    #expect(flow.isSame)
    #expect(flow.doubt?.contains("the ICMP identifier is that of another run") == true)
    let (session, _) = makeSession(.script)
    _ = await session.run("trace demo.test > /dev/null; load \(file) > /dev/null".utf8, name: "-c")
    #expect(await session.results.entries.map(\.isOwn) == [true, false, false])
  }

  @Test("a file that is damaged in one result keeps nothing of it")
  func damagedFile() async throws {
    let file = directory.path + "/paths.json"
    #expect(await run("trace demo.test; trace far.demo.test; save \(file)").status == 0)
    var text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    let last = try #require(text.ranges(of: "\"attempt\":0").last)
    text.replaceSubrange(last, with: "\"attempt\":7")
    try Data(text.utf8).write(to: URL(filePath: file))
    let (session, console) = makeSession(.script, resultsPath: path)
    _ = await session.run("load \(file)".utf8, name: "-c")
    #expect(console.text.contains("cannot load '\(file)'"))
    #expect(console.text.contains("it is damaged: results.1.trace.trace.probes."))
    #expect(await session.results.entries.isEmpty)
    #expect(ids() == [])
  }

  @Test("results that are loaded keep their ids, and give way to others that have them")
  func loadedIDs() async throws {
    let file = directory.path + "/paths.json"
    _ = await run("trace demo.test; trace far.demo.test; save \(file)")
    #expect(await run("load \(file); load \(file)", resultsPath: path).status == 0)
    #expect(ids() == ["@k7f4", "@k7f3"])
    let other = directory.path + "/other/results.db"
    #expect(await run("trace hole.demo.test; load \(file)", resultsPath: other).status == 0)
    #expect(Set(ResultStore.latestIDs(path: other, 9).map(\.description)).count == 3)
  }

  @Test("ids of the store are completed where one is begun")
  func completion() async throws {
    let (session, _) = makeSession(.prompt, resultsPath: path)
    _ = await session.enter("set lab.clock virtual".utf8)
    _ = await session.enter("trace demo.test".utf8)
    let completer = await session.completer
    func candidates(_ line: String) -> [String] {
      completer.complete(line, cursor: line.utf8.count).candidates.map(\.text)
    }
    #expect(candidates("recall @") == ["@k7f3"])
    #expect(candidates("expect @k7") == ["@k7f3"])
    #expect(candidates("results delete @") == ["@k7f3"])
    #expect(candidates("recall ") == ["%last", "%1"])
    #expect(candidates("results network ") == ["live", "lab"])
    #expect(candidates("results r") == ["reached"])
    #expect(candidates("results reached ") == ["on", "off"])
  }
}
