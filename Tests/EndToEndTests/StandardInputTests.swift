import Glibc
import SystemIO
import TestSupport
import Testing

@Suite("Standard input that is no terminal", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct StandardInputTests {
  @Test("input that cannot be read is told, and fails")
  func unreadable() async throws {
    let home = try ShellHome()
    let terminal = try PseudoTerminal(
      ["/bin/sh", "-c", "'\(ShellSession.binary)' < /; echo status $?; cat"], environment: home.environment,
      columns: 80, rows: 24)
    try await terminal.expectRow("status 1")
    let text = terminal.screen.text
    #expect(text.contains("ftrsh: cannot read standard input"))
    #expect(text.contains("why: is a directory (EISDIR from read)"))
  }

  /// More than a pipe and what is read ahead come to.
  private static let flood = 32 << 20
  /// Without a reader the pipe stays full; a reader would have made room by then.
  private static let patienceMilliseconds: Int32 = 2_000

  @Test("lines that come faster than they are run wait outside, and do not fill the memory")
  func flood() async throws {
    var child = try Subprocess(shell: "exec '\(ShellSession.binary)' --no-rc")
    try child.start()
    let input = child.inputDescriptor
    let descriptor = try #require(input)
    try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
    let process = child.identifier
    let written = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        let thread = try Thread("flood") { continuation.resume(returning: Self.pour(into: descriptor)) }
        thread.detach()
      } catch {
        continuation.resume(returning: -1)
      }
    }
    kill(process, SIGKILL)
    #expect(try await child.wait() == .signalled(SIGKILL))
    #expect((1..<Self.flood).contains(written))
  }

  /// Writes a line that takes hours and others behind it, until nobody takes any more.
  ///
  /// - Returns: how many bytes were taken; negative when none could be written any more.
  private static func pour(into descriptor: Int32) -> Int {
    var bytes = Array("sleep 9h\n".utf8)
    let lines = Array(repeatElement(Array("echo x\n".utf8), count: 4_096).joined())
    var written = 0
    while written < flood {
      if bytes.isEmpty { bytes = lines }
      let count = Glibc.write(descriptor, bytes, bytes.count)
      if count >= 0 {
        written += count
        bytes.removeFirst(count)
        continue
      }
      guard errno == EAGAIN else { return -1 }
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&entry, 1, patienceMilliseconds) == 0 { return written }
    }
    return written
  }
}
