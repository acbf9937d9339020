import CSystemIO
import Glibc
import SystemIO
import Testing
import Time

@Suite("Descriptors, errors and clocks")
struct DescriptorTests {
  @Test("a descriptor is closed when its owner lets go")
  func closes() throws {
    let input = try Self.keepInput(try Pipe())
    // The writing end is gone, so the pipe is at its end; were it still open, this read would wait for ever.
    var byte: UInt8 = 0
    #expect(read(input.raw, &byte, 1) == 0)
  }

  @Test("writing to a pipe that nobody reads is a value, not an error")
  func brokenPipe() throws {
    SignalSource.ignoreBrokenPipes()
    let ends = try Pipe()
    let output = try Self.closeInput(ends)
    #expect(try writeAll(output, "text") == .brokenPipe)
    close(output)
  }

  @Test("writing waits for room in a full pipe")
  func fullPipe() async throws {
    let ends = try Pipe()
    #expect(fcntl(ends.output.raw, F_SETFL, O_NONBLOCK) == 0)
    // Four times the 64 kB that a pipe holds.
    let bytes = [UInt8](repeating: 7, count: 262_144)
    let input = ends.input.raw
    // On a thread, since the write blocks one of the pool, which may have no other.
    let (counts, reader) = AsyncStream.makeStream(of: Int.self)
    try Thread("reader") { [size = bytes.count] in
      reader.yield(Self.readAll(input, count: size))
      reader.finish()
    }.detach()
    #expect(try writeAll(ends.output.raw, bytes) == .complete)
    for await count in counts { #expect(count == bytes.count) }
  }

  @Test("an error names errno, call and object")
  func errorText() throws {
    #expect(
      SystemError(call: "socket", errno: EPERM).description == "operation not permitted (EPERM from socket)")
    #expect(
      SystemError(call: "open", errno: ENOENT, object: "a.ftr").description
        == "no such file or directory (ENOENT from open 'a.ftr')")
    #expect(SystemError(call: "x", errno: 4711).description == "unknown error (errno 4711 from x)")
    #expect(throws: SystemError(call: "writev", errno: EBADF)) { try checked(-EBADF, "writev") }
    #expect(try checked(3, "writev") == 3)
  }

  @Test("writing to what is no descriptor is an error")
  func badDescriptor() throws {
    #expect(throws: SystemError(call: "write", errno: EBADF)) { try writeAll(-1, "x") }
  }

  @Test("the clocks never go back, and are read together")
  func clocks() {
    let before = MonotonicClock.now
    let sample = MonotonicClock.sample()
    let after = MonotonicClock.now
    #expect(before <= sample.monotonic && sample.monotonic <= after)
    #expect(sample.realtime > 1_700_000_000_000_000_000, "2023 or later, in nanoseconds.")
  }

  private static func keepInput(_ ends: consuming Pipe) throws -> FileDescriptor {
    FileDescriptor(owning: try checked(dup(ends.input.raw), "dup"))
  }

  private static func closeInput(_ ends: consuming Pipe) throws -> Int32 {
    let copy = dup(ends.output.raw)
    return try checked(copy, "dup")
  }

  private static func readAll(_ input: Int32, count: Int) -> Int {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var total = 0
    while total < count {
      let got = read(input, &buffer, buffer.count)
      guard got > 0 else { break }
      total += got
    }
    return total
  }
}
