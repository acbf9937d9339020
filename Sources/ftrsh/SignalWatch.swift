import Glibc
import Shell
import SystemIO
import Terminal

/// What the program does about signals.
///
/// Ctrl-C stops what runs; the session then goes on at the prompt, or the script ends with 130. SIGTERM and SIGHUP end
/// the program as soon as what runs has stopped. A second Ctrl-C, where no prompt is, ends it at once.
final class SignalWatch: Sendable {
  private struct State: Sendable {
    var ending: ExitStatus?
    var editor: Editline?
    var interrupts = 0
  }

  private let state = Locked(State())
  private let source = Locked<SignalSource?>(nil)
  private let console: TerminalConsole

  init(
    _ signals: Set<Signal>, on loop: EventLoop, session: Session, console: TerminalConsole
  ) throws(SystemError) {
    self.console = console
    let source = try SignalSource(signals, on: loop) { [weak self] signal in
      self?.take(signal, session)
    }
    self.source.withLock { $0 = source }
  }

  /// The exit status that a signal asked for; nil when none did.
  var ending: ExitStatus? { state.withLock { $0.ending } }

  /// Says that a prompt is there, whose reading a signal must end.
  func watch(_ editor: Editline) { state.withLock { $0.editor = editor } }

  private func take(_ signal: Signal, _ session: Session) {
    let (editor, isRepeated) = state.withLock { state in
      if signal == .interrupt {
        state.interrupts += 1
      } else {
        state.ending = ExitStatus(code: 128 + signal.rawValue)
      }
      return (state.editor, state.interrupts > 1 && state.editor == nil)
    }
    if signal == .interrupt { console.endInterruptedRow() }
    if isRepeated { exit(ExitStatus.interrupted.code) }
    switch signal {
    case .interrupt: break
    case .terminate, .hangUp, .quit, .stop, .resume, .windowChange: editor?.endInput()
    }
    Task { await session.interrupt() }
  }
}
