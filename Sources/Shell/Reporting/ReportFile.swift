import Glibc
import Lexing
import SystemIO

/// The file of `--junit`.
enum ReportFile {
  /// What every report has at its beginning; another file is not replaced by a slip of the hand, whatever XML it holds.
  private static let declaration = Array("<?xml".utf8)
  private static let element = Array("<testsuite".utf8)
  /// Within how many bytes.
  private static let beginningBytes = 512

  /// Writes the report of a run that has not ended, unless somebody reads the file as it is written: there only the end counts.
  static func begin(_ text: String, at path: String) throws(Diagnostic) {
    if WholeFile.isOrdinary(path) { try write(text, to: path) }
  }

  /// Writes all of it or nothing (`WholeFile`).
  static func write(_ text: String, to path: String) throws(Diagnostic) {
    let isOurs: Bool
    do throws(SystemError) {
      isOurs = try isReplaceable(path)
      if isOurs { try WholeFile.write(Array(text.utf8), to: path) }
    } catch {
      throw Diagnostic(
        "cannot write '\(path)'", why: "\(error)", try: "a file in a directory that is there and can be written")
    }
    guard isOurs else {
      throw Diagnostic("'\(path)' is not replaced", why: "it is no report", try: "another name, or remove it first")
    }
  }

  private static func isReplaceable(_ path: String) throws(SystemError) -> Bool {
    guard WholeFile.isOrdinary(path), access(path, F_OK) == 0 else { return true }
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { throw SystemError(call: "open", errno: errno) }
    let file = FileDescriptor(owning: number)
    var start = [UInt8](repeating: 0, count: beginningBytes)
    let count = Glibc.read(file.raw, &start, start.count)
    let found = start.prefix(max(0, count))
    return found.isEmpty || found.starts(with: declaration) && found.firstRange(of: element) != nil
  }
}
