import SQLite
import Testing

@Suite("A refusal of SQLite")
struct SQLiteErrorTests {
  @Test("says what, with its code and call")
  func description() {
    let error = SQLiteError(call: "sqlite3_step", code: 778, message: "disk I/O error")
    #expect(error.primaryCode == 10)
    #expect(error.description == "disk I/O error (SQLite 778 from sqlite3_step)")
  }
}
