import Glibc
import Lexing
import Probing
import Results
import SystemIO

/// The file that a session records into.
final class RecordingFile {
  let path: String
  /// Ids of the traces in it.
  private(set) var recorded: Set<ResultID> = []
  private let file: FileDescriptor

  /// Makes the file; one that is there already is left alone.
  init(_ path: String) throws(Diagnostic) {
    self.path = path
    let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard number >= 0 else {
      throw Diagnostic(
        "cannot record to '\(path)'", why: SystemError(call: "open", errno: errno).description,
        try: "a name that is not there yet, in a directory that can be written")
    }
    file = FileDescriptor(owning: number)
    try write(Recording.heading(version: Version.number))
  }

  /// Adds a trace; one that is there already is written again as it is now.
  ///
  /// - Returns: whether its packets were kept, without which there is nothing to write.
  func add(_ result: TraceResult) throws(Diagnostic) -> Bool {
    guard result.packets.isComplete, result.hypothesis == nil else { return false }
    try write(Recording.line(result))
    recorded.insert(result.id)
    return true
  }

  private func write(_ text: String) throws(Diagnostic) {
    do throws(SystemError) {
      _ = try writeAll(file.raw, text)
    } catch {
      throw Diagnostic("cannot record to '\(path)'", why: error.description)
    }
  }
}
