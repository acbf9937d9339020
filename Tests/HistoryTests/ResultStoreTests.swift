import Enrichment
import FoundationEssentials
import Glibc
import History
import Results
import SQLite
import SystemIO
import TestSupport
import Testing
import Tracing

@Suite("The store of results")
struct ResultStoreTests {
  private let bench: StoreBench

  init() throws { bench = try StoreBench() }

  @Test("a result outlives the shell that made it, with everything in it")
  func everything() throws {
    #expect(bench.store().keep(.everything) == [TraceResult.everything.id])
    #expect(try bench.store().trace(TraceResult.everything.id) == .everything)
  }

  @Test("a shell that keeps nothing makes no file")
  func lazy() throws {
    let store = bench.store()
    #expect(store.keep([StoredRecord(.everything)], .nothing) == nil)
    #expect(ResultStore.latestIDs(path: bench.path, 5) == [])
    #expect(!FileManager.default.fileExists(atPath: bench.path))
  }

  @Test("what is read behind the end is added")
  func update() throws {
    let store = bench.store()
    var result = StoreBench.result(1)
    store.keep(result, StoreBench.result(2))
    result.trace.addDuplicates(2, of: ProbeID(ttl: .first, attempt: 0))
    store.update(StoredRecord(result))
    #expect(try bench.store().trace(result.id) == result)
    #expect(try bench.store().trace(StoreBench.id(2)) == StoreBench.result(2))
  }

  @Test("a result that was deleted does not come back with what is read behind its end")
  func updateOfDeleted() {
    let store = bench.store()
    store.keep(StoreBench.result(1))
    #expect(bench.store().delete([StoreBench.id(1), StoreBench.id(2)]) == 1)
    store.update(StoredRecord(StoreBench.result(1)))
    #expect(store.ids == [])
    // Nor over another one that has its id by now.
    var other = StoreBench.result(1, target: "other.test")
    other.started = WallTime(milliseconds: 0)
    store.keep(other)
    store.update(StoredRecord(StoreBench.result(1)))
    #expect(store.list()?.summaries == [StoredSummary(other)])
  }

  @Test("an id that another shell has taken is drawn again, and all or none are stored")
  func takenID() throws {
    bench.store().keep(StoreBench.result(1))
    var mine = StoreBench.result(1, target: "other.test")
    mine.id = StoreBench.id(1)
    var draws = [StoreBench.id(3), StoreBench.id(1)]
    let ids = bench.store().keep([StoredRecord(mine), StoredRecord(StoreBench.result(2))], .usual) { _ in
      draws.popLast() ?? StoreBench.id(9)
    }
    #expect(ids == [StoreBench.id(3), StoreBench.id(2)])
    #expect(try bench.store().trace(StoreBench.id(3))?.target == "other.test")
    #expect(try bench.store().trace(StoreBench.id(1))?.target == "demo.test")
  }

  @Test("the same result stored twice is stored once")
  func twice() {
    bench.store().keep(StoreBench.result(1))
    #expect(bench.store().keep(StoreBench.result(1)) == [StoreBench.id(1)])
    #expect(bench.store().ids == [StoreBench.id(1)])
  }

  @Test("a result that got another id in the store says so itself: loaded from a file, it is the same")
  func twiceWithAnotherID() throws {
    bench.store().keep(StoreBench.result(1))
    let mine = StoreBench.result(1, target: "other.test")
    let draw: (ResultID) -> ResultID = { _ in StoreBench.id(3) }
    #expect(bench.store().keep([StoredRecord(mine)], .usual, draw: draw) == [StoreBench.id(3)])
    var saved = mine
    saved.id = StoreBench.id(3)
    #expect(bench.store().keep(saved) == [StoreBench.id(3)])
    // With the id that it had in its file, too: the store knows it by the one it gave.
    #expect(bench.store().keep([StoredRecord(mine)], .usual, draw: { _ in StoreBench.id(4) }) == [StoreBench.id(3)])
    #expect(bench.store().ids.map { Set($0) } == [StoreBench.id(1), StoreBench.id(3)])
  }

  @Test("a list has the newest first, and holds what the filter asks for")
  func filter() throws {
    let store = bench.store()
    let far = StoreBench.result(2, target: "far.test", end: .reached(.first))
    store.keep(StoreBench.result(1), far, StoreBench.result(3))
    #expect(store.ids == [3, 2, 1].map(StoreBench.id))
    func ids(_ set: (inout ResultFilter) -> Void) -> [ResultID]? {
      var filter = ResultFilter()
      set(&filter)
      return store.list(filter)?.summaries.map(\.id)
    }
    #expect(ids { $0.target = "FAR.test" } == [StoreBench.id(2)])
    #expect(ids { $0.target = "203.0.113.80" } == [3, 2, 1].map(StoreBench.id))
    #expect(ids { $0.target = "x' OR 1 --" } == [])
    #expect(ids { $0.since = far.started } == [3, 2].map(StoreBench.id))
    #expect(ids { $0.isReached = false } == [3, 2, 1].map(StoreBench.id))
    #expect(ids { $0.network = "live" } == [])
    #expect(ids { $0.limit = 2 } == [3, 2].map(StoreBench.id))
    #expect(ResultStore.latestIDs(path: bench.path, 2) == [3, 2].map(StoreBench.id))
    #expect(store.list()?.summaries.last == StoredSummary(StoreBench.result(1)))
  }

