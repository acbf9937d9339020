import Enrichment
import SQLite
import SystemIO

/// Why the file of a cache cannot be used.
enum CacheTrouble: Error {
  /// Another shell holds the lock: it passes.
  case busy
  case damaged(SQLiteError)
  case full(SQLiteError)
  /// The machine refuses: permissions, a directory that cannot be made, a disk that fails.
  case unusable(String)
  /// Whole, but not written by this program.
  case foreign
  /// Written by a later version of this program, with that version of the tables.
  case newer(Int64, known: Int64)

  init(_ error: SQLiteError) {
    self.init(DatabaseFileError(error))
  }

  init(_ error: DatabaseFileError) {
    switch error {
    case .busy: self = .busy
    case .damaged(let error): self = .damaged(error)
    case .full(let error): self = .full(error)
    case .unusable(let error): self = .unusable("\(error)")
    case .refused(let call, let errno, let object):
      self = .unusable("\(SystemError(call: call, errno: errno, object: object))")
    case .foreign: self = .foreign
    case .newer(let version, let known): self = .newer(version, known: known)
    }
  }

  /// Nil for what passes by itself.
  func note(path: String) -> LookupNote? {
    let (why, remedy): (String, String)
    switch self {
    case .busy: return nil
    case .damaged(let error): (why, remedy) = ("it is damaged: \(error)", "'enrich clear', which makes a new one")
    case .full(let error): (why, remedy) = ("\(error)", "free some space, then start ftrsh again")
    case .unusable(let reason):
      (why, remedy) = (reason, "make its directory writable, or set XDG_STATE_HOME to one that is")
    case .foreign:
      (why, remedy) = ("it is a database of another program", "move it away, then start ftrsh again")
    case .newer(let version, let known):
      (why, remedy) = (
        "a later version of ftrsh wrote it (tables \(version), known are \(known))",
        "that version, or move the file away, then start ftrsh again"
      )
    }
    return LookupNote("the cache '\(path)' is not used", reason: why, advice: remedy)
  }
}
