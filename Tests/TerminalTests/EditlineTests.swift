import Glibc
import Results
import SystemIO
import Terminal
import TestSupport
import Testing

/// The editor on a pseudo-terminal, in this process. One at a time: libedit keeps the state of a search in static variables.
@Suite("The line editor", .serialized)
struct EditlineTests {
  /// Whether the editor has answered.
  private final class ReadFlag: Sendable { let value = Locked(false) }

  /// An editor with its terminal, a prompt `> `, and a few words to complete.
  private final class Desk {
    let terminal: PseudoTerminal
    let editor: Editline
    let mailbox = PromptMailbox()
    private let inside: Int32
    private let isDumb: Bool

    init(
      columns: Int = 40, rows: Int = 10, history: HistoryFile = HistoryFile(), rc: String? = nil,
      noColor: String? = nil,
      term: String = "xterm-256color"
    ) async throws {
      isDumb = term == "dumb"
      terminal = try PseudoTerminal(columns: columns, rows: rows)
      inside = try terminal.openInside()
      setenv("TERM", term, 1)
      editor = try Editline(
        mailbox: mailbox, history: history, noColor: noColor, term: term, rcPath: rc, input: inside, output: inside)
      await editor.setCompleter { line, cursor in
        let before = String(decoding: Array(line.utf8.prefix(cursor)), as: UTF8.self)
        let start =
          (before.utf8.lastIndex(of: UInt8(ascii: " ")).map { before.utf8.distance(from: before.startIndex, to: $0) }
            ?? -1) + 1
        let typed = String(decoding: Array(before.utf8.dropFirst(start)), as: UTF8.self)
        let words = ["trace", "traceroute", "grün", "größer"]
        return CompletionOffer(start: start, candidates: words.filter { $0.hasPrefix(typed) }.map { .init($0) })
      }
    }

    deinit { close(inside) }

    /// Reads one line while `keys` drives the terminal.
    func read(_ keys: (PseudoTerminal) async throws -> Void) async throws -> LineEvent {
      let editor = editor
      let isRead = ReadFlag()
      // What an earlier read has left on the screen must not be taken for this one's prompt.
      terminal.drain()
      async let event = {
        let event = await editor.readLine(prompt: StyledLine([.init(">", .network), .init(" ", .plain)]))
        isRead.value.withLock { $0 = true }
        return event
      }()
      do {
        let isDumb = isDumb
        try await terminal.expectScreen("a prompt") {
          // A line typed ahead may be read before anyone has seen its prompt.
          isRead.value.withLock { $0 } || $0.rows[$0.cursor.row].hasPrefix(">") && ($0.bracketsPaste || isDumb)
        }
        try await keys(terminal)
        try await terminal.expectScreen("the line to be read") { _ in isRead.value.withLock { $0 } }
      } catch {
        editor.endInput()
        _ = await event
        throw error
      }
      return await event
    }
  }

  @Test("a line is typed, edited with arrows, and read; UTF-8 is whole")
  func typing() async throws {
    let desk = try await Desk()
    let event = try await desk.read { terminal in
      terminal.send("grün 日本")
      terminal.send(.left)
      terminal.send("x")
      try await terminal.expectRow("> grün 日x本")
      terminal.send(.enter)
    }
    #expect(event == .line("grün 日x本"))
    #expect(desk.terminal.screen.unknown == [])
  }

  @Test("the prompt is coloured, unless the user declines", arguments: [nil, "1"])
  func color(noColor: String?) async throws {
    let desk = try await Desk(noColor: noColor)
    _ = try await desk.read { $0.send("a\r") }
    #expect(desk.terminal.screen.hasColor == (noColor == nil))
  }

  @Test("Ctrl-C drops the line and leaves a new row; the next read begins empty")
  func interrupt() async throws {
    let desk = try await Desk()
    let event = try await desk.read { terminal in
      terminal.send("half a li")
      try await terminal.expectRow("> half a li")
      terminal.send(.interrupt)
    }
    #expect(event == .interrupted)
    try await desk.terminal.expectRow("> half a li^C")
    #expect(try await desk.read { $0.send("next\r") } == .line("next"))
  }

