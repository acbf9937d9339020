import Glibc
import SQLite
import SystemIO

extension CacheConnection {
  /// The version of the tables below (`user_version`). A file with a later one is not touched.
  static let version: Int64 = 1
  /// What marks a file as ours (`application_id`): "ftrc".
  private static let application: Int64 = 0x6674_7263

  // Times are milliseconds since 1970, addresses 4 or 16 bytes in network order, a NULL name or a NULL list of AS numbers says
  // that there is none, and AS numbers are decimal, with a space between.
  private static let tables = """
    CREATE TABLE names(
      key BLOB PRIMARY KEY, name TEXT, stored INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE origins(
      family INTEGER NOT NULL, first BLOB NOT NULL, length INTEGER NOT NULL,
      asns TEXT, country TEXT, registry TEXT, name TEXT, stored INTEGER NOT NULL, expires INTEGER NOT NULL,
      PRIMARY KEY(family, first, length)) STRICT, WITHOUT ROWID;
    CREATE TABLE as_names(
      key INTEGER PRIMARY KEY, name TEXT, stored INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT;
    PRAGMA application_id = \(application);
    PRAGMA user_version = \(version);
    """

  private enum Identity {
    case ours
    case empty
    case foreign
    case newer(Int64)
  }

  /// Opens the file, and makes it, its directory and its tables if need be.
  static func open(_ path: String) throws(CacheTrouble) -> Database {
    do throws(SystemError) { try makeFile(path) } catch { throw CacheTrouble(error) }
    let database = try translating { () throws(SQLiteError) in
      let database = try Database(path: path, access: .readWrite, busyTimeout: CacheStore.busyTimeout)
      // A stranger's file: its schema may not run functions, and its pages are checked before they are believed.
      try database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      return database
    }
    let isEmpty: Bool
    let found = try translating { () throws(SQLiteError) in
      // In one transaction, or another shell might make the tables between one look and the next.
      try database.execute("BEGIN")
      let identity = try identity(of: database)
      try database.execute("COMMIT")
      return identity
    }
    switch found {
    case .ours: isEmpty = false
    case .empty: isEmpty = true
    case .foreign: throw .foreign
    case .newer(let version): throw .newer(version)
    }
    try translating { () throws(SQLiteError) in
      // With a write-ahead log readers and writers do not wait for each other, and a commit does not wait for the disk. What
      // a crash of the machine takes is the last commits.
      try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      // A file with tables is opened without the lock for writing, which another shell may hold.
      guard isEmpty else { return }
      try database.transaction { () throws(SQLiteError) in
        // Another shell may have been faster.
        if case .empty = try identity(of: database) { try database.execute(tables) }
      }
    }
    return database
  }

  static func translating<Result>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(CacheTrouble) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw CacheTrouble(error) }
  }

  private static func identity(of database: Database) throws(SQLiteError) -> Identity {
    let found = try database.number("PRAGMA application_id")
    let number = try database.number("PRAGMA user_version") ?? 0
    if found == application { return number > version ? .newer(number) : number == version ? .ours : .foreign }
    return try database.number("SELECT count(*) FROM sqlite_schema") == 0 ? .empty : .foreign
  }

  /// Makes the directory, 0700, and those above it, and the file, 0600, which is what SQLite gives its other files too.
  private static func makeFile(_ path: String) throws(SystemError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(call: "open", errno: EINVAL, object: path) }
      // Not opened to look at it: closing it would take away the locks of other connections of this process.
      return
    }
    var refusal: SystemError?
    for index in path.indices.dropFirst() where path[index] == "/" {
      let directory = String(path[..<index])
      guard mkdir(directory, 0o700) != 0, errno != EEXIST, refusal == nil else { continue }
      refusal = SystemError(call: "mkdir", errno: errno, object: directory)
    }
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0o600)
    if file >= 0 {
      Glibc.close(file)
    } else if errno == ENOENT, let refusal {
      // Which directory is missing, and why it could not be made. Others that were refused are there already.
      throw refusal
    } else if errno != EEXIST {
      throw SystemError(call: "open", errno: errno)
    }
  }
}
