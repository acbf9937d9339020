/// Why a `DatabaseFile` cannot be used.
package enum DatabaseFileError: Error, Hashable, Sendable {
  /// Another process holds the lock: it passes.
  case busy
  case damaged(SQLiteError)
  case full(SQLiteError)
  /// SQLite refuses for another reason: permissions, a disk that fails.
  case unusable(SQLiteError)
  /// The system refuses to make the file or its directory; errno is positive.
  case refused(call: String, errno: Int32, object: String?)
  /// Whole, but not of this kind.
  case foreign
  /// Written by a later version of this program, with that version of the tables.
  case newer(Int64, known: Int64)

  /// A refusal of SQLite, by what it means for the file.
  package init(_ error: SQLiteError) {
    switch error.kind {
    case .busy: self = .busy
    case .damaged: self = .damaged(error)
    case .full: self = .full(error)
    case .other: self = .unusable(error)
    }
  }
}