  @Test("Ctrl-C inside a search is no end of file")
  func interruptSearch() async throws {
    var history = HistoryFile()
    _ = history.append("trace example")
    let desk = try await Desk(history: history)
    let event = try await desk.read { terminal in
      terminal.send(.search)
      try await terminal.expectRow("bck:")
      terminal.send("exam")
      try await terminal.expectRow("bck:exam")
      terminal.send(.interrupt)
    }
    #expect(event == .interrupted)
    #expect(try await desk.read { $0.send(.endOfInput) } == .endOfFile)
  }

  @Test("Ctrl-R finds an earlier line, in emacs and in vi mode", arguments: EditMode.allCases)
  func search(mode: EditMode) async throws {
    var history = HistoryFile()
    for entry in ["trace one.example", "ping two.example"] { _ = history.append(entry) }
    let desk = try await Desk(history: history)
    await desk.editor.setEditMode(mode)
    #expect(await desk.editor.editMode == mode)
    let event = try await desk.read { terminal in
      terminal.send(.search)
      try await terminal.expectRow("bck:")
      terminal.send("one")
      try await terminal.expectRow("> trace one.example")
      terminal.send(.enter)
    }
    #expect(event == .line("trace one.example"))
  }

  @Test("~/.editrc chooses vi; Tab and Ctrl-R hold all the same, in command mode too")
  func editrc() async throws {
    let directory = try TemporaryDirectory()
    let rc = directory.path + "/editrc"
    let file = open(rc, O_WRONLY | O_CREAT, 0o600)
    #expect(write(file, "bind -v\n", 8) == 8)
    close(file)
    var history = HistoryFile()
    _ = history.append("ping two.example")
    let desk = try await Desk(history: history, rc: rc)
    #expect(await desk.editor.editMode == .vi)
    #expect(try await desk.read { $0.send("x tracer\t\r") } == .line("x traceroute "))
    let found = try await desk.read { terminal in
      terminal.send("zz")
      terminal.send(.escape)
      try await terminal.expectScreen("command mode") { $0.cursor.column == 3 }
      terminal.send(.search)
      try await terminal.expectRow("bck:")
      terminal.send("two")
      try await terminal.expectRow("> ping two.example")
      terminal.send(.enter)
    }
    #expect(found == .line("ping two.example"))
  }

  @Test("Ctrl-D on an empty line ends the input")
  func endOfFile() async throws {
    let desk = try await Desk()
    #expect(try await desk.read { $0.send(.endOfInput) } == .endOfFile)
  }

  @Test("a terminal that goes away ends the input")
  func hangUp() async throws {
    let desk = try await Desk()
    #expect(try await desk.read { $0.hangUp() } == .endOfFile)
  }

  @Test("a request from outside ends the read")
  func requests() async throws {
    let desk = try await Desk()
    #expect(!desk.editor.interrupt())
    #expect(try await desk.read { _ in _ = desk.editor.interrupt() } == .interrupted)
    #expect(!desk.editor.interrupt())
    #expect(try await desk.read { _ in desk.editor.endInput() } == .endOfFile)
  }

  @Test("Tab completes what is certain, and lists above the prompt what is not")
  func completion() async throws {
    let desk = try await Desk()
    let event = try await desk.read { terminal in
      terminal.send("grü\t")
      try await terminal.expectRow("> grün")
      terminal.send("t\t")
      try await terminal.expectRow("> grün trace")
      terminal.send("\t\t")
      try await terminal.expectScreen("the list above the prompt") {
        $0.rows.prefix(2) == ["trace       traceroute", "> grün trace"]
      }
      terminal.send("r\t")
      try await terminal.expectRow("> grün traceroute")
      terminal.send(.enter)
    }
    #expect(event == .line("grün traceroute "))
  }

