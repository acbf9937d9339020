import Glibc
import SystemIO

/// Standard input when it is no terminal, read on a thread of its own, since a file cannot be waited for on an event
/// loop.
enum InputChunks {
  /// Bytes read at once: one read takes in a whole script of ordinary length.
  private static let length = 65_536

  /// What is read, in order; ends with the input.
  ///
  /// - Throws: `SystemError` when no thread can be started.
  static func read(_ descriptor: Int32) throws(SystemError) -> AsyncStream<[UInt8]> {
    let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    let thread = try Thread("standard input") {
      var buffer = [UInt8](repeating: 0, count: length)
      while true {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        continuation.yield(Array(buffer[..<count]))
      }
      continuation.finish()
    }
    thread.detach()
    return chunks
  }
}

/// Cuts chunks of bytes into lines.
struct LineSplitter {
  /// The beginning of a line whose end has not come.
  private(set) var rest: [UInt8] = []

  /// A longer line is handed on in pieces of this length, the first of which the session refuses as too long: input
  /// without line ends must not fill the memory.
  private static let mostLineBytes = 2 << 20

  /// - Returns: the lines that are whole now, without their ends.
  mutating func add(_ chunk: [UInt8]) -> [ArraySlice<UInt8>] {
    var bytes = (rest + chunk)[...]
    var lines: [ArraySlice<UInt8>] = []
    while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(bytes[..<end])
      bytes = bytes[(end + 1)...]
    }
    if bytes.count >= Self.mostLineBytes {
      lines.append(bytes)
      bytes = []
    }
    rest = Array(bytes)
    return lines
  }
}
