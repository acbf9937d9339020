import Enrichment
import FoundationEssentials
import Glibc
import History
import Results
import SQLite
import TestSupport
import Testing

@Suite("The store of results in trouble")
struct ResultStoreTroubleTests {
  private let bench: StoreBench

  init() throws { bench = try StoreBench() }

  /// Writes so many results and nothing but the file itself, as other shells left it.
  private func fill(_ count: Int) throws {
    let store = bench.store()
    for number in 0..<count { store.keep(StoreBench.result(number)) }
    try bench.intruder().execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// Uses a store in every way, twice: nothing may be found or kept, and it says one thing at most.
  private func note(of store: ResultStore) -> LookupNote? {
    var notes: [LookupNote] = []
    for _ in 0..<2 {
      #expect(store.keep(StoreBench.result(1)) == nil)
      store.update(StoredRecord(StoreBench.result(1)))
      #expect(store.find(StoreBench.id(1)) == .unusable)
      #expect(store.list() == nil)
      #expect(store.delete([StoreBench.id(1)]) == nil)
      #expect(store.deleteAll() == nil)
      #expect(store.prune(.usual) == nil)
      notes += store.takeNotes()
    }
    #expect(notes.count <= 1)
    return notes.first
  }

  @Test("a file that is no database is set aside, named, and a new one begun")
  func notADatabase() throws {
    try fill(3)
    let foreign = Data(String(repeating: "not a database\n", count: 1_000).utf8)
    try foreign.write(to: URL(filePath: bench.path))
    let store = bench.store()
    #expect(store.keep(StoreBench.result(7)) == [StoreBench.id(7)])
    let aside = bench.path + ".damaged-2026-11-24T00-17-23Z"
    #expect(
      store.takeNotes() == [
        LookupNote(
          "the stored results are set aside as '\(aside)', and new ones begun",
          reason: "they are damaged: file is not a database (SQLite 26 from sqlite3_step)",
          advice: "'sqlite3 \(aside) .recover' to get back what can be read")
      ])
    #expect(try Data(contentsOf: URL(filePath: aside)) == foreign)
    #expect(bench.store().ids == [StoreBench.id(7)])
    #expect(try bench.isWhole())
  }

  @Test("files that are damaged in one second get names of their own")
  func twiceDamaged() throws {
    for _ in 0..<2 {
      try fill(1)
      try Data(repeating: 0xa5, count: 5_000).write(to: URL(filePath: bench.path))
      _ = bench.store().list()
    }
    let asides = try bench.files.filter { $0.contains("damaged") }
    #expect(asides == ["results.db.damaged-2026-11-24T00-17-23Z", "results.db.damaged-2026-11-24T00-17-23Z-2"])
  }

  @Test(
    "a file with damage in its header, in its pages, or without its end is set aside when that is met",
    arguments: ["header", "pages", "end"])
  func damaged(place: String) throws {
    try fill(200)
    var bytes = try Data(contentsOf: URL(filePath: bench.path))
    switch place {
    case "header": for offset in 16..<100 { bytes[offset] = 0xff }
    case "pages": for offset in 4096..<bytes.count { bytes[offset] = 0xa5 }
    default: bytes = bytes.prefix(4096 * 3 + 100)
    }
    try bytes.write(to: URL(filePath: bench.path))
    let store = bench.store()
    #expect(store.keep(StoreBench.result(300)) == [StoreBench.id(300)])
    #expect(store.list()?.summaries.map(\.id) == [StoreBench.id(300)])
    #expect(store.takeNotes().map(\.problem).filter { $0.contains("set aside") }.count == 1)
    #expect(try bench.isWhole())
  }

