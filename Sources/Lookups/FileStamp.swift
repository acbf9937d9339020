import Glibc
import SystemIO

/// What tells a file from the one that took its place, and from itself after somebody wrote into it.
package struct FileStamp: Hashable, Sendable {
  private let device: UInt
  private let inode: UInt
  /// In bytes.
  package let size: Int
  private let modified: Int64
  private let changed: Int64

  /// The stamp of the file at a path. About 2 µs.
  ///
  /// - Throws: `SystemError` of `stat`; EINVAL for what is no regular file and might make a reader wait for ever.
  package init(path: String) throws(SystemError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemError(call: "stat", errno: errno) }
    try self.init(status)
  }

  /// The stamp of an open file; see `init(path:)`.
  package init(descriptor: Int32) throws(SystemError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError(call: "fstat", errno: errno) }
    try self.init(status)
  }

  private init(_ status: stat) throws(SystemError) {
    guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(call: "open", errno: EINVAL) }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
