import Glibc
import SystemIO

/// The lines typed in earlier sessions, in a file that several shells add to at once.
///
/// Format: UTF-8, one entry a line; inside an entry a newline is written `\n` and a backslash `\\`. The file only grows: an entry is one
/// `write` to a descriptor opened with O_APPEND, which the kernel does in one piece, so that shells need no lock and none loses
/// another's lines. A shell reads the file once, at its start.
///
/// A line that is no entry (foreign bytes, an end cut off by a crash or a full disk) is skipped and counted. The next entry
/// after a last line without its end begins on a line of its own. A file that cannot be read or written is reported once, and the
/// session goes on with its history in memory.
package struct HistoryFile: Sendable {
  /// Entries kept in memory: as many as a person finds again, and entered into libedit within milliseconds.
  package static let limit = 10_000

  /// Only this much of the file's end is read.
  private static let readLimitBytes = 4 << 20

  /// A longer entry is kept in memory only: it was pasted, and would push hundreds of others out of what is read.
  private static let entryLimitBytes = 64 << 10

  /// Oldest first, at most `limit`.
  package private(set) var entries: [String] = []

  /// What was wrong with the file when it was opened, in a sentence; nil when nothing was.
  package private(set) var note: String?

  /// Nil when there is no file: the history then lives in memory only.
  private let path: String?
  private var isReported = false

  /// A history without a file.
  package init() { path = nil }

  /// Reads a file's last entries. A file that is not there yet is an empty history.
  package init(path: String) {
    self.path = path
    do throws(SystemError) {
      let bytes = try Self.readEnd(of: path)
      let (entries, damaged) = Self.decode(bytes)
      self.entries = entries
      if damaged > 0 { note = "history: skipped \(damaged) damaged \(damaged == 1 ? "line" : "lines") of '\(path)'" }
    } catch {
      isReported = true
      note = Self.note(error, path)
    }
  }

  /// Adds an entry, unless it is empty, begins with a space, or repeats the last one.
  ///
  /// - Returns: whether it was kept, and a sentence the first time the file cannot be written.
  package mutating func append(_ entry: String) -> (isKept: Bool, note: String?) {
    guard let first = entry.first, first != " ", entry != entries.last else { return (false, nil) }
    entries.append(entry)
    if entries.count > Self.limit { entries.removeFirst() }
    guard let path, entry.utf8.count <= Self.entryLimitBytes else { return (true, nil) }
    do throws(SystemError) {
      try Self.write(entry, to: path)
    } catch {
      guard !isReported else { return (true, nil) }
      isReported = true
      return (true, Self.note(error, path))
    }
    return (true, nil)
  }

  // The form of an entry in the file.

  static func encode(_ entry: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in entry.utf8 {
      switch byte {
      case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
      case UInt8(ascii: "\\"): bytes += Array(#"\\"#.utf8)
      default: bytes.append(byte)
      }
    }
    return bytes + [UInt8(ascii: "\n")]
  }

  /// The last entries of a file's bytes, and how many lines among them were none.
  static func decode(_ bytes: [UInt8]) -> (entries: [String], damaged: Int) {
    let newline = UInt8(ascii: "\n")
    // Latest first: what lies before the last `limit` entries is not looked at.
    var entries: [String] = []
    var end = bytes.lastIndex(of: newline) ?? 0
    var damaged = bytes.isEmpty || bytes.last == newline ? 0 : 1
    while end > 0, entries.count < limit {
      let start = bytes[..<end].lastIndex(of: newline).map { $0 + 1 } ?? 0
      let line = bytes[start..<end]
      end = max(0, start - 1)
      if line.isEmpty { continue }
      guard let entry = decodeLine(line) else {
        damaged += 1
        continue
      }
      if entry != entries.last { entries.append(entry) }
    }
    return (entries.reversed(), damaged)
  }

  private static func decodeLine(_ line: ArraySlice<UInt8>) -> String? {
    // Nearly every line is its own form; without this a full history would add 13 ms to a start.
    if !line.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 }) { return String(validating: line, as: UTF8.self) }
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in line {
      switch (isEscaped, byte) {
      case (true, UInt8(ascii: "n")): bytes.append(UInt8(ascii: "\n"))
      case (true, UInt8(ascii: "\\")): bytes.append(byte)
      case (true, _), (false, 0): return nil
      case (false, UInt8(ascii: "\\")):
        isEscaped = true
        continue
      case (false, _): bytes.append(byte)
      }
      isEscaped = false
    }
    return isEscaped ? nil : String(validating: bytes, as: UTF8.self)
  }

  // The file.

  private static func write(_ entry: String, to path: String) throws(SystemError) {
    makeDirectory(of: path)
    let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
    guard file >= 0 else { throw SystemError(call: "open", errno: errno) }
    defer { close(file) }
    var bytes = encode(entry)
    if try !endsWithNewline(file) { bytes.insert(UInt8(ascii: "\n"), at: 0) }
    let count = Glibc.write(file, bytes, bytes.count)
    guard count >= 0 else { throw SystemError(call: "write", errno: errno) }
    // A short write is a full disk; the line's beginning stays and is skipped when it is read.
    guard count == bytes.count else { throw SystemError(call: "write", errno: ENOSPC) }
  }

  private static func endsWithNewline(_ file: Int32) throws(SystemError) -> Bool {
    let end = lseek(file, 0, SEEK_END)
    guard end >= 0 else { throw SystemError(call: "lseek", errno: errno) }
    guard end > 0 else { return true }
    var last: UInt8 = 0
    guard pread(file, &last, 1, end - 1) == 1 else { throw SystemError(call: "pread", errno: errno) }
    return last == UInt8(ascii: "\n")
  }

  /// The last whole lines within `readLimitBytes`.
  private static func readEnd(of path: String) throws(SystemError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return [] }
      throw SystemError(call: "open", errno: errno)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw SystemError(call: "fstat", errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(call: "open", errno: EINVAL) }
    let start = max(0, Int(status.st_size) - readLimitBytes)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - start)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(
          file, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).baseAddress, buffer.count - filled,
          start + filled)
      }
      guard count >= 0 else { throw SystemError(call: "read", errno: errno) }
      if count == 0 { break }  // cut shorter meanwhile
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    guard start > 0 else { return bytes }
    // The first line is only the rest of one.
    return Array(bytes.drop { $0 != UInt8(ascii: "\n") }.dropFirst())
  }

  /// Makes the file's directory, and those above it; the file's own `open` says what is wrong if that fails.
  private static func makeDirectory(of path: String) {
    for index in path.indices.dropFirst() where path[index] == "/" {
      _ = mkdir(String(path[..<index]), 0o700)
    }
  }

  private static func note(_ error: SystemError, _ path: String) -> String {
    "history: '\(path)' is not used: \(error); this session's lines are kept until it ends"
  }
}
