import Glibc
import SystemIO

/// Standard input when it is no terminal, read on a thread of its own, since a file cannot be waited for on an event
/// loop.
///
/// It is read no further than one chunk ahead of what is done with it: a program that writes lines for ever waits, and
/// does not fill the memory.
final class StandardInput: Sendable {
  /// Bytes read at once: one read takes in a whole script of ordinary length.
  private static let length = 65_536

  private let chunks: AsyncStream<Result<[UInt8], SystemError>>
  /// A byte for each chunk that was taken, which the thread waits for.
  private let taken: Pipe

  /// Begins to read.
  ///
  /// - Throws: `SystemError` when no pipe can be made, or no thread be started.
  init(_ descriptor: Int32) throws(SystemError) {
    let (chunks, continuation) = AsyncStream.makeStream(of: Result<[UInt8], SystemError>.self)
    self.chunks = chunks
    taken = try Pipe()
    let thread = try Thread("standard input") { [self] in
      var buffer = [UInt8](repeating: 0, count: Self.length)
      reading: while true {
        switch Self.read(descriptor, &buffer) {
        case .success(0): break reading
        case .success(let count): continuation.yield(.success(Array(buffer[..<count])))
        case .failure(let error):
          continuation.yield(.failure(error))
          break reading
        }
        var byte: [UInt8] = [0]
        guard case .success(1) = Self.read(taken.readEnd.raw, &byte) else { break }
      }
      continuation.finish()
    }
    thread.detach()
  }

  /// What comes next; nil at the end.
  ///
  /// - Throws: `SystemError` of `read`; then nothing more comes.
  func next() async throws(SystemError) -> [UInt8]? {
    for await chunk in chunks {
      // The next may be read while something is done with this one.
      _ = try writeAll(taken.writeEnd.raw, "\n")
      return try chunk.get()
    }
    return nil
  }

  /// Waits for bytes, also where whoever shares the descriptor has it not wait.
  private static func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Result<Int, SystemError> {
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count >= 0 { return .success(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, -1)
      case let code: return .failure(SystemError(call: "read", errno: code))
      }
    }
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
