import Glibc
import TestSupport
import Testing

@testable import SQLite

@Suite("A database file")
struct DatabaseFileTests {
  private let directory: TemporaryDirectory
  private static let first = "CREATE TABLE a(b TEXT) STRICT"
  private static let second = "ALTER TABLE a ADD COLUMN c INTEGER NOT NULL DEFAULT 7"

  init() throws { directory = try TemporaryDirectory() }

  private func file(_ migrations: [String], application: Int32 = 17) -> DatabaseFile {
    DatabaseFile(
      path: directory.path + "/state/a.db", application: application, migrations: migrations,
      busyTimeout: .milliseconds(1))
  }

  @Test("a file of an old version is brought up to date with what is in it, and opened by that version no more")
  func migration() throws {
    try file([Self.first]).open().execute("INSERT INTO a VALUES ('kept')")
    let database = try file([Self.first, Self.second]).open()
    #expect(try database.number("SELECT c FROM a WHERE b = 'kept'") == 7)
    #expect(try database.number("PRAGMA user_version") == 2)
    #expect(throws: DatabaseFileError.newer(2, known: 1)) { _ = try file([Self.first]).open() }
    #expect(try file([Self.first, Self.second]).open().number("SELECT count(*) FROM a") == 1)
  }

  @Test("a migration that fails leaves the old version")
  func failedMigration() throws {
    _ = try file([Self.first]).open()
    #expect(throws: DatabaseFileError.self) { _ = try file([Self.first, Self.second + "; nonsense"]).open() }
    #expect(try file([Self.first]).open().number("PRAGMA user_version") == 1)
  }

  /// Who exits without closing leaves the file and its log as they are; here they are copied to where the next one opens them.
  @Test("the log of a file that many programs open, write once and leave stays short, and nothing is lost")
  func shortLog() throws {
    let rounds = 60
    let rowBytes = 40_000
    var longest = 0
    for round in 0..<rounds {
      let path = "\(directory.path)/\(round).db"
      let file = DatabaseFile(path: path, application: 17, migrations: [Self.first], busyTimeout: .milliseconds(1))
      let database = try file.open()
      try database.transaction { () throws(SQLiteError) in
        try database.execute("INSERT INTO a VALUES (hex(zeroblob(\(rowBytes / 2))))")
      }
      #expect(try database.number("SELECT count(*) FROM a") == Int64(round + 1))
      longest = max(longest, try size(path + "-wal"))
      for part in ["", "-wal"] {
        try copy(path + part, to: "\(directory.path)/\(round + 1).db\(part)")
      }
    }
    #expect(longest > 0)
    #expect(longest < 2 * Int(DatabaseFile.longestLog))
    #expect(rounds * rowBytes > 4 * longest)
  }

  private func size(_ path: String) throws -> Int {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return Int(status.st_size)
  }

  private func copy(_ path: String, to other: String) throws {
    try #require(system("cp '\(path)' '\(other)'") == 0)
  }

  @Test("a file of another kind is told from ours and not touched")
  func foreign() throws {
    _ = try file([Self.first]).open()
    #expect(throws: DatabaseFileError.foreign) { _ = try file([Self.first], application: 18).open() }
    #expect(try file([Self.first]).open().number("PRAGMA application_id") == 17)
  }

  @Test("a file is set aside once, whoever asks for it, under a name that is free")
  func setAside() throws {
    let file = file([Self.first])
    _ = try file.open()
    let found = try #require(file.identity)
    #expect(try file.setAside(found, as: ".old") == file.path + ".old")
    #expect(file.identity == nil)
    _ = try file.open()
    #expect(try file.setAside(found, as: ".old") == nil)
    let other = try #require(file.identity)
    #expect(try file.setAside(other, as: ".old") == file.path + ".old-2")
  }
}
