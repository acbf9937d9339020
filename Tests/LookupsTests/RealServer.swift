import FoundationEssentials
import Glibc
import Lookups
import Packets
import SystemIO
import TestSupport
import Testing

/// A dnsmasq of the test's own, on a port of 127.0.0.1.
enum RealServer {
  private static let program = "/usr/sbin/dnsmasq"

  /// Why tests against it are skipped: printed with each of them.
  static let reason: Comment = "dnsmasq is not installed (package dnsmasq-base)"
  static let isInstalled = access(program, X_OK) == 0

  /// Runs it with a zone `example` that is empty but for `options`, then `body`, and ends it whatever came of that.
  static func with(_ options: [String], _ body: (NameServer) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let log = directory.path + "/log"
    try checked(mkfifo(log, 0o600) == 0 ? 0 : -errno, "mkfifo")
    let port = try freePort()
    let words =
      [
        program, "--no-daemon", "--conf-file=/dev/null", "--log-facility=-", "--no-resolv", "--no-hosts",
        "--local=/example/", "--local=/arpa/", "--port=\(port)", "--listen-address=127.0.0.1", "--bind-interfaces",
      ] + options
    let command = words.map { "'\($0)'" }.joined(separator: " ")
    // The process that is held is a shell, and dnsmasq its child: a signal must go to that.
    let held = "exec sh -c 'echo $$ > \"$0\"; exec \"$@\"' '\(directory.path)/pid' \(command) 2>'\(log)'"
    var server = try Subprocess(shell: held)
    try server.start()
    let reader = try await untilStarted(log)
    let process = try pid_t(String(contentsOfFile: directory.path + "/pid", encoding: .utf8).filter(\.isNumber))
    let end = { if let process { _ = kill(process, SIGTERM) } }
    do {
      try await body(NameServer(IPAddress(127, 0, 0, 1), port: port))
    } catch {
      end()
      _ = try await server.wait()
      throw error
    }
    end()
    _ = try await server.wait()
    withExtendedLifetime(reader) {}
  }

  /// The reading end of its log, which it must be able to write to until it ends.
  private final class Log: Sendable {
    let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
  }

  /// Reads the log until it says that the sockets are open.
  private static func untilStarted(_ log: String) async throws -> Log {
    try await withCheckedThrowingContinuation { continuation in
      do {
        // Opening waits for the other end.
        try Thread("log") { continuation.resume(with: Result { try readUntilStarted(log) }) }.detach()
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  private static func readUntilStarted(_ log: String) throws -> Log {
    let descriptor = open(log, O_RDONLY | O_CLOEXEC)
    try checked(descriptor >= 0 ? 0 : -errno, "open", log)
    let reader = Log(FileDescriptor(owning: descriptor))
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !text.contains("started, version") {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { throw NotStarted(log: text) }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return reader
  }

  private struct NotStarted: Error {
    let log: String
  }

  /// A port that is free for UDP and TCP now. Somebody could take it before dnsmasq does, which then says so.
  private static func freePort() throws -> UInt16 {
    for _ in 0..<100 {
      let datagrams = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
      let stream = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
      if let port = HostileServer.bind(datagrams.raw, port: 0), HostileServer.bind(stream.raw, port: port) != nil {
        return port
      }
    }
    throw SystemError(call: "bind", errno: EADDRINUSE)
  }
}
