import Glibc
import Lexing
import SystemIO

/// Files that are read and written whole.
enum WholeFile {
  /// Why a file cannot be read.
  enum Refusal: Error {
    case system(SystemError)
    /// A directory, or what could be waited for without end: a pipe, a terminal.
    case notAFile

    var reason: String {
      switch self {
      case .notAFile: "it is no ordinary file"
      case .system(let error): "\(error)"
      }
    }
  }

  /// Writes all of it or nothing: beside the file first, then in its place.
  ///
  /// - Parameters:
  ///   - beginning: what a file that is there already must begin with, to be replaced.
  ///   - writer: who writes such files, for the message.
  static func write(
    _ bytes: [UInt8], to path: String, replacing beginning: [UInt8], writer: String
  ) throws(Diagnostic) {
    try checkReplaceable(path, beginning, writer)
    let draft = "\(path).part-\(getpid())"
    do throws(SystemError) {
      let number = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard number >= 0 else { throw SystemError(call: "open", errno: errno) }
      let file = FileDescriptor(owning: number)
      _ = try writeAll(file.raw, bytes)
      try check(fsync(file.raw), "fsync")
      try check(rename(draft, path), "rename")
    } catch {
      unlink(draft)
      throw Diagnostic("cannot write '\(path)'", why: "\(error)", try: "a directory that is there and can be written")
    }
  }

  /// Somebody's other file is not replaced by a slip of the hand.
  private static func checkReplaceable(_ path: String, _ beginning: [UInt8], _ writer: String) throws(Diagnostic) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Diagnostic("cannot write '\(path)'", why: "it is no ordinary file", try: "another name")
    }
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else {
      throw Diagnostic(
        "cannot replace '\(path)'", why: SystemError(call: "open", errno: errno).description, try: "another name")
    }
    let file = FileDescriptor(owning: number)
    var start = [UInt8](repeating: 0, count: beginning.count)
    let count = Glibc.read(file.raw, &start, start.count)
    guard count == 0 || start == beginning else {
      throw Diagnostic(
        "'\(path)' is not replaced", why: "\(writer) did not write it", try: "another name, or remove it first")
    }
  }

  /// The whole file, or a little more than `longest` bytes of it.
  static func read(_ path: String, longest: Int) throws(Refusal) -> [UInt8] {
    // Without waiting: to open a pipe that nobody writes would take for ever. To what is read then it means nothing.
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { throw .system(SystemError(call: "open", errno: errno)) }
    let file = FileDescriptor(owning: number)
    var status = stat()
    guard fstat(file.raw, &status) == 0 else { throw .system(SystemError(call: "fstat", errno: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= longest {
      let count = Glibc.read(file.raw, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(SystemError(call: "read", errno: errno)) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private static func check(_ result: Int32, _ call: String) throws(SystemError) {
    guard result == 0 else { throw SystemError(call: call, errno: errno) }
  }
}
