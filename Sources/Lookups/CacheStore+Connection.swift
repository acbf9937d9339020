import Enrichment
import Packets
import SQLite

/// The open file of a cache.
final class CacheConnection {
  private let database: Database
  private let names: CacheNames
  private let origins: CacheOrigins
  private let asNames: CacheNames

  /// Rows written since the tables were last pruned; nil: not yet by this connection.
  private var writtenSincePruning: Int?

  /// The most rows of each table, 100,000 together: what a year of traces to everywhere brings, in 15 MB.
  static let mostNames = 50_000
  static let mostOrigins = 40_000
  static let mostASNames = 10_000
  /// Pruning reads a whole table, so it is not done with each commit.
  private static let pruningInterval = 1_000

  /// Opens the file, and makes it, its directory and its tables if need be.
  init(path: String) throws(CacheTrouble) {
    let database = try Self.open(path)
    self.database = database
    do throws(SQLiteError) {
      names = try CacheNames(table: "names", in: database)
      origins = try CacheOrigins(in: database)
      asNames = try CacheNames(table: "as_names", in: database)
    } catch {
      throw CacheTrouble(error)
    }
  }

  func find(_ key: CacheKey, at now: Int64) throws(SQLiteError) -> Answer? {
    switch key {
    case .name(let address):
      try names.find(.address(address), at: now).map { row in
        row.answer(row.value.map { .name($0) }, from: key.source)
      }
    case .origin(let address):
      try origins.find(address, at: now).map { row in
        row.answer(row.value.map { .origin($0) }, from: key.source)
      }
    case .asName(let number):
      try asNames.find(.number(number), at: now).map { row in
        row.answer(row.value.map { .asName($0) }, from: key.source)
      }
    }
  }

  /// Writes all the entries, or none when it throws.
  func write(_ entries: [CacheEntry], at now: Int64) throws(SQLiteError) {
    let isPruning = writtenSincePruning.map { $0 + entries.count >= Self.pruningInterval } ?? true
    try database.transaction { () throws(SQLiteError) in
      for entry in entries {
        switch entry.content {
        case .name(let address, let name): try names.store(.address(address), name, entry)
        case .origin(let address, let origin): try origins.store(address, origin, entry)
        case .asName(let number, let name): try asNames.store(.number(number), name, entry)
        }
      }
      if isPruning { try prune(at: now) }
    }
    writtenSincePruning = isPruning ? 0 : (writtenSincePruning ?? 0) + entries.count
  }

  func clear() throws(SQLiteError) {
    try database.transaction { () throws(SQLiteError) in
      try database.execute("DELETE FROM names; DELETE FROM origins; DELETE FROM as_names")
    }
  }

  func counts() throws(SQLiteError) -> CacheStore.Counts {
    CacheStore.Counts(names: try count("names"), origins: try count("origins"), asNames: try count("as_names"))
  }

  private func count(_ table: String) throws(SQLiteError) -> Int {
    Int(try database.number("SELECT count(*) FROM \(table)") ?? 0)
  }

  /// Removes what does not hold any more, and of a table that is too long the rows that expire first.
  private func prune(at now: Int64) throws(SQLiteError) {
    for (table, limit) in [("names", Self.mostNames), ("origins", Self.mostOrigins), ("as_names", Self.mostASNames)] {
      try database.execute(
        "DELETE FROM \(table) WHERE expires <= \(now) OR stored > \(now + CacheTime.tolerance)")
      let count = try count(table)
      // Below the limit by what may come until the next time.
      guard count > limit - Self.pruningInterval else { continue }
      // A tenth at once: finding the first to expire takes 45 ms, whether they are many or few.
      let excess = count - (limit - limit / 10)
      try database.execute(
        """
        DELETE FROM \(table) WHERE expires <= (
          SELECT expires FROM \(table) ORDER BY expires LIMIT 1 OFFSET \(excess - 1))
        """)
    }
  }
}

/// What a table says of a key.
struct CacheRow<Value> {
  /// Nil: there is none.
  let value: Value?
  let age: Duration
  let lifetime: Duration

  func answer(_ content: Answer.Content?, from source: FactSource) -> Answer {
    Answer(content ?? .absent, from: source, age: age, lifetime: lifetime)
  }
}
