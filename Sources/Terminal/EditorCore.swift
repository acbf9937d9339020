import CLineEditor
import Glibc
import Results
import SystemIO

/// libedit and the terminal it draws on. Lives on one thread at a time; `Editline` sees to that.
///
/// Theory of operation. `readLine` calls libedit, which draws prompt and line and calls back for each key. The callback
/// (`nextKey`) waits for the terminal and an eventfd together, and does between two keys all that is not a key: print lines that
/// others left in the mailbox above the prompt, draw anew after a resize or a stop, suspend the process at Ctrl-Z.
///
/// libedit's own signal handling is off (it signals the whole process group), and so is the terminal's ISIG: Ctrl-C and Ctrl-Z
/// are bytes. A read that must end, by Ctrl-C or a request, is reported to libedit as the end of input, and `ending` says which
/// end it was: inside a search libedit has no other answer.
///
/// This is no actor, and its callbacks are plain functions: a C callback made in an isolated context would trap.
final class EditorCore {
  /// Why a read was ended by us.
  enum Ending {
    case interrupted
    case endOfInput
    case failed(SystemError)
  }

  let handle: OpaquePointer
  private let history: OpaquePointer
  let mailbox: PromptMailbox
  let style: TerminalStyle
  /// The terminal understands cursor movement.
  let movesCursor: Bool
  private let rcPath: String?
  let wakeup: FileDescriptor
  let input: Int32
  /// The same terminal, read without waiting; nil where the machine does not let it be opened again.
  let lookAhead: FileDescriptor?
  var output: DescriptorWriter

  var completer: Completer = { _, cursor in CompletionOffer(start: cursor, candidates: []) }
  var prompt = Prompt(StyledLine(), style: TerminalStyle(isColored: false))
  private(set) var promptBytes: UnsafeMutablePointer<CChar>
  var decoder = KeyDecoder()
  /// Keys typed ahead of libedit, oldest first.
  var keys: [KeyDecoder.Key] = []
  var pasted = ""
  var ending: Ending?
  var size: ConsoleSize
  var continues = cle_continue_count()
  /// The line at the last Tab that could decide nothing; the same line at the next one asks for the list.
  var lastTab: (text: String, cursor: Int)?

  /// The name by which `~/.editrc` may address lines to this program.
  private static let name = "ftrsh"

