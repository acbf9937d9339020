import Glibc

/// An open file descriptor that one owner holds; it is closed when the owner lets go of it.
package struct FileDescriptor: ~Copyable, Sendable {
  /// The number, for calls that only borrow it; it must not be kept longer than this value lives.
  package let raw: Int32

  /// Takes ownership of an open descriptor.
  package init(owning raw: Int32) {
    precondition(raw >= 0, "A negative number is no descriptor: check the call that made it.")
    self.raw = raw
  }

  deinit {
    // On Linux the descriptor is gone whatever close says; a second try could close somebody else's.
    _ = Glibc.close(raw)
  }

  /// Gives the number away; the caller closes it.
  package consuming func release() -> Int32 {
    let number = raw
    discard self
    return number
  }
}

/// A descriptor that its owner and a running callback hold together, so that it is not closed under the callback.
final class SharedDescriptor: Sendable {
  private let descriptor: FileDescriptor

  init(owning raw: Int32) {
    descriptor = FileDescriptor(owning: raw)
  }

  var raw: Int32 { descriptor.raw }
}

/// Reads the counter of a timer or eventfd; false when it held nothing.
@discardableResult
func readCounter(_ descriptor: Int32) -> Bool {
  var count: UInt64 = 0
  return Glibc.read(descriptor, &count, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size
}

/// How writing ended.
package enum WriteEnd: Sendable {
  /// Everything is written.
  case complete
  /// Nobody reads the other end any more (EPIPE): a command whose output this was ends quietly.
  case brokenPipe
}

/// Writes all the bytes, waiting where the descriptor takes no more for now.
///
/// SIGPIPE must be ignored or blocked, or the signal ends the program before the value can be returned.
/// - Throws: `SystemError` of `write` or `poll`; EPIPE is a value instead.
package func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(SystemError) -> WriteEnd {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes {
      Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
    }
    if count >= 0 {
      written += count
      continue
    }
    switch errno {
    case EINTR: continue
    case EPIPE: return .brokenPipe
    case EAGAIN: try waitWritable(descriptor)
    case let code: throw SystemError(call: "write", errno: code)
    }
  }
  return .complete
}

/// Writes a text as UTF-8; see `writeAll(_:_:)` for bytes.
package func writeAll(_ descriptor: Int32, _ text: String) throws(SystemError) -> WriteEnd {
  try writeAll(descriptor, Array(text.utf8))
}

private func waitWritable(_ descriptor: Int32) throws(SystemError) {
  var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  while poll(&entry, 1, -1) < 0 {
    guard errno == EINTR else { throw SystemError(call: "poll", errno: errno) }
  }
}
