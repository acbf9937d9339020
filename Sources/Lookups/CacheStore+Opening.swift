import SQLite

extension CacheConnection {
  /// What marks a file as ours (`application_id`): "ftrc".
  private static let application: Int32 = 0x6674_7263

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
    """

  /// Opens the file, and makes it, its directory and its tables if need be.
  static func open(_ path: String) throws(CacheTrouble) -> Database {
    let file = DatabaseFile(
      path: path, application: application, migrations: [tables], busyTimeout: CacheStore.busyTimeout)
    do throws(DatabaseFileError) { return try file.open() } catch { throw CacheTrouble(error) }
  }
}
