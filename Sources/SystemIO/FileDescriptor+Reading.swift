import Glibc

extension FileDescriptor {
  /// Reads what comes until the other end is closed, on a thread of its own, and closes the descriptor; not cancelled with
  /// the task.
  ///
  /// - Parameter limit: what comes beyond so many bytes is not read.
  /// - Throws: `SystemError` of `read` or `pthread_create`.
  package consuming func readToEnd(atMost limit: Int) async throws(SystemError) -> [UInt8] {
    let raw = release()
    let result: Result<[UInt8], SystemError> = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        let thread = try Thread("reader") {
          continuation.resume(returning: Self.readAll(FileDescriptor(owning: raw), limit))
        }
        thread.detach()
      } catch {
        _ = Glibc.close(raw)
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  private static func readAll(_ file: consuming FileDescriptor, _ limit: Int) -> Result<[UInt8], SystemError> {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while bytes.count < limit {
      let count = Glibc.read(file.raw, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
      } else if count == 0 {
        break
      } else if errno != EINTR {
        return .failure(SystemError(call: "read", errno: errno))
      }
    }
    return .success(bytes)
  }
}
