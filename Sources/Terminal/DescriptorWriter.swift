import Glibc

/// Writes whole texts to a descriptor, never through a FILE.
///
/// The process ignores SIGPIPE (the composition root sees to it): a reader that went away is an errno here.
struct DescriptorWriter {
  let descriptor: Int32

  /// The errno of the write that failed, nil while all is well. After a failure nothing more is written.
  private(set) var failure: Int32?

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Writes all of a text, waiting for room where the descriptor is non-blocking.
  mutating func write(_ text: String) {
    guard failure == nil, !text.isEmpty else { return }
    var text = text
    failure = text.withUTF8 { Self.writeAll($0, to: descriptor) }
  }

  /// - Returns: the errno, nil when all bytes are written.
  private static func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&room, 1, -1)
      case let code: return code
      }
    }
    return nil
  }
}
