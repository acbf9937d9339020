import Glibc
import Results
import SystemIO
import Terminal
import TestSupport
import Testing

@Suite("The console")
struct TerminalConsoleTests {
  @Test("on a pipe lines leave whole and plain, and there is no live block")
  func pipe() throws {
    let (reader, writer) = try Self.makePipe()
    let console = TerminalConsole(output: writer, errors: writer, noColor: nil, term: "xterm")
    #expect(console.size == nil)
    console.print(StyledLine([.init("a", .error), .init("b\u{1B}[2J", .name)]))
    console.showLive(["1 …"])
    console.endLive()
    console.diagnose(StyledLine("why", .warning))
    close(writer)
    #expect(Self.readAll(reader) == "ab\\x1b[2J\nwhy\n")
    close(reader)
  }

  @Test("a reader that has gone is noticed, once, and without a signal")
  func brokenPipe() throws {
    SignalSource.ignoreBrokenPipes()
    let (reader, writer) = try Self.makePipe()
    let console = TerminalConsole(output: writer, errors: STDERR_FILENO, noColor: nil, term: nil)
    #expect(!console.outputIsGone)
    close(reader)
    console.print("a")
    console.print("b")
    #expect(console.outputIsGone)
    #expect(console.outputFailure?.errno == EPIPE)
    close(writer)
  }

  @Test("a full disk is told from a reader that has gone")
  func fullDisk() throws {
    let full = open("/dev/full", O_WRONLY)
    let console = TerminalConsole(output: full, errors: STDERR_FILENO, noColor: nil, term: nil)
    console.print("a")
    #expect(console.outputFailure?.errno == ENOSPC)
    close(full)
  }

  @Test("a text larger than a non-blocking pipe holds arrives whole")
  func shortWrites() async throws {
    let (reader, writer) = try Self.makePipe()
    _ = fcntl(writer, F_SETFL, O_NONBLOCK)
    let text = String(repeating: "0123456789", count: 100_000)
    // On a thread, since the write blocks one of the pool, which may have no other.
    let (texts, continuation) = AsyncStream.makeStream(of: String.self)
    try Thread("reader") {
      continuation.yield(Self.readAll(reader))
      continuation.finish()
    }.detach()
    let console = TerminalConsole(output: writer, errors: STDERR_FILENO, noColor: nil, term: nil)
    console.print(StyledLine(text))
    close(writer)
    for await received in texts { #expect(received == text + "\n") }
    close(reader)
  }

  @Test("on a terminal a block is redrawn in place, and lines printed meanwhile stand above it")
  func terminal() async throws {
    let terminal = try PseudoTerminal(columns: 80, rows: 10)
    let inside = try terminal.openInside()
    let console = TerminalConsole(output: inside, errors: inside, noColor: nil, term: "xterm")
    #expect(console.size == ConsoleSize(columns: 80, rows: 10))
    console.print(StyledLine("heading", .heading))
    for count in 1...30 { console.showLive((1...count).map { StyledLine("row \($0)") }) }
    console.diagnose(StyledLine("a note", .warning))
    console.endLive()
    console.print("closing")
    try await terminal.expectRow("closing")
    let expected = ["heading", "a note"] + (1...30).map { "row \($0)" } + ["closing"]
    #expect(terminal.screen.text == expected.joined(separator: "\n"))
    #expect(terminal.screen.hasColor && terminal.screen.isCursorVisible && terminal.screen.unknown.isEmpty)
    close(inside)
  }

  @Test("a dumb terminal gets lines, and no control sequence")
  func dumb() async throws {
    let terminal = try PseudoTerminal()
    let inside = try terminal.openInside()
    let console = TerminalConsole(output: inside, errors: inside, noColor: nil, term: "dumb")
    #expect(console.size == nil)
    console.showLive(["1 …"])
    console.print(StyledLine("done", .good))
    try await terminal.expect("done\r\n")
    #expect(terminal.screen.text == "done" && !terminal.transcript.contains(0x1B))
    close(inside)
  }

  private static func makePipe() throws -> (reader: Int32, writer: Int32) {
    // A socket pair can be closed on exec from the start: a program of another test must not hold its other end.
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  private static func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
