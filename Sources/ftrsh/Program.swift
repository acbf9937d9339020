import Glibc
import Lexing
import Shell
import SystemIO
import Terminal

/// One run of the program: wires a session to the machine, and has it do what was asked.
struct Program {
  private let launch: Launch
  private let environment = Environment()

  /// Taken as events; blocked in `main`.
  static let signals: Set<Signal> = [.interrupt, .terminate, .hangUp]

  init(_ launch: Launch) { self.launch = launch }

  func run() async -> ExitStatus {
    let mailbox = PromptMailbox()
    let console = TerminalConsole(mailbox: mailbox, noColor: environment.noColor, term: environment.term)
    do {
      return try await run(console, mailbox)
    } catch let error as SystemError {
      return refuse("cannot start", why: "\(error)", on: console)
    } catch let error as Diagnostic {
      return refuse(error.summary, why: error.why, on: console)
    } catch {
      return refuse("cannot start", why: "\(error)", on: console)
    }
  }

  private func run(_ console: TerminalConsole, _ mailbox: PromptMailbox) async throws -> ExitStatus {
    let loop = try EventLoop(name: "ftrsh")
    let services = LiveServices(loop: loop, stateDirectory: environment.stateDirectory)
    let prompt = isInteractive ? PromptHistory(directory: environment.stateDirectory) : nil
    let watch = SignalWatch(console: console)
    let session = Session(
      mode: isInteractive ? .prompt : .script, console: launch.report?.isTAP == true ? TAPConsole(console) : console,
      services: .init(
        networks: services, labs: LiveServices.shippedLabs, history: { await prompt?.entries ?? [] },
        takeSignals: { watch.takePending() }, program: ownProgram,
        resultsPath: environment.stateDirectory.map { $0 + "/results.db" },
        lessonsPath: environment.stateDirectory.map { $0 + "/lessons.db" }))
    try watch.start(Self.signals, on: loop, session)
    if launch.readsStartFile, let path = environment.startFile { await session.runStartFile(path) }
    if let report = launch.report, await !session.beginReport(report, name: launch.name) { return await session.status }
    var status = await perform(launch.withoutReport, session, mailbox, prompt, watch)
    if launch.report != nil {
      await session.endReport()
      if status == .done { status = await session.status }
    }
    let ending = watch.ending ?? status
    await session.storeChanges()
    await session.takeLabDown()
    guard isInteractive else {
      // Nobody waits for anything any more, and the kernel closes what is open: the loop's thread would have to be woken
      // twice and waited for, half a millisecond of a command that takes five.
      withExtendedLifetime((loop, session, watch)) { exit(ending.code) }
    }
    await session.shutDown()
    return ending
  }

  private func perform(
    _ launch: Launch, _ session: Session, _ mailbox: PromptMailbox, _ prompt: PromptHistory?, _ watch: SignalWatch
  ) async -> ExitStatus {
    switch launch {
    case .shell:
      if let prompt {
        return await PromptLoop(session, mailbox, prompt, environment, watch).run()
      }
      return await readStandardInput(session)
    case .script(let path, let arguments, _):
      do throws(Diagnostic) {
        return await session.run(try ScriptFile.bytes(of: path), name: path, arguments: arguments)
      } catch {
        await session.refuse(error, as: .failed)
        return await session.status
      }
    case .lines(let text, let arguments, _):
      return await session.run(Array(text.utf8), name: "-c", arguments: arguments)
    case .command(let line, _):
      return await session.run(Array(line.utf8), name: nil)
    case .print, .serveLab, .visitLab, .reported:
      // The first three have been seen to by `main`, and the report by `run`.
      return .done
    }
  }

  private func readStandardInput(_ session: Session) async -> ExitStatus {
    do throws(SystemError) {
      try await enterLines(StandardInput(STDIN_FILENO), session)
    } catch {
      await session.announce(Diagnostic("cannot read standard input", subject: "ftrsh", why: "\(error)"))
      return .failed
    }
    await session.endInput()
    return await session.status
  }

  private func enterLines(_ input: StandardInput, _ session: Session) async throws(SystemError) {
    var splitter = LineSplitter()
    while let chunk = try await input.next() {
      for line in splitter.add(chunk) {
        guard await session.enter(line) else { return }
      }
    }
    if !splitter.rest.isEmpty { _ = await session.enter(splitter.rest) }
  }

  /// How the program starts itself anew, and whether what it starts may read what it does not.
  private var ownProgram: Session.Program {
    let readsInput = if case .shell = launch { !isInteractive } else { false }
    return Session.Program(path: "/proc/self/exe", lendsInput: !readsInput)
  }

  /// Whether a person types: libedit is passed by when either end is no terminal.
  private var isInteractive: Bool {
    guard case .shell = launch else { return false }
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
  }

  private func refuse(_ summary: String, why: String?, on console: TerminalConsole) -> ExitStatus {
    for line in Diagnostic(summary, subject: "ftrsh", why: why).styledLines { console.diagnose(line) }
    return .failed
  }
}

extension Launch {
  /// Whether the start file is to be run first.
  var readsStartFile: Bool {
    switch self {
    case .shell(let reads): reads
    case .script(_, _, let reads), .lines(_, _, let reads): reads
    case .command(_, let reads): reads
    case .reported(let launch, _): launch.readsStartFile
    case .print, .serveLab, .visitLab: false
    }
  }

  /// nil when none is asked for.
  var report: ReportOptions? {
    switch self {
    case .reported(_, let options): options
    case .shell, .script, .lines, .command, .print, .serveLab, .visitLab: nil
    }
  }

  var withoutReport: Launch {
    switch self {
    case .reported(let launch, _): launch
    case .shell, .script, .lines, .command, .print, .serveLab, .visitLab: self
    }
  }

  /// What a report calls it.
  var name: String {
    switch self {
    case .script(let path, _, _): path
    case .lines: "-c"
    case .command(let line, _): line
    case .reported(let launch, _): launch.name
    case .shell, .print, .serveLab, .visitLab: "ftrsh"
    }
  }
}
