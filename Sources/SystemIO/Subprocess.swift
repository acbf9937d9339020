import CSystemIO
import Glibc

/// A command line run by `/bin/sh`, with a pipe to its standard input: the right side of `| COMMAND`.
///
/// It inherits the other descriptors 1 and 2, no blocked signal, and the default actions of SIGINT, SIGPIPE and the terminal's.
package struct Subprocess: ~Copyable, Sendable {
  private let process: pid_t
  private var input: FileDescriptor?

  /// How a child ended.
  package enum Exit: Hashable, Sendable {
    /// By itself, with a status of 0…255; 127 when the shell did not find the command.
    case exited(status: Int32)
    /// By a signal of that number.
    case signalled(Int32)
  }

  /// Starts `/bin/sh -c command`.
  ///
  /// - Throws: `SystemError` of `pipe2` or `posix_spawn`. A command that does not exist is the shell's to report.
  package init(shell command: String) throws(SystemError) {
    var readEnd: Int32 = -1
    var writeEnd: Int32 = -1
    try checked(csio_pipe(&readEnd, &writeEnd), "pipe2")
    let output = FileDescriptor(owning: readEnd)
    let input = FileDescriptor(owning: writeEnd)
    var process: pid_t = 0
    try checked(csio_spawn_shell(command, output.raw, &process), "posix_spawn", "/bin/sh")
    self.process = process
    self.input = consume input
  }

  /// Sends it a SIGINT, as Ctrl-C does. To be called only until `wait` has returned: the number may then be another's.
  package var interrupter: @Sendable () -> Void {
    { [process] in kill(process, SIGINT) }
  }

  /// The writing end of the pipe to its standard input, nil once closed; for `writeAll`.
  package var inputDescriptor: Int32? {
    switch input {
    case .some(let descriptor): descriptor.raw
    case nil: nil
    }
  }

  /// Closes its standard input: the child reads the end of the stream.
  package mutating func closeInput() {
    input = nil
  }

  /// Closes its standard input and waits for it to end, on a thread of its own; not cancelled with the task.
  ///
  /// - Throws: `SystemError` of `waitpid` or `pthread_create`.
  package consuming func wait() async throws(SystemError) -> Exit {
    closeInput()
    let process = process
    let result: Result<Exit, SystemError> = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        let thread = try Thread("child") { continuation.resume(returning: Self.wait(for: process)) }
        thread.detach()
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  private static func wait(for process: pid_t) -> Result<Exit, SystemError> {
    let status = csio_wait(process)
    if status < 0 { return .failure(SystemError(call: "waitpid", errno: -status)) }
    return .success(status < 256 ? .exited(status: status) : .signalled(status - 256))
  }
}
