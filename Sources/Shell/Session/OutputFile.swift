import Glibc
import Lexing
import Results
import Synchronization
import SystemIO

/// `> FILE` and `>> FILE`: runs a command with its output going to a file.
enum OutputFile {
  static func run(
    _ call: Invocation, path: InvocationParser.ExpandedWord, appends: Bool, in session: isolated Session
  ) async throws(ShellError) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC)
    let number = open(path.text, flags, 0o666)
    guard number >= 0 else {
      let error = SystemError(call: "open", errno: errno)
      throw .failed(
        call.frame.locate(
          Diagnostic("cannot write to '\(path.text)'", subject: call.command.name, why: error.description),
          at: path.range))
    }
    let file = FileDescriptor(owning: number)
    let console = DescriptorConsole(file.raw, beside: call.console)
    try await session.run(call, on: console)
    if let error = console.failure {
      throw call.failed("cannot write to '\(path.text)'", why: error.description)
    }
  }
}

/// `| COMMAND`: runs a command with its output going to a command line of `/bin/sh`.
enum OutputPipe {
  static func run(_ call: Invocation, command: String, in session: isolated Session) async throws(ShellError) {
    let exit: Subprocess.Exit
    var failure: ShellError?
    do throws(SystemError) {
      // In a subshell: dash starts a command by vfork, and a SIGINT is lost on one that is between that and its exec, so
      // that a Ctrl-C in the first milliseconds missed one `sleep` of eight. The last command of a subshell is not
      // started, but replaces it. The line end is for a comment in the command.
      var process = try Subprocess(shell: "( \(command)\n)", output: session.childOutput)
      // A Ctrl-C at the terminal reaches the command by itself, but not one that came before its process was there.
      session.services.takeSignals()
      if session.isInterrupted {
        failure = .interrupted
      } else {
        try process.start()
        guard let input = process.inputDescriptor else { preconditionFailure("A new process has its input open.") }
        do throws(ShellError) {
          try await session.run(call, on: DescriptorConsole(input, beside: call.console))
        } catch {
          failure = error
        }
      }
      exit = try await process.wait()
    } catch {
      throw call.failed("cannot run '\(trimmed(command))'", why: error.description)
    }
    if let failure { throw failure }
    // The command may have been ended by a Ctrl-C that nobody here has looked at yet.
    session.services.takeSignals()
    if session.isInterrupted { throw .interrupted }
    switch exit {
    case .exited(let status) where status == 126 || status == 127:
      throw call.failed("'\(trimmed(command))' could not be run", why: "/bin/sh ended with status \(status)")
    // What else a command of the user's means by its status is between it and the user: grep's 1 is no failure of ours.
    case .exited, .signalled: return
    }
  }

  private static func trimmed(_ command: String) -> String {
    String(command.drop { $0.isWhitespace })
  }
}

extension Session {
  /// Runs a command whose output goes elsewhere.
  fileprivate func run(_ call: Invocation, on console: any Console) async throws(ShellError) {
    var call = call
    call.frame.console = console
    try await perform(call)
  }
}

/// A console whose output goes to a descriptor; messages still go where they went.
///
/// Control characters are escaped as on a terminal: a file may be shown on one later.
final class DescriptorConsole: Console {
  let descriptor: Int32
  private let messages: any Console
  private let state = Mutex(State())

  private struct State {
    var isGone = false
    var failure: SystemError?
  }

  /// - Parameter descriptor: stays open as long as this is used.
  init(_ descriptor: Int32, beside messages: any Console) {
    self.descriptor = descriptor
    self.messages = messages
  }

  var size: ConsoleSize? { nil }
  var outputIsGone: Bool { state.withLock { $0.isGone || $0.failure != nil } }
  /// Why a write failed, if one did.
  var failure: SystemError? { state.withLock { $0.failure } }

  func print(_ line: StyledLine) { write(Array((SafeText.escape(line.text) + "\n").utf8)) }

  /// Writes bytes as they are: of a format that is no text.
  func write(_ bytes: [UInt8]) {
    guard !outputIsGone else { return }
    do {
      switch try writeAll(descriptor, bytes) {
      case .complete: break
      case .brokenPipe: state.withLock { $0.isGone = true }
      }
    } catch {
      state.withLock { $0.failure = error }
    }
  }

  func diagnose(_ line: StyledLine) { messages.diagnose(line) }
  func showLive(_ rows: [StyledLine]) {}
  func endLive() {}
}