  @Test("shells that find the damage together set the file aside once, and all go on in the new one")
  func damagedForSeveral() throws {
    try fill(50)
    let others = (0..<3).map { _ in bench.store() }
    for other in others { #expect(other.find(StoreBench.id(1)).record != nil) }
    // As a disk does it: under the feet of whoever has the file open.
    let file = open(bench.path, O_WRONLY | O_CLOEXEC)
    let garbage = [UInt8](repeating: 0xa5, count: 1 << 20)
    #expect(pwrite(file, garbage, garbage.count, 0) == garbage.count)
    close(file)
    let first = bench.store()
    #expect(first.keep(StoreBench.result(100)) == [StoreBench.id(100)])
    for (number, other) in others.enumerated() {
      #expect(other.keep(StoreBench.result(101 + number)) == [StoreBench.id(101 + number)])
      #expect(other.takeNotes() == [])
    }
    #expect(first.ids?.count == 4)
    #expect(
      try bench.files.filter { $0.contains("damaged") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.count == 1)
  }

  @Test("random damage anywhere never does more than a note", arguments: SeededGenerator.seeds(for: "ResultStore"))
  func randomDamage(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try fill(40)
    let whole = try Data(contentsOf: URL(filePath: bench.path))
    for _ in 0..<40 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...200, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
      }
      for suffix in ["-wal", "-shm"] { unlink(bench.path + suffix) }
      try bytes.write(to: URL(filePath: bench.path))
      let store = bench.store()
      _ = store.list()
      for number in 0..<40 {
        guard let record = store.find(StoreBench.id(number)).record else { continue }
        // A result or a typed error.
        _ = Result { () throws(StoreFormError) in try StoreForm.decodeTrace(record.document) }
      }
      store.keep(StoreBench.result(50))
      _ = store.delete([StoreBench.id(3)])
      _ = store.prune(.newest(5))
    }
  }

  @Test("a file that was removed is made anew")
  func removed() throws {
    let store = bench.store()
    store.keep(StoreBench.result(1))
    for suffix in ["", "-wal", "-shm"] { unlink(bench.path + suffix) }
    #expect(store.keep(StoreBench.result(2)) == [StoreBench.id(2)])
    #expect(bench.store().ids == [StoreBench.id(2)])
    #expect(store.takeNotes() == [])
  }

  @Test("tables of a later version are told once and not touched")
  func newer() throws {
    try fill(1)
    try bench.intruder().execute("PRAGMA user_version = 9; DROP TABLE documents")
    #expect(
      note(of: bench.store())
        == LookupNote(
          "results are not stored in '\(bench.path)'",
          reason: "a later version of ftrsh wrote it (tables 9, known are 1)",
          advice: "that version, or move it away, then start ftrsh again"))
    #expect(try bench.intruder().number("PRAGMA user_version") == 9)
  }

  @Test("another program's database is told once and not touched")
  func foreign() throws {
    try fill(1)
    try bench.intruder().execute("PRAGMA application_id = 1")
    #expect(note(of: bench.store())?.reason == "it is a database of another program")
    #expect(try bench.intruder().number("SELECT count(*) FROM results") == 1)
  }

  @Test(
    "a place where no file can be made is told once",
    arguments: [
      ("/proc/ftrsh/results.db", "no such file or directory (ENOENT from mkdir '/proc/ftrsh')"),
      ("/dev/null/results.db", "not a directory (ENOTDIR from open)"),
      ("/proc", "invalid argument (EINVAL from open '/proc')"),
    ])
  func noPlace(path: String, why: String) {
    #expect(
      note(of: ResultStore(path: path))
        == LookupNote(
          "results are not stored in '\(path)'", reason: why,
          advice: "make its directory writable, or set XDG_STATE_HOME to one that is"))
  }

  @Test("whoever holds the lock for long costs one long wait and a note, and what comes when he lets go is stored")
  func locked() throws {
    try fill(1)
    let store = bench.store(busyTimeout: .milliseconds(1))
    let other = try bench.intruder()
    try other.execute("BEGIN IMMEDIATE")
    #expect(store.keep(StoreBench.result(5)) == nil)
    #expect(store.keep(StoreBench.result(6)) == nil)
    #expect(store.takeNotes().map(\.reason) == ["another program holds its lock"])
    #expect(store.find(StoreBench.id(0)).record != nil, "Reading does not wait.")
    try other.execute("COMMIT")
    #expect(store.keep(StoreBench.result(7)) == [StoreBench.id(7)])
    #expect(store.takeNotes() == [])
  }

  @Test("a lock that is met while the file is opened costs one long wait, too")
  func lockedWhileOpening() throws {
    // Tables have to be made, which takes the lock.
    let other = try bench.emptyFile()
    try other.execute("BEGIN IMMEDIATE")
    let usual = Duration.milliseconds(200)
    let store = bench.store(busyTimeout: usual)
    #expect(store.nextWait == usual)
    #expect(store.keep(StoreBench.result(1)) == nil)
    #expect(store.nextWait < usual)
    #expect(store.keep(StoreBench.result(2)) == nil)
    #expect(store.takeNotes().map(\.reason) == ["another program holds its lock"])
    try other.execute("COMMIT")
    #expect(store.keep(StoreBench.result(3)) == [StoreBench.id(3)])
    #expect(store.nextWait == usual)
  }
}

