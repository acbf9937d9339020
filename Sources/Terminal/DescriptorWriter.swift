import Glibc
import SystemIO

/// Writes to a descriptor, never through a FILE, until a write fails.
struct DescriptorWriter: Sendable {
  let descriptor: Int32

  /// Why nothing more is written: EPIPE when the reader has gone, or what else `write` said; nil while all is well.
  private(set) var failure: SystemError?

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Writes all of a text, waiting for room where the descriptor is non-blocking.
  mutating func write(_ text: String) {
    guard failure == nil, !text.isEmpty else { return }
    do {
      switch try writeAll(descriptor, text) {
      case .complete: break
      case .brokenPipe: failure = SystemError(call: "write", errno: EPIPE)
      }
    } catch {
      failure = error
    }
  }
}
