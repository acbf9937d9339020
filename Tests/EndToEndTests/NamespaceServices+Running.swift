import FoundationEssentials
import Testing

extension NamespaceServices {
  /// What a run of the program left.
  struct Outcome {
    let output: String
    let errors: String
    let status: Int32
  }

  /// Runs a script of the shell at the source, with privileges, and nobody at its input.
  ///
  /// - Parameters:
  ///   - state: the directory where this and other runs keep their state, by its last name.
  ///   - before: commands of `sh` that are run first, in the same namespaces of network and mounts.
  func run(_ lines: String, state: String = "state", before: String = ":") async throws -> Outcome {
    try await NamespaceChain.run(
      """
      cat > \(directory)/lines <<'END'
      \(lines)
      END
      cat > \(directory)/job <<'END'
      \(before)
      exec \(environment(state: state)) timeout -s KILL \(Self.patienceSeconds) '\(ShellSession.binary)' \(directory)/lines
      END
      status=0
      ip netns exec \(home) sh -e \(directory)/job > \(directory)/output 2> \(directory)/errors < /dev/null ||
        status=$?
      echo $status > \(directory)/status

      """)
    let status = try read("status").filter(\.isNumber)
    return Outcome(output: try read("output"), errors: try read("errors"), status: try #require(Int32(status)))
  }

  /// What ends a program that hangs, long after a busy machine would have let it end.
  private static let patienceSeconds = 60

  /// What comes before a command of `sh` that keeps its state there.
  private func environment(state: String) -> String {
    "env HOME=\(directory) XDG_CONFIG_HOME=\(directory)/config XDG_STATE_HOME=\(directory)/\(state)"
  }

  /// The words that run lines of the shell at the source, for a terminal.
  func words(_ lines: String) -> [String] {
    [
      "/bin/sh", "-c",
      "exec ip netns exec \(home) \(environment(state: "state")) '\(ShellSession.binary)' -c '\(lines)'",
    ]
  }

  /// Counts what leaves the source while `body` runs.
  func watching(_ body: (PacketWatch) async throws -> Void) async throws {
    try await PacketWatch.with(home, directory, body)
  }

  private func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(directory)/\(name)")), as: UTF8.self)
  }
}
