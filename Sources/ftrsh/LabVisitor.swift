import Glibc
import Lexing
import Results
import Shell
import SystemIO

/// A process that becomes a command beside a network that is up: in its network namespace, with its name servers.
enum LabVisitor {
  /// Becomes the command.
  ///
  /// To be called in the synchronous main, with all privileges at hand, which the command gets.
  /// - Returns: why it could not, and the status that shells end with then: 127 when there is no such command, else 126.
  static func run(_ visit: LabVisit) -> (Diagnostic, ExitStatus) {
    let command = visit.words[0]
    do throws(SystemError) {
      try NetworkNamespace.enter(of: visit.host)
      try SignalSource.restoreDefaults()
    } catch {
      let refusal = Diagnostic(
        "cannot enter the network", subject: "lab", why: "\(error)", try: "'lab down', 'lab up' and then again")
      return (refusal, ExitStatus(code: 126))
    }
    let words = visit.words.map { strdup($0) } + [nil]
    execvp(command, words)
    let code = errno
    let isMissing = code == ENOENT
    let refusal = Diagnostic(
      "cannot run '\(SafeText.escape(command))'", subject: "lab",
      why: isMissing ? "there is no such command" : "\(SystemError(call: "execvp", errno: code))",
      try: isMissing ? "its path, or install it" : nil)
    return (refusal, ExitStatus(code: isMissing ? 127 : 126))
  }
}
