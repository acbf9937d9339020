import Glibc
import Lexing
import Results
import SystemIO

/// The files of `save` and `load`, and what `lab save` and `export` write.
enum ResultFile {
  /// What is in a file.
  enum Contents {
    case results
    case network
    case capture

    /// How such a file begins.
    fileprivate var beginning: [UInt8] {
      switch self {
      case .results: ResultFile.beginning
      case .network: Array("lab new ".utf8)
      // The type of a section header block, which reads alike in both byte orders.
      case .capture: [0x0a, 0x0d, 0x0d, 0x0a]
      }
    }

    /// What writes it.
    fileprivate var command: String {
      switch self {
      case .results: "save"
      case .network: "lab save"
      case .capture: "export"
      }
    }
  }

  /// The longest file read, in bytes: 50,000 paths of the internet.
  private static let longestBytes = 256 << 20
  private static let beginning = Array("{\"ftrsh\":\"results\"".utf8)

  /// Writes all of it or nothing.
  static func write(_ text: String, to path: String, of contents: Contents = .results) throws(Diagnostic) {
    try write(Array(text.utf8), to: path, of: contents)
  }

  /// Writes all of it or nothing (`WholeFile`).
  static func write(_ bytes: [UInt8], to path: String, of contents: Contents) throws(Diagnostic) {
    try checkReplaceable(path, contents)
    do throws(SystemError) { try WholeFile.write(bytes, to: path) } catch {
      throw Diagnostic("cannot write '\(path)'", why: "\(error)", try: "a directory that is there and can be written")
    }
  }

  /// Somebody's other file is not replaced by a slip of the hand.
  private static func checkReplaceable(_ path: String, _ contents: Contents) throws(Diagnostic) {
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
    var start = [UInt8](repeating: 0, count: contents.beginning.count)
    let count = Glibc.read(file.raw, &start, start.count)
    guard count == 0 || start == contents.beginning else {
      throw Diagnostic(
        "'\(path)' is not replaced", why: "'\(contents.command)' did not write it",
        try: "another name, or remove it first")
    }
  }

  static func read(_ path: String) throws(Diagnostic) -> SavedResults.Loaded {
    let bytes = try bytes(of: path, writtenBy: "save")
    guard bytes.count <= longestBytes else {
      throw Diagnostic(
        "cannot load '\(path)'", why: "it is longer than \(longestBytes >> 20) MiB", try: "a smaller file")
    }
    do throws(StoreFormError) {
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .notOurs }
      return try SavedResults.load(text)
    } catch {
      throw Diagnostic("cannot load '\(path)'", why: error.reason, try: remedy(error))
    }
  }

  private static func bytes(of path: String, writtenBy command: String) throws(Diagnostic) -> [UInt8] {
    do throws(Refusal) {
      return try readAll(path)
    } catch {
      let why =
        switch error {
        case .notAFile: "it is no ordinary file"
        case .system(let error): "\(error)"
        }
      throw Diagnostic("cannot read '\(path)'", why: why, try: "a file that '\(command)' has written")
    }
  }

  /// Reads a recording, as far as it is whole.
  static func readRecording(_ path: String) throws(Diagnostic) -> Recording {
    let bytes = try bytes(of: path, writtenBy: "record")
    guard bytes.count <= longestBytes else {
      throw Diagnostic("cannot replay '\(path)'", why: "it is longer than \(longestBytes >> 20) MiB")
    }
    do throws(StoreFormError) {
      return try Recording(bytes)
    } catch {
      let why =
        switch error {
        case .newer(let schema): "a later version of ftrsh wrote it (form \(schema), known is \(Recording.schema))"
        case .notOurs, .unknownKind, .malformed: "it is no recording of ftrsh: its first line, at byte 0, is another"
        }
      throw Diagnostic("cannot replay '\(path)'", why: why, try: "a file that 'record' has written")
    }
  }

  private static func remedy(_ error: StoreFormError) -> String {
    switch error {
    case .newer, .unknownKind: "that version of ftrsh"
    case .notOurs: "a file that 'save' has written"
    case .malformed: "save it anew where its results are"
    }
  }

  enum Refusal: Error {
    case system(SystemError)
    /// A directory, or what could be waited for without end: a pipe, a terminal.
    case notAFile
  }

  /// The whole file, or a little more than `longestBytes` of it.
  static func readAll(_ path: String) throws(Refusal) -> [UInt8] {
    // Without waiting: to open a pipe that nobody writes would take for ever. To what is read then it means nothing.
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { throw .system(SystemError(call: "open", errno: errno)) }
    let file = FileDescriptor(owning: number)
    var status = stat()
    guard fstat(file.raw, &status) == 0 else { throw .system(SystemError(call: "fstat", errno: errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= longestBytes {
      let count = Glibc.read(file.raw, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(SystemError(call: "read", errno: errno)) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
