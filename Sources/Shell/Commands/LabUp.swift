import Glibc
import Lexing
import Results
import Simulation
import SystemIO

// `lab up`, `lab run` and `lab down`: a network of the lab as a network of this machine. What serves it: `HostedLab`.

/// Whether a network is up, and who serves it.
enum LabUpStatement: String, CaseIterable {
  case up
  case run
  case down

  /// As `help lab` shows it.
  var usage: String {
    switch self {
    case .up: "lab up [NAME]"
    case .run: "lab run COMMAND…"
    case .down: "lab down"
    }
  }

  /// What it does, one line.
  var summary: String {
    switch self {
    case .up: "serves a network to every program (root), in a network namespace of its own; the one in use without NAME"
    case .run: "runs a program in it, with its addresses and name servers: traceroute, mtr, another ftrsh"
    case .down: "ends it, with everything that runs in it; so does the end of this shell"
    }
  }
}

extension Session {
  func lab(_ statement: LabUpStatement, _ call: Invocation) async throws(ShellError) {
    switch statement {
    case .up: try await labUp(call.takingJSONOption())
    case .run: try await labRun(call)
    case .down: try await labDown(call.takingJSONOption())
    }
  }

  private func labUp(_ call: Invocation) async throws(ShellError) {
    let entry = try labEntry(call)
    let name = entry.topology.name
    if let hosted = hostedLab {
      throw call.failed("network '\(hosted.network)' is up already", try: "'lab down' first")
    }
    guard geteuid() == 0 else {
      throw call.failed(
        "cannot bring network '\(name)' up",
        why: "it takes a network namespace and a TUN device, which only root may make",
        try: "'sudo ftrsh'; 'use lab \(name)' needs no privilege")
    }
    guard let program = services.program else {
      throw call.failed("cannot bring network '\(name)' up", why: "this program cannot start itself")
    }
    do throws(Diagnostic) {
      hostedLab = try await HostedLab.start(
        program.path, network: name, script: LabScript.text(of: entry.topology), seed: settings.labSeed)
    } catch {
      throw call.failed(
        "cannot bring network '\(name)' up", why: [error.summary, error.why].compactMap { $0 }.joined(separator: ": "),
        try: error.remedy)
    }
    guard let hosted = hostedLab else { return }
    let ends = hosted.announcement.addresses.joined(separator: " and ")
    let servers = hosted.announcement.nameServers.joined(separator: " and ")
    call.answer(LabUpDocument(hosted), over: settings) {
      call.print(StyledLine("network '\(name)' is up: \(ends)\(servers.isEmpty ? "" : ", names from \(servers)")"))
      call.print(StyledLine("'lab run COMMAND' runs a program in it; 'lab down' ends it", .dim))
    }
    for note in hosted.announcement.notes { tell(Diagnostic(note, severity: .note), on: call.console) }
  }

  private func labDown(_ call: Invocation) async throws(ShellError) {
    if let extra = call.argument("WORD") { throw call.wrong("'\(extra.text)' is one word too many", at: extra.range) }
    guard let hosted = hostedLab else { throw noLabIsUp(call) }
    if let trouble = await endHostedLab() { throw .failed(call.frame.locate(trouble, at: call.range)) }
    call.answer(LabUpDocument(hosted, isUp: false), over: settings) {
      call.print(StyledLine("network '\(hosted.network)' is down"))
    }
  }

  private func labRun(_ call: Invocation) async throws(ShellError) {
    guard let hosted = hostedLab, let program = services.program else { throw noLabIsUp(call) }
    let words = call.arguments("WORD").map(\.text)
    guard !words.isEmpty else {
      throw call.wrong(
        "the command is missing", at: SourceRange(call.range.upper, call.range.upper),
        try: "'lab run traceroute -n \(targetAddress(in: hosted.network))'")
    }
    let exit: Subprocess.Exit
    do throws(SystemError) {
      exit = try await run(
        words, in: hosted, by: program, output: (call.console as? DescriptorConsole)?.descriptor ?? childOutput)
    } catch {
      throw call.failed("cannot run '\(words[0])'", why: "\(error)")
    }
    // A Ctrl-C was the command's, which may have dealt with it; it is ours where it ended the command.
    services.takeSignals()
    guard !isEnding else { throw .interrupted }
    switch exit {
    case .signalled(SIGINT), .exited(128 + SIGINT): throw .interrupted
    case .exited(0): clearInterruption()
    case .exited(let status):
      clearInterruption()
      throw .stopped(ExitStatus(code: status))
    case .signalled(let signal):
      clearInterruption()
      tell(Diagnostic("'\(words[0])' was ended by signal \(signal)", subject: "lab"), on: call.console)
      throw .stopped(ExitStatus(code: 128 + signal))
    }
  }

  /// Runs a command beside a network, and waits until it has ended.
  private func run(
    _ words: [String], in hosted: HostedLab, by program: Program, output: Int32?
  ) async throws(SystemError) -> Subprocess.Exit {
    var process = try command(words, in: hosted, by: program, output: output)
    services.takeSignals()
    // Not started, the process ends as if it had been.
    if isInterrupted {
      _ = try await process.wait()
      return .signalled(SIGINT)
    }
    try process.start()
    let identifier = process.identifier
    // A Ctrl-C at the terminal is the command's by itself; a program that is to end takes its command with it.
    let outer = beginWaiting { [weak self] in if self?.isEnding == true { kill(identifier, SIGTERM) } }
    defer { endWaiting(outer) }
    return try await process.wait()
  }

  private func command(
    _ words: [String], in hosted: HostedLab, by program: Program, output: Int32?
  ) throws(SystemError) -> Subprocess {
    guard !program.lendsInput else { return try hosted.command(words, by: program.path, input: nil, output: output) }
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError(call: "open", errno: errno, object: "/dev/null") }
    let null = FileDescriptor(owning: number)
    return try hosted.command(words, by: program.path, input: null.raw, output: output)
  }

  private func noLabIsUp(_ call: Invocation) -> ShellError {
    call.failed("no network is up", try: "'lab up' as root")
  }

  /// Ends the network that is up, if one is, with everything that runs in it.
  package func takeLabDown() async {
    guard var trouble = await endHostedLab() else { return }
    trouble.severity = .warning
    tell(trouble, on: console)
  }

  /// Ends the network that is up, if one is.
  ///
  /// - Returns: why something of it may still be there; nil when nothing is.
  private func endHostedLab() async -> Diagnostic? {
    guard let hosted = hostedLab else { return nil }
    hostedLab = nil
    let reason: String
    do throws(SystemError) {
      switch try await hosted.takeDown() {
      case .exited(0)?, nil: return nil
      case .exited(let status)?: reason = "the process that served it has ended with status \(status)"
      case .signalled(let signal)?: reason = "the process that served it was ended by signal \(signal)"
      }
    } catch {
      reason = "\(error)"
    }
    return Diagnostic(
      "what runs in network '\(hosted.network)' may still be there", subject: "lab", why: reason,
      try: "'lsns -t net' lists network namespaces and who is in them")
  }

  /// An address worth a trace, for an example.
  private func targetAddress(in network: String) -> String {
    let entry = labs.entries.first { $0.topology.name == network }
    let address = entry.flatMap { entry in
      entry.topology.targets.first.flatMap { entry.zone.addresses(of: $0.name).first }
    }
    return address.map { "\($0)" } ?? "203.0.113.80"
  }
}