  /// Opens libedit on two descriptors of one terminal, which stay the caller's.
  init(
    input: Int32, output: Int32, mailbox: PromptMailbox, style: TerminalStyle, movesCursor: Bool, rcPath: String?,
    historyLimit: Int
  ) throws(SystemError) {
    // libedit drops every byte above ASCII in another locale.
    try checked(cle_use_utf8(), "setlocale", "C.UTF-8")
    let wakeup = FileDescriptor(owning: try checked(cle_wakeup_open(), "eventfd"))
    guard let promptBytes = strdup("") else { throw SystemError(call: "strdup", errno: errno) }
    guard let history = cle_history_open(Int32(historyLimit)) else {
      throw SystemError(call: "history_init", errno: ENOMEM)
    }
    guard let handle = cle_open(Self.name, input, output) else {
      throw SystemError(call: "el_init", errno: errno)
    }
    self.handle = handle
    self.history = history
    self.mailbox = mailbox
    self.style = style
    self.movesCursor = movesCursor
    self.rcPath = rcPath
    self.wakeup = wakeup
    self.promptBytes = promptBytes
    self.input = input
    // An own opening: not to wait is a property of that, and other programs share `input`'s.
    let again = open("/proc/self/fd/\(input)", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    lookAhead = again >= 0 ? FileDescriptor(owning: again) : nil
    self.output = DescriptorWriter(output)
    size = ConsoleSize.ofTerminal(output) ?? ConsoleSize(columns: 80, rows: 24)
    try configure()
  }

  deinit {
    mailbox.setWakeup(-1)
    cle_wake_on_signals(-1)
    cle_close(handle)
    cle_history_close(history)
    free(promptBytes)
  }

  private func configure() throws(SystemError) {
    let steps = [
      cle_set_context(handle, Unmanaged.passUnretained(self).toOpaque()),
      cle_set_signals(handle, 0),
      cle_set_reader(handle, editorReadsKey),
      cle_set_prompt(handle, editorAsksPrompt, CChar(Prompt.escapeMark)),
      cle_set_history(handle, history),
      cle_add_command(handle, "ftrsh-complete", "Complete the word before the cursor", editorCompletes),
      cle_add_command(handle, "ftrsh-paste", "Insert a bracketed paste", editorPastes),
      cle_set_tty(handle, "-d", "-isig"),
    ]
    for step in steps { try checked(step, "el_set") }
    try checked(cle_watch_signals(), "sigaction")
    cle_wake_on_signals(wakeup.raw)
    mailbox.setWakeup(wakeup.raw)
    setMode(nil)
  }

  /// Enters a line into libedit's history in memory.
  func remember(_ entry: String) { _ = cle_history_enter(history, entry) }

  var mode: EditMode { cle_is_vi(handle) == 1 ? .vi : .emacs }

  /// Sets the keys; nil leaves the choice to ~/.editrc.
  ///
  /// Order matters: a change of the editor wipes all bindings, and so does `bind -v` or `-e` in the file. Hence editor, then file,
  /// then what must hold in any case.
  func setMode(_ wanted: EditMode?) {
    _ = cle_set_mode(handle, (wanted ?? .emacs).rawValue)
    bindComfort()
    // A user without the file is the rule, not a failure.
    if let rcPath { _ = cle_source(handle, rcPath) }
    if let wanted, wanted != mode {
      _ = cle_set_mode(handle, wanted.rawValue)
      bindComfort()
    }
    _ = cle_bind(handle, "^I", "ftrsh-complete")
    _ = cle_bind(handle, "^R", "em-inc-search-prev")
    _ = cle_bind(handle, pasteKey, "ftrsh-paste")
    if mode == .vi {
      // libedit's search reads its pattern by the keys in force: letters are letters only in insert mode.
      _ = cle_bind_alternate_keys(handle, "^R", "i^R")
      _ = cle_bind_alternate(handle, pasteKey, "ftrsh-paste")
    }
  }

  /// Keys that every keyboard has and libedit's emacs mode lacks; the user's file may change them.
  private func bindComfort() {
    guard mode == .emacs else { return }
    let bindings = [
      ("\u{1B}[1;5C", "em-next-word"), ("\u{1B}[1;5D", "ed-prev-word"), ("\u{1B}[3~", "ed-delete-next-char"),
      ("\u{1B}[H", "ed-move-to-beg"), ("\u{1B}[F", "ed-move-to-end"), ("\u{1B}[1~", "ed-move-to-beg"),
      ("\u{1B}[4~", "ed-move-to-end"), ("^W", "ed-delete-prev-word"), ("^U", "vi-kill-line-prev"),
    ]
    for (key, command) in bindings { _ = cle_bind(handle, key, command) }
  }

  /// Reads a line, blocking the thread.
  func readLine(prompt line: StyledLine, taken: () -> Void) -> LineEvent {
    setPrompt(Prompt(line, style: style))
    ending = nil
    lastTab = nil
    size = ConsoleSize.ofTerminal(output.descriptor) ?? size
    continues = cle_continue_count()
    if mailbox.raisePrompt() { keys = [] }
    // libedit would do this after the prompt is drawn; a key typed between the two would be echoed and half interpreted.
    _ = cle_prepare_terminal(handle, 1)
    taken()
    // Typed in the moment before, and echoed by the terminal.
    if mailbox.takeInterrupt() { output.write(ControlSequence.newline) }
    if movesCursor { output.write(ControlSequence.beginBracketedPaste) }
    var count: Int32 = 0
    let characters = cle_read_line(handle, &count)
    let event = event(characters, count: Int(count))
    if movesCursor { output.write(ControlSequence.endBracketedPaste) }
    let isKeyed = if case .line = event { takeKeysBehindLine() } else { false }
    let (lines, isSignalled) = mailbox.lowerPrompt()
    // The terminal has echoed the one that was a signal, and not the one that was a key.
    if isKeyed || isSignalled { output.write((isKeyed ? "^C" : "") + ControlSequence.newline) }
    for line in lines { output.write(style.render(line).text + ControlSequence.newline) }
    if case .line = event, isKeyed || isSignalled { return .interrupted }
    return event
  }

  private func event(_ characters: UnsafePointer<wchar_t>?, count: Int) -> LineEvent {
    if let characters, count > 0, ending == nil {
      var scalars = Self.scalars(UnsafeBufferPointer(start: characters, count: count))
      if scalars.last == "\n" || scalars.last == "\r" { scalars.removeLast() }
      return .line(String(scalars))
    }
    // A count of 0 is libedit's own end of file. In a search it has moved below the line already.
    let isBelowLine = count == 0 && ending != nil
    switch ending {
    case .interrupted:
      if !isBelowLine { output.write(toLineEnd() + "^C" + ControlSequence.newline) }
      return .interrupted
    case .endOfInput:
      if !isBelowLine { output.write(toLineEnd() + ControlSequence.newline) }
      return .endOfFile
    case .failed(let error): return .failed(reason: error.description)
    case nil:
      output.write(ControlSequence.newline)
      return .endOfFile
    }
  }

  /// libedit's characters are Unicode scalars; it holds none that the decoder has not let through.
  static func scalars(_ characters: UnsafeBufferPointer<wchar_t>) -> String.UnicodeScalarView {
    String.UnicodeScalarView(characters.compactMap { Unicode.Scalar(UInt32(bitPattern: $0)) })
  }

  private func setPrompt(_ prompt: Prompt) {
    self.prompt = prompt
    guard let bytes = strdup(prompt.marked) else { return }
    free(promptBytes)
    promptBytes = bytes
  }
}

/// The character by which a paste enters libedit's key map: a C1 control, which the decoder lets nobody type.
let pasteKey = "\u{80}"
