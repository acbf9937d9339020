import Glibc
import Lexing
import SystemIO

/// The file of `--junit`.
enum ReportFile {
  /// What every report begins with; another file is not replaced by a slip of the hand.
  private static let beginning = Array("<?xml".utf8)

  /// Writes all of it or nothing: beside the file first, then in its place. What is no ordinary file is written to as it is.
  static func write(_ text: String, to path: String) throws(Diagnostic) {
    do throws(Refusal) {
      try replace(path, with: text)
    } catch {
      switch error {
      case .notOurs:
        throw Diagnostic("'\(path)' is not replaced", why: "it is no report", try: "another name, or remove it first")
      case .system(let error):
        throw Diagnostic(
          "cannot write '\(path)'", why: "\(error)", try: "a file in a directory that is there and can be written")
      }
    }
  }

  private enum Refusal: Error {
    case notOurs
    case system(SystemError)
  }

  private static func replace(_ path: String, with text: String) throws(Refusal) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    guard !isThere || status.st_mode & S_IFMT == S_IFREG else { return try write(text, to: path, O_WRONLY) }
    if isThere, try !isReplaceable(path) { throw .notOurs }
    let draft = "\(path).part-\(getpid())"
    do throws(Refusal) {
      try write(text, to: draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
      guard rename(draft, path) == 0 else { throw .system(SystemError(call: "rename", errno: errno)) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func write(_ text: String, to path: String, _ flags: Int32) throws(Refusal) {
    let number = open(path, flags | O_CLOEXEC | O_NOCTTY, 0o666)
    guard number >= 0 else { throw .system(SystemError(call: "open", errno: errno)) }
    let file = FileDescriptor(owning: number)
    do throws(SystemError) {
      _ = try writeAll(file.raw, text)
    } catch {
      throw .system(error)
    }
  }

  private static func isReplaceable(_ path: String) throws(Refusal) -> Bool {
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { throw .system(SystemError(call: "open", errno: errno)) }
    let file = FileDescriptor(owning: number)
    var start = [UInt8](repeating: 0, count: beginning.count)
    let count = Glibc.read(file.raw, &start, start.count)
    return count == 0 || start == beginning
  }
}
