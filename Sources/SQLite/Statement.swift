import CSQLite

/// A compiled statement of a `Database`: bind its parameters, step through its rows, reset it and begin again.
///
/// It is finalized when it is let go. Parameters count from 1 and columns from 0, as in SQLite; a row's columns can be read
/// until the next step or reset.
package final class Statement {
  private let handle: OpaquePointer
  /// The connection lives as long as its statements.
  private let database: Database

  init(owning handle: OpaquePointer, of database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit {
    // Repeats the code of the last step, which has been thrown already.
    sqlite3_finalize(handle)
  }

  /// Goes to the next row.
  ///
  /// - Returns: false when there is none: the statement is done.
  /// - Throws: `SQLiteError` of `sqlite3_step`.
  package func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw database.error("sqlite3_step", code)
    }
  }

  /// Ends the run, and with it the lock that it holds; parameters keep their values.
  package func reset() {
    // Repeats the code of the last step, which has been thrown already.
    sqlite3_reset(handle)
  }

  /// Runs a statement that gives no rows, and resets it.
  ///
  /// - Throws: `SQLiteError` of `sqlite3_step`.
  package func run() throws(SQLiteError) {
    defer { reset() }
    _ = try step()
  }

  /// Runs the statement, gives its first row to `body`, and resets it.
  ///
  /// - Returns: nil when there is no row, or `body` makes nothing of it.
  /// - Throws: `SQLiteError` of `sqlite3_step`.
  package func first<Result>(_ body: (Statement) -> Result?) throws(SQLiteError) -> Result? {
    defer { reset() }
    return try step() ? body(self) : nil
  }
}

// Parameters.
extension Statement {
  /// Sets a parameter to a whole number; nil is NULL.
  package func bind(_ value: Int64?, at index: Int32) throws(SQLiteError) {
    guard let value else { return try bindNull(at: index) }
    try check(sqlite3_bind_int64(handle, index, value), "sqlite3_bind_int64")
  }

  /// Sets a parameter to a text, which may hold any character; nil is NULL.
  package func bind(_ value: String?, at index: Int32) throws(SQLiteError) {
    guard var value else { return try bindNull(at: index) }
    let code = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        // An empty text may have no address, which SQLite would take for NULL.
        $0.isEmpty
          ? sqlite3_bind_text(handle, index, "", 0, csqlite_transient())
          : sqlite3_bind_text64(
            handle, index, $0.baseAddress, UInt64($0.count), csqlite_transient(), UInt8(SQLITE_UTF8))
      }
    }
    try check(code, "sqlite3_bind_text64")
  }

  /// Sets a parameter to bytes.
  package func bind(_ value: [UInt8], at index: Int32) throws(SQLiteError) {
    let code = value.withUnsafeBytes { bytes in
      bytes.isEmpty
        ? sqlite3_bind_zeroblob(handle, index, 0)
        : sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), csqlite_transient())
    }
    try check(code, "sqlite3_bind_blob64")
  }

  private func bindNull(at index: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_null(handle, index), "sqlite3_bind_null")
  }

  private func check(_ code: Int32, _ call: String) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw database.error(call, code) }
  }
}

// Columns of the current row.
extension Statement {
  /// Whether a column is NULL.
  package func isNull(at column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  /// A column as a whole number; nil when it holds anything else.
  package func integer(at column: Int32) -> Int64? {
    guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else { return nil }
    return sqlite3_column_int64(handle, column)
  }

  /// A column as text; nil when it holds anything else, or is not valid UTF-8.
  package func text(at column: Int32) -> String? {
    guard sqlite3_column_type(handle, column) == SQLITE_TEXT, let start = sqlite3_column_text(handle, column) else {
      return nil
    }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// A column as bytes; nil when it holds anything else.
  package func bytes(at column: Int32) -> [UInt8]? {
    guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
    let count = Int(sqlite3_column_bytes(handle, column))
    // An empty blob has no address.
    guard count > 0, let start = sqlite3_column_blob(handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
