import Enrichment
import FoundationEssentials
import Glibc
import Lookups
import Packets
import SQLite
import SystemIO
import TestSupport
import Testing

@Suite("The cache on disk in trouble")
struct CacheStoreTroubleTests {
  private let bench: CacheBench
  private let router = IPAddress(192, 0, 2, 9)
  private var question: Question { .name(router) }
  private let answer = Answer.name("a.example", lifetime: .seconds(3_600))

  init() throws {
    bench = try CacheBench()
  }

  /// Another program with the file open.
  private func intruder() throws -> Database {
    try Database(path: bench.path, access: .readWrite, busyTimeout: .zero)
  }

  /// Uses a cache in every way, twice: nothing may be found, and nothing thrown. What it says, which must be at most once.
  private func note(of cache: CacheStore) -> LookupNote? {
    var notes: [LookupNote] = []
    for _ in 0..<2 {
      #expect(cache.find(question) == nil)
      cache.store(question, answer)
      cache.flush()
      #expect(cache.counts() == nil)
      if let note = cache.takeNote() { notes.append(note) }
    }
    #expect(notes.count <= 1)
    return notes.first
  }

  @Test("a file that is no database is told once and left alone, until it is cleared away")
  func notADatabase() throws {
    bench.keep(question, answer)
    let foreign = Array(String(repeating: "not a database\n", count: 1_000).utf8)
    try Data(foreign).write(to: URL(filePath: bench.path))
    let cache = bench.cache()
    #expect(
      note(of: cache)
        == LookupNote(
          "the cache '\(bench.path)' is not used",
          reason: "it is damaged: file is not a database (SQLite 26 from sqlite3_step)",
          advice: "'enrich clear', which makes a new one"))
    #expect(try Array(Data(contentsOf: URL(filePath: bench.path))) == foreign)
    #expect(cache.clear())
    cache.store(question, answer)
    cache.flush()
    #expect(bench.found(question) == answer)
    #expect(cache.takeNote() == nil)
  }

  @Test("pages that are damaged in the middle of the file are met, told once, and cleared away")
  func damagedPages() throws {
    let cache = bench.cache()
    for number in UInt8(0)...250 { cache.store(.name(IPAddress(198, 51, 100, number)), answer) }
    cache.flush()
    try intruder().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var bytes = try Data(contentsOf: URL(filePath: bench.path))
    for offset in 4096..<bytes.count { bytes[offset] = 0xa5 }
    try bytes.write(to: URL(filePath: bench.path))
    let other = bench.cache()
    #expect(note(of: other)?.reason.hasPrefix("it is damaged: database disk image is malformed") == true)
    #expect(other.clear())
    #expect(other.counts()?.total == 0)
  }

  @Test("random damage anywhere never does more than a note", arguments: SeededGenerator.seeds(for: "randomDamage"))
  func randomDamage(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let cache = bench.cache()
    for number in UInt8(0)...250 {
      cache.store(.name(IPAddress(198, 51, 100, number)), answer)
      cache.store(
        .origin(IPAddress(198, 51, number, 1), .cymru), .origin(UInt32(number) + 1, prefix: "198.51.\(number).0/24"))
    }
    cache.flush()
    try intruder().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let whole = try Data(contentsOf: URL(filePath: bench.path))
    for _ in 0..<100 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...200, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
      }
      try bytes.write(to: URL(filePath: bench.path))
      let damaged = bench.cache()
      for number in UInt8(0)...250 {
        _ = damaged.find(.name(IPAddress(198, 51, 100, number)))
        _ = damaged.find(.origin(IPAddress(198, 51, number, 9), .cymru))
      }
      damaged.store(question, answer)
      damaged.store(.origin(IPAddress(198, 51, 7, 1), .cymru), .origin(1, prefix: "198.51.0.0/16"))
      damaged.flush()
    }
  }

  @Test("tables of a later version are told once and not touched")
  func newer() throws {
    bench.keep(question, answer)
    try intruder().execute("PRAGMA user_version = 2; DROP TABLE names")
    let cache = bench.cache()
    #expect(
      note(of: cache)
        == LookupNote(
          "the cache '\(bench.path)' is not used",
          reason: "a later version of ftrsh wrote it (tables 2, known are 1)",
          advice: "that version, or move the file away, then start ftrsh again"))
    #expect(!cache.clear())
    #expect(try intruder().number("PRAGMA user_version") == 2)
  }

  @Test("another program's database is told once and not touched")
  func foreign() throws {
    bench.keep(question, answer)
    try intruder().execute("PRAGMA application_id = 1")
    let cache = bench.cache()
    #expect(note(of: cache)?.reason == "it is a database of another program")
    #expect(!cache.clear())
    #expect(try intruder().number("SELECT count(*) FROM names") == 1)
  }

  @Test(
    "a place where no file can be made is told once",
    arguments: [
      ("/proc/ftrsh/cache.db", "no such file or directory (ENOENT from mkdir '/proc/ftrsh')"),
      ("/dev/null/cache.db", "not a directory (ENOTDIR from open)"),
      ("/proc", "invalid argument (EINVAL from open '/proc')"),
      ("/dev/null", "invalid argument (EINVAL from open '/dev/null')"),
    ])
  func noPlace(path: String, why: String) {
    let cache = CacheStore(path: path)
    #expect(
      note(of: cache)
        == LookupNote(
          "the cache '\(path)' is not used", reason: why,
          advice: "make its directory writable, or set XDG_STATE_HOME to one that is"))
    #expect(!cache.clear())
  }

  @Test("another shell that writes keeps nobody from reading; what is to be written waits for it")
  func writeLock() throws {
    bench.keep(question, answer)
    let cache = bench.cache()
    let other = try intruder()
    try other.execute("BEGIN IMMEDIATE")
    #expect(cache.find(question) == answer)
    #expect(bench.found(question) == answer, "Nor from opening the file.")
    cache.store(.asName(1), .absent(from: .cymru))
    cache.flush()
    try other.execute("COMMIT")
    #expect(cache.find(question) == nil, "It rests, so that a lock costs one wait a second and not one a question.")
    cache.flush()
    #expect(bench.found(.asName(1)) == nil)
    bench.advance(by: .seconds(1))
    #expect(cache.find(question) != nil)
    cache.flush()
    #expect(bench.found(.asName(1))?.content == .absent)
    #expect(cache.takeNote() == nil)
  }

  @Test("a file that somebody has locked for himself alone is a miss without a word, until he lets go")
  func exclusiveLock() throws {
    bench.keep(question, answer)
    do {
      let other = try intruder()
      try other.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT")
      let cache = bench.cache()
      #expect(cache.find(question) == nil)
      #expect(!cache.clear())
      #expect(cache.takeNote() == nil)
    }
    #expect(bench.found(question) == answer)
  }

  @Test("several shells write and read at once, and the file stays whole")
  func severalShells() throws {
    let path = bench.path
    let wrong = Locked<[String]>([])
    let threads = try (UInt8(0)..<4).map { shell in
      try Thread("shell") {
        let cache = CacheStore(path: path)
        for number in UInt8(0)..<200 {
          let mine = IPAddress(198, 51, shell, number)
          cache.store(.name(mine), .name("\(mine)"))
          cache.store(.origin(mine, .cymru), .origin(UInt32(shell) + 1, prefix: "198.51.\(shell).0/24"))
          cache.flush()
          let theirs = IPAddress(198, 51, (shell + 1) % 4, number)
          let answer = cache.find(.name(theirs))
          if let answer, answer.content != .name("\(theirs)") { wrong.withLock { $0.append("\(theirs): \(answer)") } }
        }
        if let note = cache.takeNote() { wrong.withLock { $0.append(note.reason) } }
      }
    }
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == [])
    let database = try intruder()
    #expect(try database.prepare("PRAGMA integrity_check").first { $0.text(at: 0) } == "ok")
    // Not all: who meets a lock rests for longer than this takes.
    #expect(try #require(try database.number("SELECT count(*) FROM names")) > 0)
  }

  /// The file of a test whose child process kills itself: the child knows its parent.
  private static func path(ofParent parent: pid_t) -> String {
    FileManager.default.temporaryDirectory.path + "/ftrsh-killed-\(parent)/cache.db"
  }

  @Test("a shell that is killed while it writes loses that write and nothing else")
  func killed() async throws {
    let path = Self.path(ofParent: getpid())
    defer {
      do { try FileManager.default.removeItem(atPath: String(path.dropLast("/cache.db".count))) } catch {
        Issue.record(error)
      }
    }
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let path = Self.path(ofParent: getppid())
      let cache = CacheStore(path: path)
      cache.store(.name(IPAddress(192, 0, 2, 9)), .name("before.example"))
      cache.flush()
      let database = try Database(path: path, access: .readWrite, busyTimeout: .zero)
      // A small page cache, so that the unfinished transaction is in the file.
      try database.execute(
        """
        PRAGMA cache_size = 10; BEGIN IMMEDIATE; UPDATE names SET name = 'wrong.example';
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO names SELECT CAST('k' || i AS BLOB), 'unfinished', 0, 0 FROM n
        """)
      kill(getpid(), SIGKILL)
    }
    let cache = CacheStore(path: path)
    #expect(cache.find(.name(router))?.content == .name("before.example"))
    #expect(cache.counts()?.total == 1)
    cache.store(.asName(1), .absent(from: .cymru))
    cache.flush()
    #expect(CacheStore(path: path).find(.asName(1))?.content == .absent)
    #expect(cache.takeNote() == nil)
  }

  @Test("more than fit make way, those first that expire first")
  func bounded() throws {
    bench.keep(question, answer)
    try intruder().execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
      INSERT INTO names SELECT CAST(printf('%04d', i) AS BLOB), 'x', \(bench.now), \(bench.now + 10_000) + i FROM n;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO as_names SELECT i, 'x', \(bench.now), \(bench.now) - i % 2 FROM n
      """)
    bench.keep(.name(IPAddress(192, 0, 2, 10)), answer)
    let counts = try #require(bench.cache().counts())
    #expect(counts == CacheStore.Counts(names: 45_000, origins: 0, asNames: 0))
    #expect(bench.found(question) != nil)
    #expect(try intruder().number("SELECT min(expires) FROM names") == bench.now + 10_000 + 15_002 + 1)
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

@Suite("The cache on a disk that takes nothing", .enabled(if: geteuid() == 0, "mounting a small disk needs root"))
struct CacheStoreDiskTests {
  private func fill(_ cache: CacheStore, _ count: Int) {
    for number in 0..<count {
      cache.store(
        .name(IPAddress(ipv4: 0xc633_6400 + UInt32(number))), .name(String(repeating: "long", count: 60) + ".example"))
    }
    cache.flush()
  }

  @Test("a disk that gets full is told once, and the shell goes on without")
  func full() throws {
    let disk = try SmallDisk(bytes: 256 << 10)
    let path = disk.directory.path + "/cache.db"
    let cache = CacheStore(path: path)
    fill(cache, 64)
    #expect(cache.counts()?.names == 64)
    fill(cache, 4_000)
    let note = try #require(cache.takeNote())
    #expect(note.reason.hasPrefix("database or disk is full (SQLite 13 from "))
    #expect(note.advice == "free some space, then start ftrsh again")
    fill(cache, 64)
    #expect(cache.takeNote() == nil)
    #expect(cache.find(.name(IPAddress(ipv4: 0xc633_6400))) == nil)
    // What was committed before is whole.
    #expect(
      try Database(path: path, access: .readWrite, busyTimeout: .zero)
        .prepare("PRAGMA integrity_check").first { $0.text(at: 0) } == "ok")
  }

  @Test("a disk that cannot be written is told once, with or without a cache on it")
  func readOnly() throws {
    let disk = try SmallDisk(bytes: 1 << 20)
    let path = disk.directory.path + "/cache.db"
    fill(CacheStore(path: path), 1)
    try disk.makeReadOnly()
    for path in [path, disk.directory.path + "/other/cache.db"] {
      let cache = CacheStore(path: path)
      fill(cache, 64)
      let note = try #require(cache.takeNote(), "\(path)")
      #expect(note.advice == "make its directory writable, or set XDG_STATE_HOME to one that is")
      #expect(cache.find(.name(IPAddress(ipv4: 0xc633_6400))) == nil)
      #expect(cache.takeNote() == nil)
    }
  }
}
