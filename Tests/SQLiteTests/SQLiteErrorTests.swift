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

  @Test(
    "is of a kind that its extended code does not hide",
    arguments: [
      (5, SQLiteError.Kind.busy), (261, .busy), (6, .busy), (15, .busy), (11, .damaged), (267, .damaged),
      (26, .damaged),
      (13, .full), (4874, .full), (778, .other), (8, .other),
    ] as [(Int32, SQLiteError.Kind)])
  func kinds(code: Int32, kind: SQLiteError.Kind) {
    #expect(SQLiteError(call: "", code: code, message: "").kind == kind)
  }
}
