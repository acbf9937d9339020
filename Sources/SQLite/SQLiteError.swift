import CSQLite

/// A refusal of SQLite: the call, its result code, and what it says.
package struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The function that refused, for instance `sqlite3_step`.
  package let call: String
  /// The extended result code (sqlite.org/rescode.html).
  package let code: Int32
  /// In SQLite's words: "database disk image is malformed".
  package let message: String

  package init(call: String, code: Int32, message: String) {
    self.call = call
    self.code = code
    self.message = message
  }

  /// The result code without its extension.
  package var primaryCode: Int32 { code & 0xFF }

  package var description: String { "\(message) (SQLite \(code) from \(call))" }
}
