import Lexing
import Results
import Shell
import SystemIO
import Terminal

/// The lines typed at the prompt, those of earlier sessions first.
actor PromptHistory {
  let file: HistoryFile
  private var editor: Editline?

  /// - Parameter directory: where the file `history` is; nil keeps the lines in memory.
  init(directory: String?) {
    file = directory.map { HistoryFile(path: $0 + "/history") } ?? HistoryFile()
  }

  /// Says who keeps the history from now on.
  func hand(to editor: Editline) { self.editor = editor }

  /// Oldest first.
  var entries: [String] {
    get async { await editor?.historyEntries ?? file.entries }
  }
}

/// Reads lines from a person and runs them, until the person leaves.
struct PromptLoop {
  private let session: Session
  private let mailbox: PromptMailbox
  private let history: PromptHistory
  private let environment: Environment
  private let watch: SignalWatch

  init(
    _ session: Session, _ mailbox: PromptMailbox, _ history: PromptHistory, _ environment: Environment,
    _ watch: SignalWatch
  ) {
    self.session = session
    self.mailbox = mailbox
    self.history = history
    self.environment = environment
    self.watch = watch
  }

  func run() async -> ExitStatus {
    let editor: Editline
    let file = history.file
    do throws(SystemError) {
      editor = try Editline(
        mailbox: mailbox, history: file, noColor: environment.noColor, term: environment.term,
        rcPath: environment.editorFile)
    } catch {
      await session.announce(Diagnostic("cannot open the line editor", subject: "ftrsh", why: "\(error)"))
      return .failed
    }
    await history.hand(to: editor)
    watch.watch(editor)
    if let note = file.note { await session.announce(Diagnostic(note, severity: .note)) }
    return await read(from: editor)
  }

  private func read(from editor: Editline) async -> ExitStatus {
    // `~/.editrc` may have chosen the keys; the setting counts from when it is changed.
    var editMode = await session.settings.editMode
    var entry: [String] = []
    while true {
      let completer = await session.completer
      await editor.setCompleter { line, cursor in CompletionOffer(completer.complete(line, cursor: cursor)) }
      // Before the prompt, for the row that an echoed Ctrl-C has begun.
      watch.takePending()
      let prompt = await session.prompt
      switch await editor.readLine(prompt: prompt, taken: { [session] in session.clearInterruption() }) {
      case .line(let line):
        entry.append(line)
        if await session.isCompleted(by: Array(line.utf8)) {
          if let note = await editor.remember(entry.joined(separator: "\n")) {
            await session.announce(Diagnostic(note, severity: .note))
          }
          entry = []
        }
        guard await session.enter(Array(line.utf8)) else { return await session.status }
      case .interrupted:
        entry = []
        await session.dropLines()
      case .endOfFile:
        await session.endInput()
        return await session.status
      case .failed(let reason):
        await session.announce(Diagnostic("cannot read the terminal", subject: "ftrsh", why: reason))
        return .failed
      }
      let wanted = await session.settings.editMode
      if wanted != editMode {
        editMode = wanted
        await editor.setEditMode(wanted == .vi ? .vi : .emacs)
      }
    }
  }
}

extension CompletionOffer {
  init(_ completion: Completion) {
    self.init(
      start: completion.start,
      candidates: completion.candidates.map { candidate in
        let display = candidate.note.isEmpty ? candidate.text : "\(candidate.text)  \(candidate.note)"
        return Candidate(candidate.text, display: display, isFinal: candidate.isFinal)
      })
  }
}