  @Test("a paste of several lines is one text, and runs at Enter only")
  func paste() async throws {
    let desk = try await Desk()
    let event = try await desk.read { terminal in
      #expect(terminal.screen.bracketsPaste)
      terminal.paste("trace a\rset x 1\r")
      try await terminal.expectScreen("both lines") { $0.rows.prefix(2) == ["> trace a", "set x 1"] }
      terminal.send("2")
      try await terminal.expectRow("set x 12")
      terminal.send(.enter)
    }
    #expect(event == .line("trace a\nset x 12"))
    try await desk.terminal.expectScreen("no brackets any more") { !$0.bracketsPaste }
  }

  @Test("a Ctrl-C right behind Enter drops the line, and so does a signal that comes as it is read")
  func interruptBehindLine() async throws {
    let desk = try await Desk()
    #expect(try await desk.read { $0.send("one\r\u{3}") } == .interrupted)
    #expect(try await desk.read { $0.send("two\rthree\r\u{3}four\r") } == .interrupted)
    #expect(try await desk.read { _ in } == .line("four"))
  }

  @Test("a Ctrl-C between two prompts drops what was typed ahead of it")
  func interruptBetweenLines() async throws {
    let desk = try await Desk()
    #expect(try await desk.read { $0.send("one\rtwo\r") } == .line("one"))
    #expect(!desk.editor.interrupt())
    #expect(try await desk.read { $0.send("three\r") } == .line("three"))
  }

  @Test("lines typed ahead wait for their prompts")
  func typeAhead() async throws {
    let desk = try await Desk()
    #expect(try await desk.read { $0.send("one\rtwo\r") } == .line("one"))
    #expect(try await desk.read { _ in } == .line("two"))
  }

  @Test("a line of three rows is edited across a resize, with no row left over", arguments: [25, 60, 38])
  func resize(columns: Int) async throws {
    let desk = try await Desk(columns: 40, rows: 12)
    let text = (0..<10).map { "123456789\($0)" }.joined()
    let event = try await desk.read { terminal in
      terminal.send(text)
      try await terminal.expectScreen("three rows") { $0.rows[2].hasSuffix("9") && $0.cursor.row == 2 }
      terminal.send(.left)
      try await terminal.expectScreen("the cursor one to the left") { $0.cursor.column == 21 }
      terminal.resize(columns: columns, rows: 12)
      desk.editor.noteResize()
      let start = text.index(text.startIndex, offsetBy: columns - 2)
      terminal.send("X")
      try await terminal.expectScreen("the line anew") { screen in
        screen.rows[0] == "> " + text[..<start] && screen.rows.joined().filter { $0 == "X" }.count == 1
      }
      terminal.send(.enter)
    }
    #expect(event == .line(text.dropLast() + "X9"))
    #expect(desk.terminal.screen.text.filter { $0 == ">" }.count == 1)
  }

  @Test("what others print while a prompt is up stands above it, and the line stays")
  func printedAbove() async throws {
    let desk = try await Desk()
    let event = try await desk.read { terminal in
      terminal.send("typing")
      try await terminal.expectRow("> typing")
      desk.mailbox.print(StyledLine("a note\u{1B}[2J")) { Issue.record("written over the prompt") }
      try await terminal.expectScreen("the note above") { $0.rows.prefix(2) == [#"a note\x1b[2J"#, "> typing"] }
      terminal.send(.enter)
    }
    #expect(event == .line("typing"))
  }

  @Test("lines are remembered in libedit and in the file")
  func remembers() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/history"
    let desk = try await Desk(history: HistoryFile(path: path))
    #expect(await desk.editor.remember("trace a") == nil)
    #expect(await desk.editor.remember(" secret") == nil)
    let event = try await desk.read { terminal in
      terminal.send(.up)
      try await terminal.expectRow("> trace a")
      terminal.send(.enter)
    }
    #expect(event == .line("trace a"))
    #expect(await desk.editor.historyEntries == ["trace a"])
    #expect(HistoryFile(path: path).entries == ["trace a"])
  }

  @Test("a dumb terminal is sent no control sequence")
  func dumb() async throws {
    let desk = try await Desk(term: "dumb")
    #expect(try await desk.read { $0.send("hello\r") } == .line("hello"))
    #expect(!desk.terminal.transcript.contains(0x1B))
  }
}
