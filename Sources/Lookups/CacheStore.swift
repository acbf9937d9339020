// Theory of operation
//
// What name servers and Team Cymru said outlives the session in one SQLite file, which any number of shells share. It is a
// convenience: whatever is wrong with it costs a note, never a look-up. So
//
//   unopened  nothing has been asked of it yet, or another shell held its lock when it was opened
//   open      in use; when another shell holds the lock longer than `busyTimeout`, it rests for `rest`: every find is a
//             miss without a wait, and what is to be stored stays gathered
//   off       the file cannot be used (damaged, newer, full disk, …): said once; every find is a miss, nothing is gathered
//
// Writes are gathered and committed together, because a commit costs as much as ten of its rows. What is gathered is not
// found: the enricher remembers the answers of its own session.

import Enrichment
import Glibc
import SQLite
import SystemIO

/// The answers of earlier sessions: names, origins and names of autonomous systems, each until it expires.
///
/// Kept is what a server out there said, known or absent. Not kept: failures; what local files say, which takes a microsecond
/// to look up; the public address, which belongs to a network and not to a machine; the lab; and names of addresses that
/// mean something else in the next network (`CacheEntry`).
///
/// Confined to one thread or actor at a time.
package final class CacheStore {
  /// How many entries there are, those that have expired and are not removed yet included.
  package struct Counts: Hashable, Sendable {
    /// Addresses with a name, or known to have none.
    package let names: Int
    /// Prefixes with their origin, and addresses known to have none.
    package let origins: Int
    /// AS numbers with a name, or known to have none.
    package let asNames: Int

    /// So many of each.
    package init(names: Int, origins: Int, asNames: Int) {
      self.names = names
      self.origins = origins
      self.asNames = asNames
    }

    /// Of all kinds.
    package var total: Int { names + origins + asNames }
  }

  private enum State {
    case unopened
    case open(CacheConnection)
    case off(CacheTrouble)
  }

  /// How long another shell's lock is waited for, once; it is held for the time of a commit, usually under a millisecond.
  static let busyTimeout = Duration.milliseconds(50)
  /// How long the file is then left alone, in milliseconds: a wait of 50 ms in a second is not felt.
  private static let rest: Int64 = 1_000
  /// So many gathered answers are committed without waiting for `flush`.
  private static let batch = 64
  /// The most answers gathered while the file is locked: more than a session asks in that time. Further ones are not kept.
  private static let mostGathered = 1_024

  /// Of the file.
  package let path: String
  private let clock: @Sendable () -> Int64
  private var state = State.unopened
  private var gathered: [CacheEntry] = []
  /// When another shell's lock was last met.
  private var busyAt: Int64?
  private var note: LookupNote?

  /// A cache in that file, which is opened, and made if need be, by the first use.
  ///
  /// - Parameter clock: milliseconds since 1970.
  package init(path: String, clock: @escaping @Sendable () -> Int64 = CacheStore.wallClock) {
    self.path = path
    self.clock = clock
  }

  /// Milliseconds since 1970, by the machine's clock.
  package static let wallClock: @Sendable () -> Int64 = { MonotonicClock.sample().realtime / 1_000_000 }

  /// The answer of an earlier session, or of another shell, with its age and what is left of its lifetime.
  ///
  /// - Returns: nil when there is none that still holds.
  package func find(_ question: Question) -> Answer? {
    guard let key = CacheKey(question) else { return nil }
    return use { connection throws(SQLiteError) in try connection.find(key, at: clock()) } ?? nil
  }

  /// Takes an answer to be kept, if its kind is; it is found from the next `flush` on.
  package func store(_ question: Question, _ answer: Answer) {
    if case .off = state { return }
    guard gathered.count < Self.mostGathered, let entry = CacheEntry(question, answer, at: clock()) else { return }
    gathered.append(entry)
    if gathered.count.isMultiple(of: Self.batch) { flush() }
  }

  /// Commits what was gathered: to be called once a turn of the loop, and at the end of a session.
  package func flush() {
    guard !gathered.isEmpty else { return }
    let isDone: Void? = use { connection throws(SQLiteError) in try connection.write(gathered, at: clock()) }
    if isDone != nil { gathered = [] }
  }

  /// Forgets everything, in the file too; a damaged file is replaced by a new one.
  ///
  /// - Returns: whether it is empty now; false when another shell holds the lock or the file cannot be used.
  package func clear() -> Bool {
    gathered = []
    busyAt = nil
    if use({ connection throws(SQLiteError) in try connection.clear() }) != nil { return true }
    guard case .off(.damaged) = state else { return false }
    // Other shells keep using the file that has no name any more, until they end.
    for suffix in ["", "-wal", "-shm"] where unlink(path + suffix) != 0 && errno != ENOENT { return false }
    state = .unopened
    note = nil
    return use { connection throws(SQLiteError) in try connection.clear() } != nil
  }

  /// How many entries the file holds; nil when it is not in use. Reads all of it: some milliseconds when it is full.
  package func counts() -> Counts? {
    use { connection throws(SQLiteError) in try connection.counts() }
  }

  /// What is wrong with the file, the first time it is asked after that was found.
  package func takeNote() -> LookupNote? {
    defer { note = nil }
    return note
  }

  /// Does something with the open file; nil when it cannot be used, now or at all.
  private func use<Result>(_ body: (CacheConnection) throws(SQLiteError) -> Result) -> Result? {
    if let busyAt {
      // The distance, whichever way the clock went.
      guard abs(clock() - busyAt) >= Self.rest else { return nil }
      self.busyAt = nil
    }
    do throws(CacheTrouble) {
      guard let connection = try connection() else { return nil }
      do throws(SQLiteError) { return try body(connection) } catch { throw CacheTrouble(error) }
    } catch {
      switch error {
      case .busy:
        busyAt = clock()
      case .damaged, .full, .unusable, .foreign, .newer:
        state = .off(error)
        gathered = []
        note = error.note(path: path)
      }
      return nil
    }
  }

  private func connection() throws(CacheTrouble) -> CacheConnection? {
    switch state {
    case .open(let connection): return connection
    case .off: return nil
    case .unopened:
      let connection = try CacheConnection(path: path)
      state = .open(connection)
      return connection
    }
  }
}
