import Results
import SQLite

/// The open file of a store.
final class StoreConnection {
  let database: Database
  /// The file that is open, whatever its name is by now.
  let identity: DatabaseFile.Identity?
  /// Whether it is only read, since nobody can write it; see `DatabaseFile.isFrozen`.
  let isFrozen: Bool
  private let insertRow: Statement
  private let insertBody: Statement
  private let isTaken: Statement
  private let likely: Statement

  /// What marks a file as ours (`application_id`): "ftrr".
  static let application: Int32 = 0x6674_7272
  /// All documents together, in bytes: a disk that nobody looks at must not fill up with traces of a thousand probes a hop.
  static let mostBytes: Int64 = 1 << 30
  /// A document that is longer is a trace of nobody's making (255,000 probes take 100 MB), or one that would fill the store alone.
  static let longestDocument = 1 << 28

  /// Results of one target that began in one millisecond, looked at for being the same: as many are of one command that
  /// names the target many times.
  private static let mostLikely: Int64 = 64

  // Rows and documents in tables of their own, so that lists read a page for 30 rows and not for a fourth of one. Times are
  // milliseconds since 1970. The order of `seq` is that of storing.
  static let migrations = [
    """
    CREATE TABLE results(
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT, target TEXT NOT NULL,
      address TEXT NOT NULL, network TEXT NOT NULL, started INTEGER NOT NULL, stored INTEGER NOT NULL,
      reached INTEGER, ending TEXT, hops INTEGER, outcome TEXT NOT NULL, bytes INTEGER NOT NULL) STRICT;
    CREATE INDEX results_by_age ON results(stored, bytes);
    CREATE INDEX results_by_start ON results(started);
    CREATE TABLE documents(seq INTEGER PRIMARY KEY, document TEXT NOT NULL) STRICT;
    """
  ]

  init(_ file: DatabaseFile) throws(DatabaseFileError) {
    let before = file.identity
    isFrozen = file.isFrozen
    database = try isFrozen ? file.openFrozen() : file.open()
    identity = before ?? file.identity
    do throws(SQLiteError) {
      insertRow = try database.prepare(
        """
        INSERT INTO results(id, kind, name, target, address, network, started, stored, reached, ending, hops, outcome, bytes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        """)
      insertBody = try database.prepare("INSERT OR REPLACE INTO documents(seq, document) VALUES (?1, ?2)")
      isTaken = try database.prepare("SELECT seq FROM results WHERE id = ?1")
      likely = try database.prepare(
        "SELECT seq, id FROM results WHERE started = ?1 AND kind = ?2 AND target = ?3 ORDER BY seq DESC LIMIT ?4")
    } catch {
      throw DatabaseFileError(error)
    }
  }

  /// Puts records in, all or none, and makes room as the retention says.
  ///
  /// - Parameter draw: a new id; asked again until one is free.
  /// - Returns: the ids that they have now.
  func insert(
    _ records: [StoredRecord], at now: Int64, keeping retention: Retention, draw: (ResultID) -> ResultID
  ) throws(SQLiteError) -> [ResultID] {
    try database.transaction { () throws(SQLiteError) in
      var ids: [ResultID] = []
      for record in records {
        if let id = try storedBefore(record) {
          ids.append(id)
          continue
        }
        var id = record.summary.id
        while try row(of: id) != nil { id = draw(id) }
        try insert(id == record.summary.id ? record : record.identified(as: id), at: now)
        ids.append(id)
      }
      try prune(retention, at: now, sparing: records.count)
      return ids
    }
  }

  /// The id when this very result is stored already, under its own id or one that was drawn for it: a file that is loaded
  /// twice does not double it.
  private func storedBefore(_ record: StoredRecord) throws(SQLiteError) -> ResultID? {
    guard let seq = try row(of: record.summary.id) else { return nil }
    if try document(seq) == record.document { return record.summary.id }
    // Its id is another's.
    try likely.bind(record.summary.started.milliseconds, at: 1)
    try likely.bind(record.summary.kind.rawValue, at: 2)
    try likely.bind(record.summary.target, at: 3)
    try likely.bind(Self.mostLikely, at: 4)
    var ids: [(seq: Int64, id: ResultID)] = []
    while try likely.step() {
      if let seq = likely.integer(at: 0), let id = likely.text(at: 1).flatMap({ ResultID($0) }) {
        ids.append((seq, id))
      }
    }
    for (seq, id) in ids where try document(seq) == record.identified(as: id).document { return id }
    return nil
  }

  private func insert(_ record: StoredRecord, at now: Int64) throws(SQLiteError) {
    try bind(record.summary, record.document, to: insertRow, storedAt: now)
    try insertRow.run()
    try write(record.document, at: database.lastRow)
  }

  private func write(_ document: String, at seq: Int64) throws(SQLiteError) {
    try insertBody.bind(seq, at: 1)
    try insertBody.bind(document, at: 2)
    try insertBody.run()
  }

