import Glibc
import Lexing
import SystemIO

/// Reads script files.
package enum ScriptFile {
  /// How many scripts may be inside each other.
  package static let depthLimit = 16
  /// The longest file read, in bytes: far more than any script that a person has written.
  private static let lengthLimitBytes = 16 << 20

  /// Reads a file to its end as statements.
  ///
  /// - Throws: why it cannot be read, or the first mistake in its form, with its place.
  package static func read(_ path: String) throws(Diagnostic) -> Script {
    try Script(SourceText(bytes(of: path), name: path), keepsOperators: CommandTable.keepsOperators)
  }

  /// The content of a file.
  package static func bytes(of path: String) throws(Diagnostic) -> [UInt8] {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw refusal(path, "open") }
    let file = FileDescriptor(owning: number)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file.raw, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw refusal(path, "read")
      }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= lengthLimitBytes else {
        throw Diagnostic("'\(path)' is too long for a script", why: "at most \(lengthLimitBytes >> 20) MiB are read")
      }
    }
  }

  private static func refusal(_ path: String, _ call: String) -> Diagnostic {
    Diagnostic("cannot read '\(path)'", why: SystemError(call: call, errno: errno).description)
  }
}
