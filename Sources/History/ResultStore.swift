// Theory of operation
//
// Results outlive the session in one SQLite file, which any number of shells share. What is wrong with it costs a note, never a
// trace. So
//
//   unopened  nothing has been asked of it yet: a shell that keeps nothing never opens it
//   open      in use. When the path leads to another file than the one that is open (another shell has set a damaged one
//             aside, or somebody has removed it), it is opened anew
//   off       the file cannot be used (another program's, a later version's, no permission): said once
//
// A file that can be read and not written stays open: what was stored is found, and each new result is tried anew, which
// fails at once. On a disk that is mounted read-only it is opened another way (`DatabaseFile.openFrozen`), until that
// changes.
//
// A result is written in the moment it is there, in one transaction, before its last line is shown: a process that is killed
// loses at most the trace in flight, and there is nothing to flush. That takes 0.1 ms, and 0.5 ms the first time. With a
// write-ahead log it waits for the disk at every fifteenth result only.
//
// Ids are drawn by the session when a trace begins, and made sure of in the transaction that stores it: one that another
// shell has taken meanwhile is drawn again, before anything has been shown of it.
//
// A damaged file is set aside under another name, with its log, and a new one is begun; then what was to be done is done in that.

import Enrichment
import Results
import SQLite
import SystemIO

