import Enrichment
import Packets
import SystemIO

/// A file that can be asked, and as what.
enum LocalFile: Hashable, Sendable {
  case database(String)
  case table(String)

  /// The file that a question is about; nil for a question about none.
  init?(of question: Question) {
    switch question {
    case .origin(_, .maxMind(let path)), .place(_, database: let path): self = .database(path)
    case .origin(_, .table(let path)): self = .table(path)
    case .name, .origin(_, .cymru), .asName, .publicAddress: return nil
    }
  }

  var path: String {
    switch self {
    case .database(let path), .table(let path): path
    }
  }

  var source: FactSource {
    switch self {
    case .database: .maxMind
    case .table: .table
    }
  }

  /// Its stamp now; nil when there is no such file.
  var stamp: FileStamp? {
    do throws(SystemError) { return try FileStamp(path: path) } catch { return nil }
  }

  /// Opens it, which may take long.
  func open() -> OpenFile {
    // Before it is read: what is written meanwhile is noticed by the next look.
    let stamp = stamp
    do throws(SourceTrouble) {
      switch self {
      case .database(let path): return OpenFile(content: .database(try MaxMindDatabase(path: path)), stamp: stamp)
      case .table(let path): return OpenFile(content: .table(try PrefixTable(path: path)), stamp: stamp)
      }
    } catch {
      return OpenFile(content: .failed(error), stamp: stamp)
    }
  }
}

/// A file after it was opened, or could not be.
struct OpenFile: Sendable {
  enum Content: Sendable {
    case database(MaxMindDatabase)
    case table(PrefixTable)
    case failed(SourceTrouble)
  }

  let content: Content
  /// Of the file just before; nil when there was none.
  let stamp: FileStamp?

  /// What it says to a question that is about such a file; nil: nothing.
  func content(for question: Question) throws(SourceTrouble) -> Answer.Content? {
    switch (content, question) {
    case (.failed(let trouble), _): throw trouble
    case (.database(let database), .origin(let address, _)): try database.origin(of: address).map { .origin($0) }
    case (.database(let database), .place(let address, _)): try database.place(of: address).map { .place($0) }
    case (.table(let table), .origin(let address, _)): table.origin(of: address).map { .origin($0) }
    case (.table, _), (.database, _): preconditionFailure("A file is asked what it is for.")
    }
  }

  /// Entries, and bytes in memory; nil when it could not be opened.
  var size: (entries: Int, byteCount: Int)? {
    switch content {
    case .database(let database): (database.nodes, database.stamp.size)
    case .table(let table): (table.count, table.byteCount)
    case .failed: nil
    }
  }

  /// What to say about it even though it is used.
  func notes(path: String) -> [LookupNote] {
    guard case .table(let table) = content else { return [] }
    var notes: [LookupNote] = []
    if table.faultCount > 0 {
      let more = table.faultCount - table.faults.count
      let faults = table.faults.map { "line \($0.line): \($0.reason)" } + (more > 0 ? ["and \(more) more"] : [])
      notes.append(
        LookupNote(
          "\(table.faultCount) \(table.faultCount == 1 ? "line" : "lines") of '\(path)' cannot be used",
          reason: faults.joined(separator: "; "), advice: "get the file again; the other lines are used"))
    }
    if table.isCut {
      notes.append(
        LookupNote(
          "the end of '\(path)' is not used",
          reason: "it has more than \(PrefixTable.mostLines) lines, or \(PrefixTable.mostTextBytes >> 20) MB of names",
          advice: "a table of the internet has a fifth of that: see whether this is one"))
    }
    return notes
  }
}
