import Glibc
import Results
import SystemIO

/// The line editor of an interactive session.
///
/// An actor that runs on a thread of its own, where it may wait for keys inside libedit. A session asks for a line with
/// `await readLine(prompt:)` and is free meanwhile. What others print while a prompt is up goes through the shared `PromptMailbox`
/// (`TerminalConsole` does so by itself) and appears above the prompt.
///
/// Only for a terminal: when standard input or output is none, read lines plainly.
package actor Editline {
  private nonisolated let thread: EditorThread
  private nonisolated let mailbox: PromptMailbox
  private let core: EditorCore
  private var history: HistoryFile

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Opens libedit on a terminal.
  ///
  /// - Parameters:
  ///   - mailbox: shared with the console.
  ///   - history: entered at once; lines are added to it by `remember`.
  ///   - noColor: `NO_COLOR`.
  ///   - term: `TERM`.
  ///   - rcPath: the user's `~/.editrc`, nil for none. Always a path: libedit finds none by itself in a privileged process.
  package init(
    mailbox: PromptMailbox, history: HistoryFile, noColor: String?, term: String?, rcPath: String?,
    input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO
  ) throws(SystemError) {
    self.mailbox = mailbox
    self.history = history
    core = try EditorCore(
      input: input, output: output, mailbox: mailbox,
      style: TerminalStyle(isTerminal: true, noColor: noColor, term: term),
      movesCursor: TerminalStyle.knowsEscapes(term), rcPath: rcPath, historyLimit: HistoryFile.limit)
    for entry in history.entries { core.remember(entry) }
    thread = try EditorThread()
  }

  deinit { thread.stop() }

  /// Shows a prompt and reads a line. Returns once the terminal is as it was before.
  ///
  /// - Parameter taken: called once the terminal is the editor's, where Ctrl-C is a key. A SIGINT of the terminal's
  ///   that came before is then there to be taken, and is not about this line.
  package func readLine(prompt: StyledLine, taken: @Sendable () -> Void = {}) -> LineEvent {
    core.readLine(prompt: prompt, taken: taken)
  }

  package func setCompleter(_ completer: @escaping Completer) { core.completer = completer }

  /// The keys in force; `~/.editrc` may have chosen them.
  package var editMode: EditMode { core.mode }

  package func setEditMode(_ mode: EditMode) { core.setMode(mode) }

  /// Adds what was typed to the history, in memory and in the file.
  ///
  /// - Parameter entry: a whole command, which may be several lines.
  /// - Returns: a note for the user, once, when the file cannot be written.
  package func remember(_ entry: String) -> String? {
    let (isKept, note) = history.append(entry)
    if isKept { core.remember(entry) }
    return note
  }

  /// What was typed, oldest first: the file's entries at start, then those of this session.
  package var historyEntries: [String] { history.entries }

  /// The terminal may have a new size. Needed only by whoever has taken SIGWINCH from the editor.
  package nonisolated func noteResize() { mailbox.wake() }

  /// Ends the read that waits with `interrupted`: a SIGINT that came from elsewhere, or right behind the line.
  ///
  /// - Returns: false when no prompt is up, and nothing was done.
  package nonisolated func interrupt() -> Bool { mailbox.interruptRead() }

  /// Ends the read that waits, or the next one, with `endOfFile`: SIGTERM or SIGHUP. The terminal is then restored.
  package nonisolated func endInput() { mailbox.request(.endOfInput) }
}
