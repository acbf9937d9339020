import Lexing

/// Why a command was not done.
package enum ShellError: Error, Sendable {
  /// The line was wrong: exit status 2.
  case wrong(Diagnostic)
  /// The command failed while it ran: exit status 1.
  case failed(Diagnostic)
  /// The user stopped it: exit status 130.
  case interrupted
  /// It failed inside a block or script, has been told there, and stops what encloses it too.
  case stopped(ExitStatus)

  /// What to say about it; nil when it has been said or needs no words.
  package var diagnostic: Diagnostic? {
    switch self {
    case .wrong(let diagnostic), .failed(let diagnostic): diagnostic
    case .interrupted, .stopped: nil
    }
  }

  package var status: ExitStatus {
    switch self {
    case .wrong: .wrong
    case .failed: .failed
    case .interrupted: .interrupted
    case .stopped(let status): status
    }
  }
}

/// What the program says to whoever started it.
package struct ExitStatus: Hashable, Sendable {
  package var code: Int32

  package init(code: Int32) {
    self.code = code
  }

  package static let done = ExitStatus(code: 0)
  package static let failed = ExitStatus(code: 1)
  package static let wrong = ExitStatus(code: 2)
  /// 128 and SIGINT's number, as shells have it.
  package static let interrupted = ExitStatus(code: 130)
}