  @Test("the oldest make way by number, by age, and never the one that has just come")
  func retention() {
    let store = bench.store()
    for number in 1...5 {
      _ = store.keep([StoredRecord(StoreBench.result(number))], .newest(3))
      bench.advance(by: .seconds(60))
    }
    #expect(store.ids == [5, 4, 3].map(StoreBench.id))
    #expect(store.prune(.within(.seconds(130))) == 1)
    #expect(store.ids == [5, 4].map(StoreBench.id))
    bench.advance(by: .seconds(3_600))
    _ = store.keep([StoredRecord(StoreBench.result(6))], .within(.zero))
    #expect(store.ids == [StoreBench.id(6)])
    _ = store.keep([StoredRecord(StoreBench.result(7)), StoredRecord(StoreBench.result(8))], .newest(1))
    #expect(store.ids == [8, 7].map(StoreBench.id))
    #expect(store.prune(.nothing) == 0)
    #expect(store.deleteAll() == 2)
    #expect(store.ids == [])
  }

  @Test("a result that was stored while the clock was wrong takes none with it that is young enough")
  func wrongClock() {
    let store = bench.store()
    store.keep(StoreBench.result(1))
    bench.advance(by: .seconds(-1_700_000_000))
    store.keep(StoreBench.result(2))
    bench.advance(by: .seconds(1_700_000_060))
    store.keep(StoreBench.result(3))
    #expect(store.prune(.within(.seconds(86_400))) == 1)
    #expect(store.ids == [3, 1].map(StoreBench.id))
    // What has just come stays, whatever the time is.
    bench.advance(by: .seconds(-1_700_000_000))
    #expect(store.keep([StoredRecord(StoreBench.result(4))], .within(.zero)) == [StoreBench.id(4)])
    #expect(store.ids == [4, 3, 1].map(StoreBench.id))
  }

  @Test("a disk that nobody looks at does not fill up: documents of a gibibyte are the most")
  func mostBytes() throws {
    let store = bench.store()
    for number in 1...4 { store.keep(StoreBench.result(number)) }
    try bench.intruder().execute("UPDATE results SET bytes = 1 << 29")
    store.keep(StoreBench.result(5))
    #expect(store.ids == [5, 4].map(StoreBench.id))
  }

  @Test("rows of kinds that a later version made are counted and left alone")
  func laterKind() throws {
    let store = bench.store()
    store.keep(StoreBench.result(1), StoreBench.result(2))
    try bench.intruder().execute("UPDATE results SET kind = 'dream' WHERE id = '\(StoreBench.id(1).text)'")
    #expect(store.list()?.unknownCount == 1)
    #expect(store.ids == [StoreBench.id(2)])
    #expect(store.find(StoreBench.id(1)) == .absent)
  }

  @Test("several shells write and read at once: every result is stored once, and the file stays whole")
  func severalShells() throws {
    let wrong = Locked<[String]>([])
    let threads = try (0..<4).map { shell in
      try Thread("shell") { [bench] in
        let store = bench.store()
        for number in 0..<50 {
          let mine = StoreBench.result(shell * 50 + number)
          if store.keep(mine) != [mine.id] { wrong.withLock { $0.append("\(mine.id) is not stored") } }
          store.update(StoredRecord(mine))
          if store.find(mine.id).record == nil { wrong.withLock { $0.append("\(mine.id) is not found") } }
        }
        for note in store.takeNotes() { wrong.withLock { $0.append(note.reason) } }
      }
    }
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == [])
    #expect(bench.store().ids == (0..<200).reversed().map(StoreBench.id))
    #expect(try bench.isWhole())
  }

  /// The directory of a test whose child process kills itself: the child knows its parent.
  private static func path(ofParent parent: pid_t) -> String {
    FileManager.default.temporaryDirectory.path + "/ftrsh-killed-results-\(parent)/results.db"
  }

  @Test("a shell that is killed while it stores loses that result and nothing else")
  func killed() async throws {
    let path = Self.path(ofParent: getpid())
    defer {
      do { try FileManager.default.removeItem(atPath: String(path.dropLast("/results.db".count))) } catch {
        Issue.record(error)
      }
    }
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let store = ResultStore(path: Self.path(ofParent: getppid()))
      store.keep(StoreBench.result(1))
      let unfinished = StoredRecord(StoreBench.result(2))
      // Killed inside the transaction: behind the first row, when the second's id is looked for.
      _ = store.keep([unfinished, StoredRecord(StoreBench.result(1, target: "x"))], .usual) { _ in
        kill(getpid(), SIGKILL)
        return StoreBench.id(3)
      }
    }
    let store = ResultStore(path: path)
    #expect(store.ids == [StoreBench.id(1)])
    #expect(store.keep(StoreBench.result(2)) == [StoreBench.id(2)])
    #expect(store.takeNotes() == [])
  }
}
