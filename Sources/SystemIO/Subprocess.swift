import CSystemIO
import Glibc

/// A program that runs as a child: the right side of `| COMMAND`, what `lab run` runs, and what serves a network.
///
/// It inherits what it is not given, no blocked signal, and the default actions of SIGINT, SIGPIPE and the terminal's.
///
/// The process is made first and held; the program begins with `start`. A Ctrl-C goes to the processes that are there
/// when it is typed, and to each only once: who looks for it between the two knows that the command will get every
/// later one. An earlier one cannot be handed on, since a shell that waits for its own child takes no notice of a
/// SIGINT.
package struct Subprocess: ~Copyable, Sendable {
  /// The process, a number that is another's once `wait` has returned.
  package let identifier: pid_t
  private var input: FileDescriptor?
  /// Written to for the command to begin; closed without it, the process ends.
  private var gate: FileDescriptor?

  /// How a child ended.
  package enum Exit: Hashable, Sendable {
    /// By itself, with a status of 0…255; 127 when the shell did not find the command.
    case exited(status: Int32)
    /// By a signal of that number.
    case signalled(Int32)
  }

  /// Makes a process that will be `/bin/sh -c command`, with a pipe to its standard input.
  ///
  /// - Parameter output: what its standard output is; nil is ours.
  /// - Throws: `SystemError` of `pipe2` or `fork`. A command that does not exist is the shell's to report.
  package init(shell command: String, output: Int32? = nil) throws(SystemError) {
    let input = try Pipe()
    try self.init(["/bin/sh", "-c", command], input: input.readEnd.raw, output: output)
    self.input = consume input.writeEnd
  }

  /// Makes a process that will be another program, with a pipe to its standard input.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - output: what its standard output is; nil is ours.
  /// - Throws: `SystemError` of `pipe2` or `fork`. A program that cannot be run ends with status 127.
  package init(fed program: String, _ arguments: [String], output: Int32?) throws(SystemError) {
    let input = try Pipe()
    try self.init([program] + arguments, input: input.readEnd.raw, output: output)
    self.input = consume input.writeEnd
  }

  /// Makes a process that will be another program.
  ///
  /// - Parameters:
  ///   - words: the path of the program, and its arguments.
  ///   - input: what its standard input is; nil is ours.
  ///   - output: what its standard output is; nil is ours.
  /// - Throws: `SystemError` of `pipe2` or `fork`. A program that cannot be run ends with status 127.
  package init(_ words: [String], input: Int32?, output: Int32?) throws(SystemError) {
    let gate = try Pipe()
    var process: pid_t = 0
    let result = Self.withArguments(words) { arguments in
      csio_hold_program(arguments, input ?? -1, output ?? -1, gate.readEnd.raw, gate.writeEnd.raw, &process)
    }
    try checked(result, "fork", words.first ?? "")
    identifier = process
    self.gate = consume gate.writeEnd
  }

  /// Words as C wants them: an array of strings, with nil at its end.
  private static func withArguments(
    _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32
  ) -> Int32 {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }

  /// Lets the program begin. Without it, `wait` ends a process that has run nothing.
  package mutating func start() throws(SystemError) {
    guard let gate = gate.take() else { return }
    // A process that was interrupted has gone; `wait` says so.
    _ = try writeAll(gate.raw, "\n")
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
    gate = nil
    let process = identifier
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
