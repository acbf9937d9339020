import Glibc
import Packets
import Probing
import Results
import Shell
import Simulation
import Synchronization
import Time
import Tracing

/// A console that keeps what was printed: output lines as they are, messages with `! ` before them.
final class RecordingConsole: Console {
  private let lines = Mutex<[String]>([])

  var size: ConsoleSize? { nil }
  var outputIsGone: Bool { false }
  var text: String { lines.withLock { $0.joined(separator: "\n") } }

  func print(_ line: StyledLine) { lines.withLock { $0.append(line.text) } }
  func diagnose(_ line: StyledLine) { lines.withLock { $0.append("! " + line.text) } }
  func showLive(_ rows: [StyledLine]) {}
  func endLive() {}
}

/// No network: what a test of the language needs.
struct NoNetworks: NetworkProvider {
  func make(
    _ choice: NetworkChoice, clock: Settings.LabClock, seed: Int
  ) async throws(NetworkFailure) -> any Network {
    throw NetworkFailure(problem: "there is no network '\(choice.text)'", reason: "this is a test")
  }
}

/// As the program does: a reader of ours that goes away is an error to read, not a signal to die of.
let ignoresBrokenPipes: Bool = {
  signal(SIGPIPE, SIG_IGN)
  return true
}()

/// Runs lines and gives everything that was shown, and the exit status.
///
/// - Parameter name: nil runs them as typed at a prompt, line by line.
func run(_ text: String, name: String? = "-c", arguments: [String] = [], facts: ResultFacts? = nil) async -> (
  text: String, status: Int32
) {
  precondition(ignoresBrokenPipes)
  let console = RecordingConsole()
  let session = Session(
    mode: name == nil ? .prompt : .script, console: console,
    services: .init(networks: NoNetworks(), labs: LabCatalog([]), history: { ["first", "second"] }))
  if let facts { await session.keep(facts, as: nil) }
  if let name {
    _ = await session.run(text.utf8, name: name, arguments: arguments)
  } else {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard await session.enter(line.utf8) else { break }
    }
    await session.endInput()
  }
  return (console.text, await session.status.code)
}