/// A small file system in memory, gone with the object.
private final class SmallDisk {
  let directory: TemporaryDirectory

  init(bytes: Int) throws {
    directory = try TemporaryDirectory()
    try #require(mount("tmpfs", directory.path, "tmpfs", 0, "size=\(bytes)") == 0)
  }

  func makeReadOnly() throws {
    try #require(mount("tmpfs", directory.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
  }

  deinit {
    umount2(directory.path, Int32(MNT_DETACH))
  }
}

@Suite(
  "The store of results on a disk that takes nothing", .enabled(if: geteuid() == 0, "mounting a small disk needs root"))
struct ResultStoreDiskTests {
  @Test("a full disk is told once, the shell goes on, and stores again when there is room")
  func full() throws {
    let disk = try SmallDisk(bytes: 256 << 10)
    let path = disk.directory.path + "/results.db"
    let store = ResultStore(path: path)
    var stored: [ResultID] = []
    for number in 0..<500 { stored += store.keep(StoreBench.result(number)) ?? [] }
    #expect(stored.count < 500)
    let notes = store.takeNotes()
    #expect(notes.count == 1)
    #expect(notes.first?.reason.hasPrefix("database or disk is full (SQLite 13 from ") == true)
    #expect(Set(store.ids ?? []) == Set(stored), "What was stored before is whole.")
    #expect(mount("tmpfs", disk.directory.path, "tmpfs", UInt(MS_REMOUNT), "size=4194304") == 0)
    #expect(store.keep(StoreBench.result(1_000)) == [StoreBench.id(1_000)])
    #expect(store.takeNotes() == [])
  }

  @Test("a disk that cannot be written is told once, with or without a store on it")
  func readOnly() throws {
    let disk = try SmallDisk(bytes: 1 << 20)
    let path = disk.directory.path + "/results.db"
    ResultStore(path: path).keep(StoreBench.result(1))
    try disk.makeReadOnly()
    for path in [path, disk.directory.path + "/other/results.db"] {
      let store = ResultStore(path: path)
      for number in 2..<5 { #expect(store.keep(StoreBench.result(number)) == nil) }
      let notes = store.takeNotes()
      #expect(notes.map(\.advice) == ["make its directory writable, or set XDG_STATE_HOME to one that is"])
    }
  }

  @Test("what is on a disk that cannot be written is read, before and after something was to be stored")
  func readingReadOnly() throws {
    let disk = try SmallDisk(bytes: 1 << 20)
    // A path that a URI has to quote.
    let path = disk.directory.path + "/50% of it?#/results.db"
    ResultStore(path: path).keep(StoreBench.result(1))
    try disk.makeReadOnly()
    let store = ResultStore(path: path)
    for _ in 0..<2 {
      #expect(store.ids == [StoreBench.id(1)])
      #expect(try store.trace(StoreBench.id(1)) == StoreBench.result(1))
      #expect(store.keep(StoreBench.result(2)) == nil)
      store.update(StoredRecord(StoreBench.result(1)))
      #expect(store.delete([StoreBench.id(1)]) == nil)
      #expect(store.deleteAll() == nil)
      #expect(store.prune(.newest(0)) == nil)
    }
    #expect(store.takeNotes().map(\.reason).count == 1)
    #expect(ResultStore.latestIDs(path: path, 5) == [StoreBench.id(1)])
  }

  @Test("when the disk can be written again, results are stored again")
  func writableAgain() throws {
    let disk = try SmallDisk(bytes: 1 << 20)
    let path = disk.directory.path + "/results.db"
    ResultStore(path: path).keep(StoreBench.result(1))
    try disk.makeReadOnly()
    let store = ResultStore(path: path)
    #expect(store.ids == [StoreBench.id(1)])
    #expect(mount("tmpfs", disk.directory.path, "tmpfs", UInt(MS_REMOUNT), nil) == 0)
    #expect(store.keep(StoreBench.result(2)) == [StoreBench.id(2)])
    #expect(store.ids == [2, 1].map(StoreBench.id))
    #expect(store.takeNotes() == [])
  }
}
