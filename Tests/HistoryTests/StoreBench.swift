import FoundationEssentials
import History
import Results
import SQLite
import SystemIO
import TestSupport
import Testing
import Time
import Tracing

/// A store in a directory of its own, by a clock that stands still.
final class StoreBench: Sendable {
  let directory: TemporaryDirectory
  private let time = Locked(WallTime(milliseconds: 1_795_479_443_042))
  var path: String { directory.path + "/state/results.db" }

  init() throws { directory = try TemporaryDirectory() }

  /// Another shell.
  func store(busyTimeout: Duration = ResultStore.usualBusyTimeout) -> ResultStore {
    ResultStore(path: path, busyTimeout: busyTimeout, clock: { [self] in time.withLock { $0 } })
  }

  func advance(by duration: Duration) {
    time.withLock { $0 = WallTime(milliseconds: $0.milliseconds + Int64(duration / .milliseconds(1))) }
  }

  /// Another program with the file open.
  func intruder() throws -> Database { try Database(path: path, access: .readWrite, busyTimeout: .zero) }

  /// Another program that has made the file, and nothing in it yet.
  func emptyFile() throws -> Database {
    try FileManager.default.createDirectory(atPath: directory.path + "/state", withIntermediateDirectories: true)
    return try Database(path: path, access: .readWriteCreate, busyTimeout: .zero)
  }

  func isWhole() throws -> Bool {
    try intruder().prepare("PRAGMA integrity_check").first { $0.text(at: 0) } == "ok"
  }

  /// The files beside the store, and itself.
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path + "/state").sorted() }
  }

  /// Trace number `number`, with an id made of it.
  static func result(_ number: Int, target: String = "demo.test", end: TraceEnd = .exhausted) -> TraceResult {
    var result = TraceResult.sample(ProbeLines.trace("1 10.0.0.1 0.5\n2 *", end: end), target: target)
    result.id = id(number)
    result.started = WallTime(milliseconds: 1_795_479_443_042 + Int64(number) * 1_000)
    return result
  }

  static func id(_ number: Int) -> ResultID {
    var digits: [Character] = []
    for place in 0..<4 { digits.append(ResultID.alphabet[number >> (15 - 5 * place) & 31]) }
    guard let id = ResultID(String(digits)) else { preconditionFailure("Four characters of the alphabet are an id.") }
    return id
  }
}

extension ResultStore {
  /// Stores traces, and keeps all there are.
  @discardableResult
  func keep(_ results: TraceResult...) -> [ResultID]? { keep(results.map { StoredRecord($0) }, .usual) }

  /// The trace of that id, read back.
  func trace(_ id: ResultID) throws -> TraceResult? {
    try find(id).record.map { record in
      var result = try StoreForm.decodeTrace(record.document)
      result.id = record.summary.id
      return result
    }
  }

  var ids: [ResultID]? { list()?.summaries.map(\.id) }
}
