import CSQLite
import SQLite
import Testing

@Suite("A statement")
struct StatementTests {
  private let database: Database

  init() throws {
    database = try Database(path: ":memory:", access: .readWriteCreate, busyTimeout: .zero)
    try database.execute("CREATE TABLE things(id INTEGER PRIMARY KEY, thing ANY)")
  }

  /// What a select of one column gives after one value was stored.
  private func afterStoring<Value>(
    _ bind: (Statement) throws(SQLiteError) -> Void, _ read: (Statement) -> Value?
  ) throws -> Value? {
    let insert = try database.prepare("INSERT INTO things(thing) VALUES (?1)")
    try bind(insert)
    try insert.run()
    return try database.prepare("SELECT thing FROM things").first(read)
  }

  @Test("whole numbers come back whole", arguments: [0, -1, .max, .min])
  func integers(value: Int64) throws {
    #expect(try afterStoring({ s throws(SQLiteError) in try s.bind(value, at: 1) }, { $0.integer(at: 0) }) == value)
  }

  @Test(
    "texts come back as they were, the empty one and those with a NUL or beyond ASCII too",
    arguments: ["", "a", "a\u{0}b", "ä😀", String(repeating: "x", count: 300)])
  func texts(value: String) throws {
    #expect(try afterStoring({ s throws(SQLiteError) in try s.bind(value, at: 1) }, { $0.text(at: 0) }) == value)
  }

  @Test("bytes come back as they were, none of them too", arguments: [[], [0], [0xff, 0, 0x80]] as [[UInt8]])
  func blobs(value: [UInt8]) throws {
    #expect(try afterStoring({ s throws(SQLiteError) in try s.bind(value, at: 1) }, { $0.bytes(at: 0) }) == value)
  }

  @Test("nil is NULL, and a column of another type reads as nil, never as a converted value")
  func otherTypes() throws {
    #expect(
      try afterStoring({ s throws(SQLiteError) in try s.bind(nil as String?, at: 1) }, { $0.isNull(at: 0) }) == true)
    let row = try database.prepare("SELECT 'text', 1, x'00', 0.5, x'ff', CAST(x'ff' AS TEXT)")
    #expect(try row.step())
    #expect(row.integer(at: 0) == nil)
    #expect(row.text(at: 1) == nil)
    #expect(row.text(at: 2) == nil)
    #expect(row.integer(at: 3) == nil)
    #expect(row.bytes(at: 5) == nil)
    #expect(row.text(at: 5) == nil, "Not UTF-8.")
  }

  @Test("can be run again with other parameters, and gives its rows in turn")
  func rows() throws {
    let insert = try database.prepare("INSERT INTO things(id, thing) VALUES (?1, ?1 * 2)")
    for id in Int64(1)...3 {
      try insert.bind(id, at: 1)
      try insert.run()
    }
    let select = try database.prepare("SELECT thing FROM things ORDER BY id")
    var things: [Int64?] = []
    while try select.step() { things.append(select.integer(at: 0)) }
    #expect(things == [2, 4, 6])
  }

  @Test("what is refused says which call, which code and why")
  func refusals() throws {
    let insert = try database.prepare("INSERT INTO things(id) VALUES (?1)")
    try insert.bind(1, at: 1)
    try insert.run()
    #expect {
      try insert.run()
    } throws: { error in
      (error as? SQLiteError)?.code == SQLITE_CONSTRAINT | 6 << 8 && "\(error)".contains("UNIQUE constraint failed")
    }
    #expect(throws: SQLiteError(call: "sqlite3_bind_int64", code: SQLITE_RANGE, message: "column index out of range")) {
      try insert.bind(1, at: 2)
    }
  }

  @Test("keeps its database open")
  func keepsDatabase() throws {
    func statement() throws(SQLiteError) -> Statement {
      try Database(path: ":memory:", access: .readWriteCreate, busyTimeout: .zero).prepare("SELECT 42")
    }
    #expect(try statement().first { $0.integer(at: 0) } == 42)
  }
}
