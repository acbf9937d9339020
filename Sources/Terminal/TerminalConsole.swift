import CLineEditor
import Glibc
import Results
import SystemIO

/// The console of a real process: descriptors 1 and 2.
///
/// The last act before a write escapes control characters and adds colour where it may; nothing else in the program writes to a
/// terminal except the editor's thread while a prompt is up.
package final class TerminalConsole: Console {
  private struct State {
    var output: DescriptorWriter
    var errors: DescriptorWriter
    var block: LiveBlock?
    var quiet: QuietInput
    /// SIGCONTs seen; a new one means that others wrote to the terminal.
    var continues = cle_continue_count()
  }

  private let state: Locked<State>
  private let mailbox: PromptMailbox
  private let outputStyle: TerminalStyle
  private let errorStyle: TerminalStyle
  /// Output is a terminal whose cursor can be moved.
  private let isLive: Bool
  private let errorsAreTerminal: Bool
  private let outputDescriptor: Int32

  /// - Parameters:
  ///   - mailbox: the same as the editor's; its prompt must not be written over.
  ///   - noColor: `NO_COLOR`.
  ///   - term: `TERM`.
  package init(
    mailbox: PromptMailbox = PromptMailbox(), output: Int32 = STDOUT_FILENO, errors: Int32 = STDERR_FILENO,
    noColor: String?, term: String?
  ) {
    let outputIsTerminal = isatty(output) == 1
    errorsAreTerminal = isatty(errors) == 1
    outputDescriptor = output
    isLive = outputIsTerminal && TerminalStyle.knowsEscapes(term)
    outputStyle = TerminalStyle(isTerminal: outputIsTerminal, noColor: noColor, term: term)
    errorStyle = TerminalStyle(isTerminal: errorsAreTerminal, noColor: noColor, term: term)
    self.mailbox = mailbox
    // Without the count a stopped and continued block would be drawn over the calling shell's lines; nothing worse.
    if isLive { _ = cle_watch_signals() }
    state = Locked(State(output: DescriptorWriter(output), errors: DescriptorWriter(errors), quiet: QuietInput(output)))
  }

  /// Nil for a dumb terminal too: its output is written line by line, as to a pipe.
  package var size: ConsoleSize? { isLive ? ConsoleSize.ofTerminal(outputDescriptor) : nil }

  package var outputIsGone: Bool { outputFailure != nil }

  /// What ended output (EPIPE, ENOSPC, …), nil while all is well.
  package var outputFailure: SystemError? { state.withLock { $0.output.failure } }

  package func print(_ line: StyledLine) {
    mailbox.print(line) {
      state.withLock { state in
        let text = outputStyle.render(line).text + "\n"
        aboveBlock(&state, isTerminal: isLive) { $0.output.write(text) }
      }
    }
  }

  package func diagnose(_ line: StyledLine) {
    let write = {
      self.state.withLock { state in
        let text = self.errorStyle.render(line).text + "\n"
        self.aboveBlock(&state, isTerminal: self.errorsAreTerminal) { $0.errors.write(text) }
      }
    }
    if errorsAreTerminal { mailbox.print(line, otherwise: write) } else { write() }
  }

  package func showLive(_ rows: [StyledLine]) {
    guard let size else { return }
    state.withLock { state in
      if state.block == nil {
        state.block = LiveBlock(style: outputStyle, size: size)
        state.continues = cle_continue_count()
        state.quiet.begin()
      }
      noticeContinue(&state)
      let text = state.block?.show(rows, size: size) ?? ""
      state.output.write(text)
    }
  }

  package func endLive() {
    state.withLock { state in
      noticeContinue(&state)
      if let size, let text = state.block?.end(size: size) { state.output.write(text) }
      state.block = nil
      state.quiet.end()
    }
  }

  /// Begins a new row behind the `^C` that the terminal has echoed, so that the next prompt is where the editor believes
  /// it to be.
  ///
  /// While a live block is up there is no echo, and what was typed before is dropped, as the terminal does it at other
  /// times. Does nothing where output is no terminal.
  package func endInterruptedRow() {
    state.withLock { state in
      guard state.block == nil else { return state.quiet.dropKeys() }
      var mode = termios()
      guard tcgetattr(outputDescriptor, &mode) == 0 else { return }
      guard mode.c_lflag & tcflag_t(ECHO) != 0 else { return }
      state.output.write("\n")
    }
  }

  /// Writes between the lines above the block and the block.
  ///
  /// - Parameter isTerminal: false when the write goes elsewhere, and the block can stay.
  private func aboveBlock(_ state: inout State, isTerminal: Bool, write: (inout State) -> Void) {
    guard isTerminal, state.block != nil, let size else { return write(&state) }
    noticeContinue(&state)
    let erased = state.block?.erase(size: size) ?? ""
    state.output.write(erased)
    write(&state)
    let redrawn = state.block?.redraw() ?? ""
    state.output.write(redrawn)
  }

  private func noticeContinue(_ state: inout State) {
    let count = cle_continue_count()
    guard count != state.continues else { return }
    state.continues = count
    state.block?.forget()
    state.quiet.resume()
  }
}
