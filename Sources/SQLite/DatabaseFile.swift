import Glibc

/// A database file of this program, which several of its processes share: how it is told from others, made, brought up to date and
/// set aside.
package struct DatabaseFile: Sendable {
  /// Of the file; SQLite keeps two more beside it, with `-wal` and `-shm` behind its name.
  package let path: String
  /// What marks a file as one of this kind (`application_id`).
  package let application: Int32
  /// Statements that bring the tables from each version to the next: the first makes those of version 1.
  package let migrations: [String]
  /// How long a statement waits for another process's lock.
  package var busyTimeout: Duration

  /// A file that need not be there yet; see the properties.
  package init(path: String, application: Int32, migrations: [String], busyTimeout: Duration) {
    self.path = path
    self.application = application
    self.migrations = migrations
    self.busyTimeout = busyTimeout
  }

  /// In bytes: 128 pages. A checkpoint waits for the disk, and who opens a file that nobody has open reads its whole log first.
  /// So long a log is some fifteen traces to the one and 0.2 ms to the other.
  static let longestLog: Int64 = 1 << 19

  /// The version of the tables after all migrations (`user_version`). A file with a later one is not touched.
  package var version: Int64 { Int64(migrations.count) }

  private enum Content {
    case ours(version: Int64)
    case empty
    case foreign
  }

  /// Opens the file, makes it and its directory if need be, and brings its tables up to date.
  package func open() throws(DatabaseFileError) -> Database {
    try makeFile()
    let database = try translating { () throws(SQLiteError) in
      let database = try Database(path: path, access: .readWrite, busyTimeout: busyTimeout)
      // A stranger's file: its schema may not run functions, and its pages are checked before they are believed.
      try database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      return database
    }
    let found = try translating { () throws(SQLiteError) in
      // In one transaction, or another process might make the tables between one look and the next.
      try database.execute("BEGIN")
      let content = try content(of: database)
      try database.execute("COMMIT")
      return content
    }
    let isCurrent = try isCurrent(found)
    try translating { () throws(SQLiteError) in
      // With a write-ahead log readers and writers do not wait for each other, and a commit does not wait for the disk. What
      // a crash of the machine takes is the last commits.
      try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try database.keepLogShort(path + "-wal", longest: Self.longestLog)
    }
    // A file whose tables are right is opened without the lock for writing, which another process may hold.
    if !isCurrent { try migrate(database) }
    return database
  }

  /// Whether the file lies on a disk that is mounted read-only, and has no log that would have to be read with it: then
  /// nobody can change it.
  package var isFrozen: Bool {
    var disk = statvfs()
    guard statvfs(path, &disk) == 0, disk.f_flag & UInt(ST_RDONLY) != 0 else { return false }
    var log = stat()
    return stat(path + "-wal", &log) != 0 || log.st_size == 0
  }

  /// Opens a frozen file to read it. As it is usually opened it could not be: the files that are kept beside one with a
  /// write-ahead log cannot be made.
  ///
  /// Nothing is locked, so it must be let go of as soon as the disk can be written.
  package func openFrozen() throws(DatabaseFileError) -> Database {
    let found = try translating { () throws(SQLiteError) in
      let database = try Database(frozen: path)
      try database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      return (database, try content(of: database))
    }
    guard try isCurrent(found.1) else { throw .refused(call: "open", errno: EROFS, object: path) }
    return found.0
  }

  /// Whether nothing has to be done to the tables.
  private func isCurrent(_ content: Content) throws(DatabaseFileError) -> Bool {
    switch content {
    case .foreign: throw .foreign
    case .empty: return false
    case .ours(let found):
      guard found <= version else { throw .newer(found, known: version) }
      return found == version
    }
  }

  /// In one transaction: whoever is killed half-way leaves the old tables.
  private func migrate(_ database: Database) throws(DatabaseFileError) {
    var outcome = Content.empty
    try translating { () throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        // Another process may have been faster.
        outcome = try content(of: database)
        let done: Int
        switch outcome {
        case .foreign: return
        case .empty: done = 0
        case .ours(let found): done = Int(found)
        }
        guard done < migrations.count else { return }
        for migration in migrations[done...] { try database.execute(migration) }
        try database.execute("PRAGMA application_id = \(application); PRAGMA user_version = \(version)")
      }
    }
    _ = try isCurrent(outcome)
  }

  private func content(of database: Database) throws(SQLiteError) -> Content {
    let found = try database.number("PRAGMA application_id")
    let number = try database.number("PRAGMA user_version") ?? 0
    if found == Int64(application) { return number > 0 ? .ours(version: number) : .foreign }
    return try database.number("SELECT count(*) FROM sqlite_schema") == 0 ? .empty : .foreign
  }

  private func translating<Result>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(DatabaseFileError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw DatabaseFileError(error) }
  }

  /// Makes the directory, 0700, and those above it, and the file, 0600, which is what SQLite gives its other files too.
  private func makeFile() throws(DatabaseFileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { throw .refused(call: "open", errno: EINVAL, object: path) }
      // Not opened to look at it: closing it would take away the locks of other connections of this process.
      return
    }
    var refusal: DatabaseFileError?
    for index in path.indices.dropFirst() where path[index] == "/" {
      let directory = String(path[..<index])
      guard mkdir(directory, 0o700) != 0, errno != EEXIST, refusal == nil else { continue }
      refusal = .refused(call: "mkdir", errno: errno, object: directory)
    }
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0o600)
    if file >= 0 {
      Glibc.close(file)
    } else if errno == ENOENT, let refusal {
      // Which directory is missing, and why it could not be made. Others that were refused are there already.
      throw refusal
    } else if errno != EEXIST {
      throw .refused(call: "open", errno: errno, object: nil)
    }
  }
}

extension DatabaseFile {
  /// Which file a path leads to, whatever its name becomes.
  package struct Identity: Hashable, Sendable {
    fileprivate let device: UInt64
    fileprivate let number: UInt64
  }

  /// The file that the path leads to now; nil when there is none.
  package var identity: Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// Gives a damaged file, and the two beside it, another name.
  ///
  /// Processes that find the damage at the same time do it one after the other, and only the first does anything: to the
  /// second the path leads to the new file already.
  ///
  /// - Parameters:
  ///   - found: the file that was found damaged.
  ///   - suffix: stands behind the name; with a number when there is such a file already.
  /// - Returns: the new path of the file; nil when another process has done it.
  package func setAside(_ found: Identity, as suffix: String) throws(DatabaseFileError) -> String? {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) + "/" } ?? "."
    let lock = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw .refused(call: "open", errno: errno, object: directory) }
    defer { Glibc.close(lock) }
    guard flock(lock, LOCK_EX) == 0 else { throw .refused(call: "flock", errno: errno, object: directory) }
    guard identity == found else { return nil }
    let target = freeName(suffix)
    // The file itself last: a log that is left beside a new file would be taken for its own.
    for part in ["-wal", "-shm", ""] where rename(path + part, target + part) != 0 && errno != ENOENT {
      throw .refused(call: "rename", errno: errno, object: path + part)
    }
    return target
  }

  /// More files of one second than anybody has.
  private static let mostNames = 1_000

  private func freeName(_ suffix: String) -> String {
    let name = path + suffix
    guard access(name, F_OK) == 0 else { return name }
    return (2...Self.mostNames).lazy.map { "\(name)-\($0)" }.first { access($0, F_OK) != 0 } ?? name
  }
}
