import Glibc

/// Files that are written whole or not at all.
package enum WholeFile {
  /// Whether a path leads to an ordinary file, or to none that is there.
  package static func isOrdinary(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  /// Writes bytes beside a file first, and then has that take its place: nobody reads a part of it, and a full disk costs
  /// nothing that was there.
  ///
  /// A symbolic link stays, and what it leads to is replaced. What is no ordinary file, and what the system shows under `/dev` and
  /// `/proc`, is written to as it is.
  ///
  /// - Throws: `SystemError` of `open` (ENXIO for a pipe that nobody reads), `write`, `fsync` or `rename`.
  package static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    guard isOrdinary(path), let place = try place(of: path) else {
      // Without waiting for somebody who opens the other end of a pipe: no signal would end that.
      return try write(bytes, to: path, O_WRONLY | O_TRUNC | O_NONBLOCK, synchronised: false)
    }
    let draft = "\(place).part-\(getpid())"
    do throws(SystemError) {
      try write(bytes, to: draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, synchronised: true)
      guard rename(draft, place) == 0 else { throw SystemError(call: "rename", errno: errno) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func write(
    _ bytes: [UInt8], to path: String, _ flags: Int32, synchronised: Bool
  ) throws(SystemError) {
    let number = open(path, flags | O_CLOEXEC | O_NOCTTY, 0o666)
    guard number >= 0 else { throw SystemError(call: "open", errno: errno) }
    let file = FileDescriptor(owning: number)
    if flags & O_NONBLOCK != 0 { _ = fcntl(file.raw, F_SETFL, fcntl(file.raw, F_GETFL) & ~O_NONBLOCK) }
    _ = try writeAll(file.raw, bytes)
    guard !synchronised || fsync(file.raw) == 0 else { throw SystemError(call: "fsync", errno: errno) }
  }

  /// As many as the kernel follows (path_resolution(7)).
  private static let mostLinks = 40

  /// The file that a path leads to; nil for one that the system makes up, as `/dev/stdout` is by way of `/proc`.
  private static func place(of path: String) throws(SystemError) -> String? {
    var place = path
    for _ in 0..<mostLinks {
      guard !["/dev/", "/proc/"].contains(where: place.hasPrefix) else { return nil }
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let length = readlink(place, &buffer, buffer.count)
      guard length > 0 else { return place }
      let target = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let directory = place.lastIndex(of: "/").map { place[...$0] } ?? ""
      place = target.hasPrefix("/") ? target : directory + target
    }
    throw SystemError(call: "open", errno: ELOOP)
  }
}
