import CSQLite
import Glibc

/// One connection to a database file, confined to one thread (or actor) at a time: SQLite is opened without its own locks.
///
/// It is closed when the last statement that uses it, and whoever made it, let go of it.
package final class Database {
  /// What may be done with the file.
  package enum Access: Sendable {
    case readOnly
    case readWrite
    /// Reading and writing; a file that is not there is made.
    case readWriteCreate

    var flags: Int32 {
      switch self {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    }
  }

  private static let attosecondsPerMillisecond: Int128 = 1_000_000_000_000_000

  let handle: OpaquePointer
  /// How long a statement waits for another connection's lock.
  private var busyTimeout = Duration.zero
  /// The write-ahead log that is kept short; nil for a file without one.
  private var log: (path: String, longest: Int64)?

  /// Opens a file. SQLite reads it only with the first statement, so that a file that is no database is refused there.
  ///
  /// - Parameters:
  ///   - path: of the file; `:memory:` is a database without one.
  ///   - busyTimeout: how long a statement waits for another connection's lock before it is refused with SQLITE_BUSY;
  ///     to the millisecond.
  /// - Throws: `SQLiteError` of `sqlite3_open_v2`.
  package convenience init(path: String, access: Access, busyTimeout: Duration) throws(SQLiteError) {
    try self.init(path, access.flags)
    setBusyTimeout(busyTimeout)
  }

  /// Opens a file that nobody can change to read it, without locks and without the files beside it (sqlite.org/uri.html,
  /// `immutable`).
  convenience init(frozen path: String) throws(SQLiteError) {
    var uri = "file:"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      case _: uri += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
      }
    }
    try self.init(uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
  }

  private init(_ name: String, _ flags: Int32) throws(SQLiteError) {
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let handle else { throw SQLiteError(call: "sqlite3_open_v2", code: code, message: "out of memory") }
    guard code == SQLITE_OK else {
      let error = SQLiteError(call: "sqlite3_open_v2", code: code, message: Self.lastMessage(handle))
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
  }

  /// Says anew how long a statement waits for another connection's lock.
  package func setBusyTimeout(_ timeout: Duration) {
    busyTimeout = timeout
    applyBusyTimeout(timeout)
  }

  private func applyBusyTimeout(_ timeout: Duration) {
    sqlite3_busy_timeout(handle, Int32(clamping: timeout.attoseconds / Self.attosecondsPerMillisecond))
  }

  deinit {
    sqlite3_close_v2(handle)
  }

  /// Runs statements that give no rows worth reading, separated by semicolons.
  ///
  /// - Throws: `SQLiteError` of the first that is refused; those before it have been done.
  package func execute(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error("sqlite3_exec", code) }
  }

  /// Compiles one statement, to be run any number of times.
  ///
  /// - Throws: `SQLiteError` of `sqlite3_prepare_v3`.
  package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK else { throw error("sqlite3_prepare_v3", code) }
    guard let statement else { preconditionFailure("A statement that is only a comment cannot be prepared.") }
    return Statement(owning: statement, of: self)
  }

  /// The whole number that a statement without parameters gives, for instance a pragma's value; nil without a row.
  ///
  /// - Throws: `SQLiteError`, as `prepare` and `Statement.step` do.
  package func number(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(at: 0) : nil
  }

  /// Runs `body` in a transaction that writes: all of it is kept, or nothing when it throws.
  ///
  /// The lock for writing is taken at the start, so that SQLITE_BUSY comes there and not half-way.
  /// - Throws: `SQLiteError`, of the body or of the transaction itself.
  package func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do throws(SQLiteError) {
      let result = try body()
      try execute("COMMIT")
      shortenLog()
      return result
    } catch {
      // Some errors (a full disk) have ended the transaction already; what is thrown is the cause, not that.
      if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
      throw error
    }
  }

  /// Keeps the write-ahead log at `path` short from now on: a transaction that finds it longer than so many bytes brings it into
  /// the file and empties it.
  ///
  /// SQLite's own checkpoints leave the log as long as it is, for the next transaction to begin it anew. But who opens a file
  /// that nobody has open does not know that it has been brought in: it reads all of it and writes behind its end. Programs that
  /// open it for one transaction and exit would let it grow for ever.
  func keepLogShort(_ path: String, longest: Int64) throws(SQLiteError) {
    try execute("PRAGMA wal_autocheckpoint = 0")
    log = (path, longest)
  }

  private func shortenLog() {
    guard let log else { return }
    var status = stat()
    guard stat(log.path, &status) == 0, status.st_size > log.longest else { return }
    // Who reads or writes just now is not waited for: the next transaction comes by here too. Whatever else is wrong with the
    // file, what was committed is in the log.
    applyBusyTimeout(.zero)
    sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    applyBusyTimeout(busyTimeout)
  }

  /// The row id that the last INSERT of this connection made.
  package var lastRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// How many rows the last INSERT, UPDATE or DELETE changed.
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  func error(_ call: String, _ code: Int32) -> SQLiteError {
    SQLiteError(call: call, code: code, message: Self.lastMessage(handle))
  }

  private static func lastMessage(_ handle: OpaquePointer) -> String {
    guard let text = sqlite3_errmsg(handle) else { return "unknown error" }
    return String(cString: text)
  }
}
