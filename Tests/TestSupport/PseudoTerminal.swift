import CLineEditor
import Glibc

/// A program in a terminal of its own, driven as a person would: keys in, a screen to look at.
///
///     let terminal = try PseudoTerminal(["/bin/cat"], columns: 80, rows: 24)
///     terminal.send("hello\r")
///     try await terminal.expect("hello")
///     terminal.send(.endOfInput)
///     #expect(try await terminal.waitForExit() == .exited(0))
///
/// The program leads a session and has the terminal as its controlling one, so that `\u{3}` in cooked mode is a SIGINT and a resize a
/// SIGWINCH. Every wait has a bound; a test that reaches it fails with what the screen showed. Waits give way to other tasks every
/// few milliseconds, so that tests which wait for each other's threads all go on.
package final class PseudoTerminal {
  /// How a program ended.
  package enum Exit: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// A wait that reached its bound, with what the terminal showed then.
  package struct TimedOut: Error, CustomStringConvertible {
    package let awaited: String
    package let screen: String
    package var description: String { "waited in vain for \(awaited); the screen:\n\(screen)" }
  }

  /// A call of the machine that failed.
  package struct Refused: Error { package let call: String, errno: Int32 }

  /// Keys that have no letter.
  package enum Key: String {
    case interrupt = "\u{3}"
    case endOfInput = "\u{4}"
    case suspend = "\u{1A}"
    case search = "\u{12}"
    case enter = "\r"
    case tab = "\t"
    case escape = "\u{1B}"
    case up = "\u{1B}[A"
    case down = "\u{1B}[B"
    case right = "\u{1B}[C"
    case left = "\u{1B}[D"
  }

  /// Long enough for a loaded machine under a sanitizer; only a failing test waits so long.
  package static let patience = Duration.seconds(20)

  /// What the terminal shows.
  package private(set) var screen: Screen
  /// All that the program has written, escapes included.
  package private(set) var transcript: [UInt8] = []
  /// How much of the transcript `expect` has used up.
  private var used = 0
  /// The program, 0 when there is none.
  package let processID: pid_t
  private let path: [CChar]
  /// -1 after `hangUp`, which `poll` passes over.
  private var descriptor: Int32
  private var exit: Exit?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - arguments: the program's path, then what it gets.
  ///   - environment: all of it; `TERM` and `LANG` are set unless given.
  package convenience init(
    _ arguments: [String], environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) throws {
    try self.init(program: arguments, environment: environment, columns: columns, rows: rows)
  }

  /// A terminal without a program: a part of the test process uses it, through `openInside`.
  package convenience init(columns: Int = 80, rows: Int = 24) throws {
    try self.init(program: [], environment: [:], columns: columns, rows: rows)
  }

  private init(program arguments: [String], environment: [String: String], columns: Int, rows: Int) throws {
    screen = Screen(columns: columns, rows: rows)
    var path = [CChar](repeating: 0, count: 64)
    descriptor = cle_open_pseudo_terminal(&path, path.count)
    guard descriptor >= 0 else { throw Refused(call: "posix_openpt", errno: -descriptor) }
    self.path = path
    _ = cle_set_window_size(descriptor, Int32(columns), Int32(rows))
    guard !arguments.isEmpty else {
      processID = 0
      return
    }
    let defaults = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"]
    let variables = defaults.merging(environment) { $1 }.map { "\($0)=\($1)" }
    processID = try Self.spawn(arguments, variables, terminal: path)
  }

  deinit {
    if processID != 0, exit == nil {
      kill(processID, SIGKILL)
      waitpid(processID, nil, 0)
    }
    hangUp()
  }

  /// Takes the terminal away, as when its window is closed.
  package func hangUp() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
  }

  /// Opens the terminal as a program in it would; the caller closes the descriptor.
  package func openInside() throws -> Int32 {
    let inside = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard inside >= 0 else { throw Refused(call: "open", errno: errno) }
    return inside
  }

  /// Types a text; Enter is `\r`.
  package func send(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      // A program that has gone takes no more keys; what the test waits for next will say so.
      guard count > 0 || errno == EINTR else { return }
      bytes = bytes.dropFirst(max(0, count))
    }
  }

  package func send(_ key: Key) { send(key.rawValue) }

  /// Types what a terminal sends for a paste, if the program has asked for brackets.
  package func paste(_ text: String) {
    send(screen.bracketsPaste ? "\u{1B}[200~\(text)\u{1B}[201~" : text)
  }

  /// Takes what the program has written by now.
  package func drain() {
    while readOnce(milliseconds: 0) {}
  }

  /// Waits until a text appears in what the program writes, after the last text that was waited for.
  ///
  /// The text is compared with what was written, so nothing that the program draws in pieces or moves about can be
  /// found; wait for those with `expectScreen`.
  package func expect(_ text: String, within limit: Duration = patience) async throws {
    let wanted = Array(text.utf8)
    try await wait("'\(text)'", within: limit) {
      guard let end = Self.end(of: wanted, in: self.transcript[self.used...]) else { return false }
      self.used = end
      return true
    }
  }

  /// Waits until the screen is as wanted.
  package func expectScreen(
    _ what: String, within limit: Duration = patience, _ isWanted: (Screen) -> Bool
  ) async throws {
    try await wait(what, within: limit) { isWanted(self.screen) }
  }

  /// Waits until a row of the screen begins with a text.
  package func expectRow(_ prefix: String, within limit: Duration = patience) async throws {
    try await expectScreen("a row '\(prefix)'", within: limit) { $0.rows.contains { $0.hasPrefix(prefix) } }
  }

  /// Changes the terminal's size; the program gets a SIGWINCH.
  package func resize(columns: Int, rows: Int) {
    screen.resize(columns: columns, rows: rows)
    _ = cle_set_window_size(descriptor, Int32(columns), Int32(rows))
  }

  /// Waits until the program has ended, and tells how. What it wrote last is on the screen.
  package func waitForExit(within limit: Duration = patience) async throws -> Exit {
    try await wait("the program's end", within: limit) { self.reap() }
    drain()
    guard let exit else { throw Refused(call: "waitpid", errno: ECHILD) }
    return exit
  }

  private func reap() -> Bool {
    guard exit == nil else { return true }
    var status: Int32 = 0
    guard waitpid(processID, &status, WNOHANG) == processID else { return false }
    exit = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    return true
  }

  /// The bound counts the time in which the program wrote nothing while this test looked, not the clock's: on a busy
  /// machine a test may get its turn seconds late, which says nothing about the program.
  private func wait(_ what: String, within limit: Duration, until isDone: () -> Bool) async throws {
    // A short step: it also waits for what is no output, and holds a thread of the pool.
    let step = 5
    var waited = Duration.zero
    while !isDone() {
      guard waited < limit else { throw TimedOut(awaited: what, screen: screen.text) }
      if !readOnce(milliseconds: Int32(step)) { waited += .milliseconds(step) }
      await Task.yield()
    }
  }

  /// Takes what the program has written by now, waiting for it at most so long. False when there was nothing.
  private func readOnce(milliseconds: Int32) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else {
      // EIO: nobody has the other end open any more. The caller's bound still holds; do not spin.
      if milliseconds > 0 { _ = poll(nil, 0, milliseconds) }
      return false
    }
    transcript += buffer[..<count]
    screen.write(Array(buffer[..<count]))
    return true
  }

  private static func end(of wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= wanted.count else { return nil }
    return (bytes.startIndex...(bytes.endIndex - wanted.count)).first { start in
      bytes[start..<(start + wanted.count)].elementsEqual(wanted)
    }.map { $0 + wanted.count }
  }

  /// The program opens the terminal itself, after setsid: so it becomes its controlling terminal.
  private static func spawn(_ arguments: [String], _ variables: [String], terminal: [CChar]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID of spawn.h, hidden behind _GNU_SOURCE
    let flags = newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = variables.map { strdup($0) } + [nil]
    defer { for string in argv + envp { free(string) } }
    var processID = pid_t()
    let result = posix_spawn(&processID, arguments[0], &actions, &attributes, &argv, &envp)
    guard result == 0 else { throw Refused(call: "posix_spawn \(arguments[0])", errno: result) }
    return processID
  }
}
