import Glibc
import Shell
import SystemIO
import Terminal

/// What the program does about signals.
///
/// Ctrl-C stops what runs; the session then goes on at the prompt, or the script ends with 130. SIGTERM and SIGHUP end
/// the program as soon as what runs has stopped. The second SIGTERM or SIGHUP, and where no prompt is the second
/// Ctrl-C, ends it at once.
final class SignalWatch: Sendable {
  private struct State: Sendable {
    var ending: ExitStatus?
    var editor: Editline?
    var interrupts = 0
  }

  private let state = Locked(State())
  private let source = Locked<SignalSource?>(nil)
  private let console: TerminalConsole
  /// As the program found it, for an end that cannot wait for those who have changed it.
  private let mode = TerminalMode(STDIN_FILENO)

  init(console: TerminalConsole) { self.console = console }

  /// Begins to watch, for a session.
  func start(_ signals: Set<Signal>, on loop: EventLoop, _ session: Session) throws(SystemError) {
    let source = try SignalSource(signals, on: loop) { [weak self] signal in
      self?.take(signal, session)
    }
    self.source.withLock { $0 = source }
  }

  /// Takes the signals that have come by now, so that nothing is begun that a Ctrl-C was meant for.
  func takePending() { source.withLock { $0 }?.takePending() }

  /// The exit status that a signal asked for; nil when none did.
  var ending: ExitStatus? { state.withLock { $0.ending } }

  /// Says that a prompt is there, whose reading a signal must end.
  func watch(_ editor: Editline) { state.withLock { $0.editor = editor } }

  private func take(_ signal: Signal, _ session: Session) {
    let editor = state.withLock { $0.editor }
    switch signal {
    case .interrupt:
      // While a line is typed a Ctrl-C is a key; the signal comes from elsewhere, and is about that line all the same.
      if editor?.interrupt() == true { return }
      console.endInterruptedRow()
      let isRepeated = state.withLock { state in
        state.interrupts += 1
        return state.interrupts > 1
      }
      if isRepeated, editor == nil { leave(.interrupted) }
    case .terminate, .hangUp, .quit, .stop, .resume, .windowChange:
      let status = ExitStatus(code: 128 + signal.rawValue)
      let isRepeated = state.withLock { state in
        defer { state.ending = status }
        return state.ending != nil
      }
      if isRepeated { leave(status) }
      editor?.endInput()
      return session.interrupt(isFinal: true)
    }
    session.interrupt()
  }

  /// Ends the program whatever hangs.
  private func leave(_ status: ExitStatus) -> Never {
    mode?.restore()
    exit(status.code)
  }
}