  private func bind(
    _ summary: StoredSummary, _ document: String, to statement: Statement, storedAt now: Int64?
  ) throws(SQLiteError) {
    try statement.bind(summary.id.text, at: 1)
    try statement.bind(summary.kind.rawValue, at: 2)
    try statement.bind(summary.name, at: 3)
    try statement.bind(summary.target, at: 4)
    try statement.bind(summary.address, at: 5)
    try statement.bind(summary.network, at: 6)
    try statement.bind(summary.started.milliseconds, at: 7)
    // An update leaves it as it is.
    if let now { try statement.bind(now, at: 8) }
    try statement.bind(summary.isReached.map { $0 ? 1 : 0 }, at: 9)
    try statement.bind(summary.end?.rawValue, at: 10)
    try statement.bind(summary.hops.map(Int64.init), at: 11)
    try statement.bind(summary.outcome, at: 12)
    try statement.bind(Int64(document.utf8.count), at: 13)
  }

  /// Writes a record over the one of the same id and start; nothing when that is gone.
  func update(_ record: StoredRecord) throws(SQLiteError) {
    try database.transaction { () throws(SQLiteError) in
      guard let seq = try row(of: record.summary.id) else { return }
      let update = try database.prepare(
        """
        UPDATE results SET kind = ?2, name = ?3, target = ?4, address = ?5, network = ?6, reached = ?9, ending = ?10,
          hops = ?11, outcome = ?12, bytes = ?13 WHERE id = ?1 AND started = ?7
        """)
      try bind(record.summary, record.document, to: update, storedAt: nil)
      try update.run()
      if database.changes > 0 { try write(record.document, at: seq) }
    }
  }

  func row(of id: ResultID) throws(SQLiteError) -> Int64? {
    try isTaken.bind(id.text, at: 1)
    return try isTaken.first { $0.integer(at: 0) }
  }

  func document(_ seq: Int64) throws(SQLiteError) -> String? {
    let select = try database.prepare("SELECT document FROM documents WHERE seq = ?1")
    try select.bind(seq, at: 1)
    return try select.first { $0.text(at: 0) }
  }
}

// What makes room.
extension StoreConnection {
  /// Removes what need not be kept.
  ///
  /// - Parameter spared: so many of the newest stay in any case.
  /// - Returns: how many went.
  @discardableResult
  func prune(_ retention: Retention, at now: Int64, sparing spared: Int = 0) throws(SQLiteError) -> Int {
    var last: Int64?
    var bound: Int64?
    switch retention {
    case .nothing: break
    case .newest(let count): last = try row(behindNewest: count)
    case .within(let period):
      let oldest = now - Int64(period / .milliseconds(1))
      // Mostly there is nothing to do.
      let isDue = try database.number("SELECT 1 FROM results WHERE stored < \(oldest) LIMIT 1") != nil
      bound = isDue ? oldest : nil
    }
    if try (database.number("SELECT sum(bytes) FROM results") ?? 0) > Self.mostBytes {
      last = max(last ?? 0, try lastRowBeyondBytes())
    }
    guard last != nil || bound != nil else { return 0 }
    let newest = try spared > 0 ? row(behindNewest: spared) ?? 0 : .max
    var count = 0
    if let last { count += try delete("seq <= \(min(last, newest))") }
    // Each by its own time, and not all up to the last of them: a clock that was wrong for a while has stored a new result as
    // an old one. The plus has SQLite take the index of `stored`.
    if let bound { count += try delete("stored < \(bound) AND +seq <= \(newest)") }
    return count
  }

  /// The newest row that is not among the newest `count`; nil when there are no more.
  private func row(behindNewest count: Int) throws(SQLiteError) -> Int64? {
    // Counted in the smallest index first: mostly there is nothing to do.
    guard try (database.number("SELECT count(*) FROM results") ?? 0) > Int64(count) else { return nil }
    return try database.number("SELECT seq FROM results ORDER BY seq DESC LIMIT 1 OFFSET \(count)")
  }

  /// The newest row that has to go so that the documents fit.
  private func lastRowBeyondBytes() throws(SQLiteError) -> Int64 {
    try database.number(
      """
      SELECT max(seq) FROM (SELECT seq, sum(bytes) OVER (ORDER BY seq DESC) AS total FROM results)
      WHERE total > \(Self.mostBytes)
      """) ?? 0
  }

  private func delete(_ condition: String) throws(SQLiteError) -> Int {
    try database.execute("DELETE FROM documents WHERE seq IN (SELECT seq FROM results WHERE \(condition))")
    try database.execute("DELETE FROM results WHERE \(condition)")
    return database.changes
  }

  /// Removes results; those that are not there do not matter.
  func delete(_ ids: [ResultID]) throws(SQLiteError) -> Int {
    try database.transaction { () throws(SQLiteError) in
      var count = 0
      for id in ids {
        guard let seq = try row(of: id) else { continue }
        try database.execute("DELETE FROM documents WHERE seq = \(seq)")
        try database.execute("DELETE FROM results WHERE seq = \(seq)")
        count += 1
      }
      return count
    }
  }

  /// Removes everything.
  func deleteAll() throws(SQLiteError) -> Int {
    try database.transaction { () throws(SQLiteError) in try delete("TRUE") }
  }
}