/// The results of all sessions of a user, in a file.
///
/// Confined to one thread or actor at a time.
package final class ResultStore {
  /// What a list holds.
  package struct Listing: Hashable, Sendable {
    /// The newest first.
    package var summaries: [StoredSummary] = []
    /// How many more there are, of kinds that this version does not know.
    package var unknownCount = 0
  }

  /// What came of looking for a result.
  package enum Found: Hashable, Sendable {
    case record(StoredRecord)
    /// There is none of that id.
    case absent
    /// The file cannot be used; `trouble` says why.
    case unusable

    package var record: StoredRecord? {
      switch self {
      case .record(let record): record
      case .absent, .unusable: nil
      }
    }
  }

  private enum State {
    case unopened
    case open(StoreConnection)
    case off
  }

  /// How long another shell's lock is waited for. It is held for a commit, usually under a millisecond; twenty shells on a slow
  /// disk get through in this time.
  package static let usualBusyTimeout = Duration.seconds(5)
  /// How long, once that was in vain: whoever holds the lock for so long must not hold up every trace.
  static let shortBusyTimeout = Duration.milliseconds(50)

  private let file: DatabaseFile
  private let clock: @Sendable () -> WallTime
  private var state = State.unopened
  private var isLocked = false
  /// Why the file could not be used the last time that it could not.
  package private(set) var trouble: LookupNote?
  private var notes: [LookupNote] = []
  /// What was said already; see `takeNotes`.
  private var saidProblems: Set<String> = []

  /// A store in that file, which is opened, and made if need be, by the first use.
  package init(
    path: String, busyTimeout: Duration = ResultStore.usualBusyTimeout,
    clock: @escaping @Sendable () -> WallTime = ResultStore.wallClock
  ) {
    file = Self.file(path, busyTimeout: busyTimeout)
    self.clock = clock
  }

  /// The time by the machine's clock.
  package static let wallClock: @Sendable () -> WallTime = {
    WallTime(sinceEpoch: .nanoseconds(MonotonicClock.sample().realtime))
  }

  private static func file(_ path: String, busyTimeout: Duration) -> DatabaseFile {
    DatabaseFile(
      path: path, application: StoreConnection.application, migrations: StoreConnection.migrations,
      busyTimeout: busyTimeout)
  }

  /// Of the file.
  package var path: String { file.path }

  /// Stores results, all of them or none, and makes room as the retention says.
  ///
  /// - Parameter draw: a new id in place of one that is taken.
  /// - Returns: their ids, which may be other ones; nil when nothing could be stored.
  package func keep(
    _ records: [StoredRecord], _ retention: Retention, draw: (ResultID) -> ResultID = ResultStore.drawAnother
  ) -> [ResultID]? {
    guard retention != .nothing else { return nil }
    guard records.allSatisfy({ $0.document.utf8.count <= StoreConnection.longestDocument }) else {
      tell(
        LookupNote("a result is not stored", reason: "it is longer than \(StoreConnection.longestDocument >> 20) MiB"))
      return nil
    }
    let now = clock().milliseconds
    return use { connection throws(SQLiteError) in
      try connection.insert(records, at: now, keeping: retention, draw: draw)
    }
  }

  /// A name that is longer than one that was taken.
  package static func drawAnother(than id: ResultID) -> ResultID {
    var generator = SystemRandomNumberGenerator()
    return ResultID.draw(using: &generator, avoiding: [id])
  }

  /// Stores more of a result that is stored already; nothing when somebody has deleted it.
  package func update(_ record: StoredRecord) {
    use { connection throws(SQLiteError) in try connection.update(record) }
  }

  /// A result, whole.
  package func find(_ id: ResultID) -> Found {
    use { connection throws(SQLiteError) in try connection.find(id).map { .record($0) } ?? .absent } ?? .unusable
  }

  /// The results that a filter means; nil when the file cannot be used.
  package func list(_ filter: ResultFilter = ResultFilter()) -> Listing? {
    use { connection throws(SQLiteError) in try connection.list(filter) }
  }

  /// Deletes results.
  ///
  /// - Returns: how many there were; nil when the file cannot be used.
  package func delete(_ ids: [ResultID]) -> Int? {
    use { connection throws(SQLiteError) in try connection.delete(ids) }
  }

  /// Deletes every result.
  package func deleteAll() -> Int? {
    use { connection throws(SQLiteError) in try connection.deleteAll() }
  }

  /// Deletes what need not be kept.
  package func prune(_ retention: Retention) -> Int? {
    let now = clock().milliseconds
    return use { connection throws(SQLiteError) in
      try connection.database.transaction { () throws(SQLiteError) in try connection.prune(retention, at: now) }
    }
  }

  /// What is wrong with the file, or was done about it, and has not been said yet.
  package func takeNotes() -> [LookupNote] {
    defer { notes = [] }
    return notes
  }

  /// Takes back a note that need not be said any more, since somebody has said the same.
  package func withdraw(_ note: LookupNote) {
    notes.removeAll { $0 == note }
  }

  /// The ids of the newest results, by a connection of its own: for completion, on another thread than the store's.
  ///
  /// - Returns: none when there is no file or it cannot be read; nothing is made and nothing said.
  package static func latestIDs(path: String, _ count: Int) -> [ResultID] {
    let file = file(path, busyTimeout: shortBusyTimeout)
    guard file.identity != nil else { return [] }
    do throws(DatabaseFileError) {
      let connection = try StoreConnection(file)
      do throws(SQLiteError) { return try connection.latestIDs(count) } catch { throw DatabaseFileError(error) }
    } catch {
      // Whoever goes on to use the file is told what is wrong with it.
      return []
    }
  }

  // Use

  /// Does something with the open file; nil when it cannot be used.
  @discardableResult
  private func use<Result>(_ body: (StoreConnection) throws(SQLiteError) -> Result) -> Result? {
    // Once more when the file was damaged and is a new one now.
    for _ in 0..<2 {
      let found = file.identity
      do throws(DatabaseFileError) {
        guard let connection = try connection(found) else { return nil }
        do throws(SQLiteError) {
          let result = try body(connection)
          if isLocked { setLocked(false) }
          return result
        } catch {
          throw DatabaseFileError(error)
        }
      } catch {
        guard goesOn(after: error, found) else { return nil }
      }
    }
    return nil
  }

  private func connection(_ found: DatabaseFile.Identity?) throws(DatabaseFileError) -> StoreConnection? {
    switch state {
    case .off: return nil
    case .open(let connection) where connection.identity == found && (!connection.isFrozen || file.isFrozen):
      return connection
    case .open, .unopened:
      // Closed first: two connections of one process to files of the same name would share their logs.
      state = .unopened
      var file = file
      file.busyTimeout = nextWait
      let connection = try StoreConnection(file)
      state = .open(connection)
      return connection
    }
  }

  /// How long another shell's lock will be waited for the next time.
  package var nextWait: Duration { isLocked ? min(Self.shortBusyTimeout, file.busyTimeout) : file.busyTimeout }

  private func setLocked(_ isLocked: Bool) {
    self.isLocked = isLocked
    // While it is being opened there is no connection yet.
    if case .open(let connection) = state { connection.database.setBusyTimeout(nextWait) }
  }

  // Trouble

  /// Whether the same is to be tried again.
  private func goesOn(after error: DatabaseFileError, _ found: DatabaseFile.Identity?) -> Bool {
    switch error {
    case .busy:
      setLocked(true)
      say(note(error))
      return false
    case .full:
      // Room may be made: the next result is tried again.
      say(note(error))
      return false
    case .unusable(let cause) where cause.isReadOnly:
      // Reading goes on.
      say(note(error))
      return false
    case .damaged(let cause):
      state = .unopened
      return setAside(found, cause)
    case .unusable, .refused, .foreign, .newer:
      state = .off
      say(note(error))
      return false
    }
  }

  private func setAside(_ found: DatabaseFile.Identity?, _ cause: SQLiteError) -> Bool {
    guard let found else { return true }
    // A colon in the name of a file is trouble in a path list.
    let date = clock().description.prefix { $0 != "." }.replacing(":", with: "-")
    do throws(DatabaseFileError) {
      guard let path = try file.setAside(found, as: ".damaged-\(date)Z") else { return true }
      say(
        LookupNote(
          "the stored results are set aside as '\(path)', and new ones begun", reason: "they are damaged: \(cause)",
          advice: "'sqlite3 \(path) .recover' to get back what can be read"))
      return true
    } catch {
      state = .off
      say(note(error))
      return false
    }
  }

  /// Said once each: a disk that stays full is not told with every trace.
  private func say(_ note: LookupNote) {
    trouble = note
    tell(note)
  }

  /// Says each kind of trouble once: the same may come of several calls, with another reason each.
  private func tell(_ note: LookupNote) {
    if saidProblems.insert(note.problem).inserted { notes.append(note) }
  }

  private func note(_ error: DatabaseFileError) -> LookupNote {
    let writable = "make its directory writable, or set XDG_STATE_HOME to one that is"
    let again = "move it away, then start ftrsh again"
    let (why, remedy): (String, String)
    switch error {
    case .busy:
      (why, remedy) = ("another program holds its lock", "end that program; the next result is tried again")
    case .full(let cause): (why, remedy) = ("\(cause)", "free some space; the next result is tried again")
    case .unusable(let cause) where cause.isReadOnly: (why, remedy) = (cause.message, writable)
    case .damaged(let cause), .unusable(let cause): (why, remedy) = ("\(cause)", writable)
    case .refused(let call, let errno, let object):
      (why, remedy) = ("\(SystemError(call: call, errno: errno, object: object))", writable)
    case .foreign: (why, remedy) = ("it is a database of another program", again)
    case .newer(let version, let known):
      (why, remedy) = (
        "a later version of ftrsh wrote it (tables \(version), known are \(known))", "that version, or \(again)"
      )
    }
    return LookupNote("results are not stored in '\(path)'", reason: why, advice: remedy)
  }
}
