import FoundationEssentials
import Glibc

/// What `swift package describe --type json` says of this package, as far as the rules need it.
struct PackageDescription: Decodable {
  struct Target: Decodable {
    let name: String
    /// `library`, `executable`, `test` or `system-target`.
    let type: String
    /// Relative to the top of the checkout.
    let path: String
    /// Targets of this package only, without products of others; nil when there are none.
    let targetDependencies: [String]?

    private enum CodingKeys: String, CodingKey {
      case name, type, path
      case targetDependencies = "target_dependencies"
    }
  }

  let targets: [Target]

  /// The top of the checkout.
  static let root = String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined())

  /// Asks SwiftPM, which needs about half a second.
  ///
  /// It works in a directory of its own: SwiftPM holds a lock on `.build` while it runs tests.
  static func load() throws -> PackageDescription {
    let describe = "swift package --package-path '\(root)' --scratch-path \"$dir/build\" describe --type json"
    let json = try output(
      of: "dir=$(mktemp -d) || exit; TMPDIR=$dir \(describe); status=$?; rm -rf \"$dir\"; exit $status")
    return try JSONDecoder().decode(PackageDescription.self, from: json)
  }

  /// Standard output of a shell command that must end with status 0.
  private static func output(of command: String) throws -> Data {
    guard let pipe = popen(command, "r") else { throw CommandFailed(command: command, status: -1) }
    var output = Data()
    while case let byte = getc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
    let status = pclose(pipe)
    guard status == 0 else { throw CommandFailed(command: command, status: status) }
    return output
  }

  private struct CommandFailed: Error {
    let command: String
    let status: Int32
  }
}
