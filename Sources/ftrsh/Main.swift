// ftrsh, the composition root: arguments, privileges, wiring, exit status. It decides nothing that a module below can.

import Glibc
import Lexing
import Shell
import Sockets
import SystemIO

@main
enum Main {
  /// Synchronous on purpose: signals are blocked and privileges given up before Swift starts its first thread, which
  /// would keep what it was born with.
  static func main() {
    do throws(SystemError) {
      try SignalSource.block(Program.signals)
      SignalSource.ignoreBrokenPipes()
    } catch {
      fail(Diagnostic("cannot take signals as events", subject: "ftrsh", why: "\(error)"), .failed)
    }
    let launch: Launch
    do throws(Diagnostic) {
      launch = try Launch.parse(Array(CommandLine.arguments.dropFirst())) { access($0, F_OK) == 0 }
    } catch {
      fail(error, .wrong)
    }
    switch launch {
    case .serveLab where Capability.areLent, .visitLab where Capability.areLent:
      // Both keep their privileges; what a set-user-ID program was lent is not for any command, and any file.
      fail(
        Diagnostic(
          "'lab up' and 'lab run' are for root", subject: "ftrsh", why: "this program was lent its privileges"), .wrong)
    case .serveLab(let service): serve(service)
    case .visitLab(let visit): become(visit)
    case .shell, .script, .lines, .command, .reported, .print: break
    }
    do throws(SystemError) {
      try Capability.reduce()
    } catch {
      fail(Diagnostic("cannot give up privileges that are not needed", subject: "ftrsh", why: "\(error)"), .failed)
    }
    if case .print(let text) = launch { leave(printing: text) }
    MainThread.replacePool()
    // Concurrent: the main actor's executor is not served; the thread is.
    Task { @concurrent in exit(await Program(launch).run().code) }
    MainThread.serve()
  }

  /// Keeps its privileges until it has its device.
  private static func serve(_ service: LabService) -> Never {
    do throws(Diagnostic) {
      try LabHost.run(service)
      exit(ExitStatus.done.code)
    } catch {
      fail(error, .failed)
    }
  }

  /// Needs its privileges to enter the namespaces, and leaves them to the command.
  private static func become(_ visit: LabVisit) -> Never {
    let (refusal, status) = LabVisitor.run(visit)
    fail(refusal, status)
  }

  private static func leave(printing text: String) -> Never {
    do throws(SystemError) {
      _ = try writeAll(STDOUT_FILENO, text.hasSuffix("\n") ? text : text + "\n")
      exit(ExitStatus.done.code)
    } catch {
      fail(Diagnostic("cannot write", subject: "ftrsh", why: "\(error)"), .failed)
    }
  }

  private static func fail(_ diagnostic: Diagnostic, _ status: ExitStatus) -> Never {
    do throws(SystemError) {
      _ = try writeAll(STDERR_FILENO, diagnostic.text + "\n")
    } catch {
      // Standard error is gone: the exit status says the rest.
    }
    exit(status.code)
  }
}
