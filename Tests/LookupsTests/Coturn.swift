import Glibc
import Packets

/// A real STUN server on loopback: Debian's `coturn`, which ends with this object.
final class Coturn {
  /// Where the program is; nil when it is not installed.
  static let path: String? = ["/usr/bin/turnserver", "/usr/local/bin/turnserver"].first { (path: String) in
    access(path, X_OK) == 0
  }

  private let output: UnsafeMutablePointer<FILE>
  private let process: pid_t

  struct NotStarted: Error {
    let said: String
  }

  /// Starts it, and waits until it says that it listens.
  init(_ path: String, _ address: IPAddress, port: UInt16) throws {
    let options =
      "-v --stun-only --no-tcp --no-tls --no-dtls --no-cli --log-file stdout --simple-log --pidfile /dev/null"
    // The shell's number becomes the server's.
    let command = "echo $$; exec \(path) -n \(options) -L \(address) -p \(port) 2>&1"
    guard let output = popen(command, "r") else { throw NotStarted(said: "popen failed") }
    self.output = output
    process = Self.line(of: output).flatMap { pid_t($0) } ?? -1
    var said = ""
    while let line = Self.line(of: output) {
      if line.contains("UDP listener opened on") { return }
      said += line + "\n"
    }
    throw NotStarted(said: said)
  }

  deinit {
    // It inherits the mask of a thread that blocks every signal but this.
    if process > 0 { kill(process, SIGKILL) }
    pclose(output)
  }

  /// nil at the end.
  private static func line(of stream: UnsafeMutablePointer<FILE>) -> String? {
    var line: [UInt8] = []
    while case let byte = getc(stream), byte != EOF {
      if byte == 10 { return String(decoding: line, as: UTF8.self) }
      line.append(UInt8(truncatingIfNeeded: byte))
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }
}
