import FoundationEssentials
import Glibc
import TestSupport

/// The built shell in a terminal, with a home of its own.
struct ShellSession {
  let terminal: PseudoTerminal
  let home: ShellHome

  /// - Parameter arguments: what the shell gets.
  init(
    _ arguments: [String] = [], home: ShellHome? = nil, columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:]
  ) throws {
    let home = try home ?? ShellHome()
    self.home = home
    terminal = try PseudoTerminal(
      [Self.binary] + arguments, environment: home.environment.merging(environment) { $1 }, columns: columns, rows: rows
    )
  }

  /// The shell as a job of an interactive bash, which is what a stop and `fg` need.
  static func insideBash() async throws -> ShellSession {
    let home = try ShellHome()
    let terminal = try PseudoTerminal(
      ["/bin/bash", "--norc", "-i"], environment: home.environment.merging(["PS1": "outer% "]) { $1 })
    try await terminal.expectRow("outer%")
    terminal.send("'\(binary)'\r")
    return ShellSession(terminal: terminal, home: home)
  }

  private init(terminal: PseudoTerminal, home: ShellHome) {
    self.terminal = terminal
    self.home = home
  }

  /// Named by `FTRSH_BINARY`, else the one beside the test bundle.
  static let binary: String = {
    if let path = getenv("FTRSH_BINARY") { return String(cString: path) }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let runner = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return runner.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/ftrsh"
  }()

  static let isBuilt = access(binary, X_OK) == 0

  /// The row that the cursor is in.
  static func row(_ screen: Screen) -> String { screen.rows[screen.cursor.row] }

  /// Waits until the shell waits for a line and nothing of it has been typed.
  ///
  /// - Parameter prompt: as the screen shows it, without the blank at its end.
  func expectPrompt(_ prompt: String = "ftrsh live>") async throws {
    try await terminal.expectScreen("the prompt '\(prompt)'") {
      Self.row($0) == prompt && $0.cursor.column == prompt.unicodeScalars.count + 1 && $0.isCursorVisible
    }
  }

  /// Types a text that fits into the row, and waits until the line shows it.
  func type(_ text: String) async throws {
    terminal.send(text)
    var shown = text
    while shown.last == " " { shown.removeLast() }
    try await terminal.expectScreen("the echo of '\(text)'") { Self.row($0).hasSuffix(shown) }
  }

  /// Types a line at the prompt, and waits for the next prompt.
  func run(_ line: String, prompt: String = "ftrsh live>", then next: String? = nil) async throws {
    try await expectPrompt(prompt)
    try await type(line)
    terminal.send(.enter)
    try await expectPrompt(next ?? prompt)
  }

  /// Waits until a row anywhere on the screen is this one.
  func expectRow(_ row: String) async throws {
    try await terminal.expectScreen("the row '\(row)'") { $0.rows.contains(row) }
  }

  /// All rows that were shown, those scrolled away first, from the one after the last that is `row`.
  func rows(after row: String) -> [String] {
    let all = terminal.screen.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = all.lastIndex(of: row) else { return [] }
    return Array(all[(start + 1)...])
  }
}

/// Where a shell keeps its state and looks for its settings: nothing of the person's who runs the tests.
final class ShellHome: Sendable {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  var path: String { directory.path }
  var historyPath: String { path + "/state/ftrsh/history" }

  /// The system's own variables are the harness's concern.
  var environment: [String: String] {
    ["HOME": path, "XDG_STATE_HOME": path + "/state", "XDG_CONFIG_HOME": path + "/config"]
  }

  /// Writes the script that is run first.
  func writeStartFile(_ text: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/config/ftrsh", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path + "/config/ftrsh/ftrshrc"))
  }
}
