import CSQLite
import FoundationEssentials
import SQLite
import TestSupport
import Testing

@Suite("A database")
struct DatabaseTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/a.db" }

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func open(_ access: Database.Access = .readWriteCreate) throws(SQLiteError) -> Database {
    try Database(path: path, access: access, busyTimeout: .milliseconds(1))
  }

  @Test("a file that is not there is made only when asked for")
  func creation() throws {
    #expect(
      throws: SQLiteError(call: "sqlite3_open_v2", code: SQLITE_CANTOPEN, message: "unable to open database file")
    ) {
      try open(.readWrite)
    }
    try open().execute("CREATE TABLE a(b)")
    #expect(try open(.readOnly).number("SELECT count(*) FROM a") == 0)
  }

  @Test("a wrong statement is refused by name")
  func wrongStatement() throws {
    let database = try open()
    #expect(throws: SQLiteError(call: "sqlite3_prepare_v3", code: 1, message: "no such table: nowhere")) {
      try database.number("SELECT * FROM nowhere")
    }
    #expect(throws: SQLiteError(call: "sqlite3_exec", code: 1, message: #"near "nonsense": syntax error"#)) {
      try database.execute("nonsense")
    }
  }

  @Test("a transaction is kept as a whole, or not at all")
  func transactions() throws {
    let database = try open()
    try database.execute("CREATE TABLE a(b NOT NULL)")
    let count = try database.transaction { () throws(SQLiteError) in
      try database.execute("INSERT INTO a VALUES (1), (2)")
      return database.changes
    }
    #expect(count == 2)
    #expect(throws: SQLiteError.self) {
      try database.transaction { () throws(SQLiteError) in
        try database.execute("INSERT INTO a VALUES (3)")
        try database.execute("INSERT INTO a VALUES (NULL)")
      }
    }
    #expect(try database.number("SELECT count(*) FROM a") == 2)
    // The failed one is over: another can begin.
    try database.transaction { () throws(SQLiteError) in try database.execute("DELETE FROM a") }
  }

  @Test("who writes at the same time is refused with SQLITE_BUSY before anything is done")
  func busy() throws {
    let first = try open()
    let second = try open()
    try first.execute("CREATE TABLE a(b)")
    try first.transaction { () throws(SQLiteError) in
      do throws(SQLiteError) {
        try second.transaction { () throws(SQLiteError) in try second.execute("INSERT INTO a VALUES (0)") }
        Issue.record("Two connections write at once.")
      } catch {
        #expect(error.primaryCode == SQLITE_BUSY)
      }
    }
    try second.transaction { () throws(SQLiteError) in try second.execute("INSERT INTO a VALUES (1)") }
  }

  @Test("a file that is no database is refused by the first statement")
  func foreignFile() throws {
    try String(repeating: "not a database ", count: 100).write(toFile: path, atomically: false, encoding: .utf8)
    let database = try open()
    #expect(throws: SQLiteError(call: "sqlite3_step", code: SQLITE_NOTADB, message: "file is not a database")) {
      try database.number("PRAGMA user_version")
    }
  }
}
