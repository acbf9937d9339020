import Glibc
import Lexing
import Results

/// The reports that a run is asked for.
package struct ReportOptions: Hashable, Sendable {
  /// TAP on standard output.
  package var isTAP: Bool
  /// A file for JUnit's XML.
  package var junitPath: String?

  package init(isTAP: Bool = false, junitPath: String? = nil) {
    self.isTAP = isTAP
    self.junitPath = junitPath
  }
}

/// A report and where it goes.
struct ReportInProgress {
  var report: RunReport
  var junitPath: String?
  let started: WallTime
}

extension Session {
  /// Reports from now on what comes of expectations. With a report an expectation that is not met does not end the script,
  /// unless `on-error` says stop: all of them are looked at.
  ///
  /// The file is written at once, as the report of a run that did not end: so it is whole even if this process is killed.
  ///
  /// - Parameter name: of the script.
  /// - Returns: whether the report can be written; if not, that has been told, and nothing should be run.
  package func beginReport(_ options: ReportOptions, name: String) -> Bool {
    let running = ReportInProgress(
      report: RunReport(name: name), junitPath: options.junitPath, started: services.clock())
    do throws(Diagnostic) {
      if let path = running.junitPath {
        try ReportFile.begin(JUnitText.document(running.report, started: running.started), at: path)
      }
    } catch {
      tell(error.by("ftrsh"), on: console)
      note(.failed)
      return false
    }
    reporting = running
    tap?.report([TAPText.version])
    return true
  }

  /// Ends the report and writes it.
  package func endReport() {
    guard var running = reporting else { return }
    reporting = nil
    running.report.end(status == .interrupted || isInterrupted ? .interrupted : hasStopped ? .stopped : .complete)
    tap?.report(TAPText.ending(of: running.report))
    do throws(Diagnostic) {
      if let path = running.junitPath {
        try ReportFile.write(JUnitText.document(running.report, started: running.started), to: path)
      }
    } catch {
      tell(error.by("ftrsh"), on: console)
      note(.failed)
    }
  }

  /// Tells that nothing of a script could be run, and has it in the report.
  package func refuse(_ diagnostic: Diagnostic, as status: ExitStatus) {
    tell(diagnostic, on: console)
    note(status)
    hasStopped = true
    let place = diagnostic.excerpt.flatMap { excerpt in
      excerpt.name.map { "\($0):\(excerpt.location.line):\(excerpt.location.column)" }
    }
    report(reporting?.report.name ?? "", at: place, .error(problem: diagnostic.summary, reason: diagnostic.why))
  }

  /// An expectation was met.
  func reportMet(_ call: Invocation) {
    guard reporting != nil else { return }
    report(Self.words(call), at: call.frame.source.place(of: call.range), .passed)
  }

  /// A command failed.
  ///
  /// - Parameter complaint: the error that it told itself.
  /// - Returns: whether it was an expectation that was not met, behind which the script goes on.
  func reportFailure(_ error: ShellError, told complaint: Diagnostic?, of statement: Statement, in frame: Frame) -> Bool
  {
    guard reporting != nil else { return false }
    let name = frame.source[statement.words[0].range.union(statement.words[statement.words.count - 1].range)]
      .replacing("\n", with: " ")
    let place = frame.source.place(of: statement.range)
    switch error {
    case .interrupted: return false
    case .stopped:
      // What is inside a block or another script has been reported there.
      guard statement.block == nil,
        statement.words[0].literal.flatMap(CommandTable.command)?.name != Command.source.name
      else { return false }
      let problem = complaint?.summary ?? "it failed; its messages say why"
      report(name, at: place, .error(problem: problem, reason: complaint?.why))
      return false
    case .failed(let diagnostic) where diagnostic.summary.hasPrefix(Command.notMet):
      let found = diagnostic.why.map { $0.hasPrefix("found: ") ? String($0.dropFirst(7)) : $0 } ?? ""
      report(Self.stripped(name), at: place, .failed(found: found))
      return settings.onError == nil
    case .wrong(let diagnostic), .failed(let diagnostic):
      report(name, at: place, .error(problem: diagnostic.summary, reason: diagnostic.why))
      return false
    }
  }

  /// What a child that prints for itself gets for its standard output: standard error while ours is a report in TAP, which nothing
  /// else may come into; nil is ours.
  var childOutput: Int32? { tap == nil ? nil : STDERR_FILENO }

  private var tap: TAPConsole? { console as? TAPConsole }

  private func report(_ name: String, at place: String?, _ outcome: RunReport.Outcome) {
    guard let (number, point) = reporting?.report.add(name, at: place, outcome) else { return }
    tap?.report(TAPText.lines(for: point, number: number))
  }

  private static func words(_ call: Invocation) -> String { stripped(call.line) }

  /// The condition alone.
  private static func stripped(_ line: String) -> String {
    let name = Command.expect.name
    guard line.hasPrefix(name + " ") else { return line }
    return String(line.dropFirst(name.count).drop { $0 == " " })
  }
}

extension SourceText {
  /// `net.ftr:3:1`; nil in a text without a name.
  fileprivate func place(of range: SourceRange) -> String? {
    guard let name else { return nil }
    let location = location(of: range.lower)
    return "\(name):\(location.line):\(location.column)"
  }
}
