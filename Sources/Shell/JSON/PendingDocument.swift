import Lexing
import Results
import Synchronization

/// The one JSON document that a command owes: whoever prints it takes the debt away, and a failure that finds it still owed
/// is told as a `FailureDocument`. So exactly one document leaves per command, whatever becomes of it.
final class PendingDocument: Sendable {
  private let isOwed = Mutex(true)

  /// The document is printed now, or will be when the command has ended.
  func settle() { isOwed.withLock { $0 = false } }

  /// Prints the document of a command that failed, or whose line was wrong, if none was printed.
  func tell(_ error: ShellError, of command: Command, on console: any Console) {
    guard let diagnostic = error.diagnostic, isOwed.withLock({ $0 }) else { return }
    settle()
    let failure = CommandFailure(problem: diagnostic.summary, reason: diagnostic.why, advice: diagnostic.remedy)
    let document = FailureDocument(command: command.name, version: Version.number, error: failure)
    console.print(StyledLine(ResultCoding.encode(document)))
  }
}
