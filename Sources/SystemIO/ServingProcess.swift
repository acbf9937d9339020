import Glibc

/// A child that says something on its standard output, closes that, and then serves until its standard input ends: when
/// this lets go of it, or when this process is gone.
///
/// Used by one at a time.
package final class ServingProcess {
  /// The process, a number that is another's once `end` has returned.
  package let identifier: pid_t
  /// What it has said.
  package let said: [UInt8]
  private var process: Subprocess?

  private init(_ process: consuming Subprocess, said: [UInt8]) {
    identifier = process.identifier
    self.said = said
    self.process = consume process
  }

  /// Starts a program, writes a text to its standard input, and waits until it has said what it has to say, or has ended.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - limit: what it says beyond so many bytes is not read.
  /// - Throws: `SystemError` of `pipe2`, `fork`, `write`, `read` or `pthread_create`.
  package static func start(
    _ program: String, _ arguments: [String], told text: String, atMost limit: Int
  ) async throws(SystemError) -> ServingProcess {
    let output = try Pipe()
    var process = try Subprocess(fed: program, arguments, output: output.writeEnd.raw)
    // Or the end of what it says would never come.
    _ = consume output.writeEnd
    do throws(SystemError) {
      try process.start()
      if let input = process.inputDescriptor { _ = try writeAll(input, text) }
      let said = try await (consume output.readEnd).readToEnd(atMost: limit)
      return ServingProcess(process, said: said)
    } catch {
      // It ends with its input.
      await end(process)
      throw error
    }
  }

  private static func end(_ process: consuming Subprocess) async {
    do throws(SystemError) { _ = try await process.wait() } catch {
      // What it could not be started for is the reason that counts.
    }
  }

  /// Writes to its standard input; what comes too late for a process that has ended is lost.
  package func tell(_ text: String) throws(SystemError) {
    guard let input = process?.inputDescriptor else { return }
    _ = try writeAll(input, text)
  }

  /// Closes its standard input, and waits until it has ended.
  ///
  /// - Returns: how it did; nil the second time.
  package func end() async throws(SystemError) -> Subprocess.Exit? {
    guard let process = process.take() else { return nil }
    return try await process.wait()
  }
}
