import CSQLite

/// A refusal of SQLite: the call, its result code, and what it says.
package struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The function that refused, for instance `sqlite3_step`.
  package let call: String
  /// The extended result code (sqlite.org/rescode.html).
  package let code: Int32
  /// In SQLite's words: "database disk image is malformed".
  package let message: String

  /// A refusal of that call; see the properties.
  package init(call: String, code: Int32, message: String) {
    self.call = call
    self.code = code
    self.message = message
  }

  /// The result code without its extension.
  package var primaryCode: Int32 { code & 0xFF }

  /// What a program can do something about.
  package enum Kind: Hashable, Sendable {
    /// Another connection holds the lock: it passes.
    case busy
    /// The file is no database, or not a whole one.
    case damaged
    /// There is no room on the disk.
    case full
    /// Anything else.
    case other
  }

  /// Whether nothing can be written, though reading may go on.
  package var isReadOnly: Bool { primaryCode == SQLITE_READONLY }

  /// SQLITE_IOERR_SHMSIZE, which the importer leaves out: the memory that is shared beside a write-ahead log is a file, too, and
  /// a full disk has no room for it.
  private static let sharedMemorySize = SQLITE_IOERR | 19 << 8

  /// What the result code means, coarsely.
  package var kind: Kind {
    if code == Self.sharedMemorySize { return .full }
    return switch primaryCode {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
    case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
    case SQLITE_FULL: .full
    case _: .other
    }
  }

  /// One line for a message: what SQLite says, with code and call behind it.
  package var description: String { "\(message) (SQLite \(code) from \(call))" }
}
