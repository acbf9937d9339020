import Enrichment
import History
import Lexing
import Probing
import Results
import Simulation
import Synchronization

/// Everything that lasts from one command to the next: settings, variables, results, the network in use.
///
/// One actor: commands run on it one after the other, and while one awaits, completion and `interrupt` are served.
package actor Session {
  /// Whether a person types or a script runs: it decides defaults and what a failure means.
  package enum Mode: Sendable {
    case prompt
    case script
  }

  /// What the session needs from outside.
  package struct Services: Sendable {
    package var networks: any NetworkProvider
    /// The networks of the lab.
    package var labs: @Sendable () -> LabCatalog
    /// The lines typed so far, oldest first.
    package var history: @Sendable () async -> [String]
    /// Takes the signals that have come by now: an interrupt among them has called `interrupt` when it returns.
    package var takeSignals: @Sendable () -> Void
    /// How the program starts itself for `lab up` and `lab run`; nil where it cannot.
    package var program: Program?
    /// The file that keeps results from one session to the next; nil keeps them as long as the session.
    package var resultsPath: String?
    /// The file that keeps progress in lessons; nil keeps none.
    package var lessonsPath: String?
    /// When a result is said to have been started.
    package var clock: @Sendable () -> WallTime
    /// What the ids of results are drawn with.
    package var idGenerator: any RandomNumberGenerator & Sendable

    package init(
      networks: any NetworkProvider, labs: @escaping @Sendable () -> LabCatalog,
      history: @escaping @Sendable () async -> [String], takeSignals: @escaping @Sendable () -> Void = {},
      program: Program? = nil, resultsPath: String? = nil, lessonsPath: String? = nil,
      clock: @escaping @Sendable () -> WallTime = ResultStore.wallClock,
      idGenerator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
      self.networks = networks
      self.labs = labs
      self.history = history
      self.takeSignals = takeSignals
      self.program = program
      self.resultsPath = resultsPath
      self.lessonsPath = lessonsPath
      self.clock = clock
      self.idGenerator = idGenerator
    }
  }

  /// The program that a session runs in, as a file to be executed.
  package struct Program: Sendable {
    package var path: String
    /// Whether commands that it starts may read standard input: not where that holds the session's own lines.
    package var lendsInput: Bool

    package init(path: String, lendsInput: Bool) {
      self.path = path
      self.lendsInput = lendsInput
    }
  }

  /// Stops what is waited for.
  typealias Stop = @Sendable () async -> Void

  package nonisolated let mode: Mode
  package nonisolated let console: any Console
  nonisolated let services: Services
  /// nil until they are first asked for: that takes milliseconds, which neither a trace of the live network nor a prompt
  /// need wait.
  private var knownLabs: LabCatalog?
  /// As far as they have been asked for, or a statement has made one.
  var ownLabs: LabCatalog? {
    finishDrafts()
    return knownLabs
  }
  /// The networks of the lab, those that this session has made among them.
  var labs: LabCatalog {
    get {
      finishDrafts()
      if let knownLabs { return knownLabs }
      let labs = services.labs()
      knownLabs = labs
      return labs
    }
    set { knownLabs = newValue }
  }
  /// What statements of this session have made and changed.
  var labBuilder = LabBuilder()

  /// The network of the lab that is up.
  var hostedLab: HostedLab?
  /// The networks that were built or changed since `beginChange`.
  var changedLabs: Set<String> = []
  /// What `--tap` and `--junit` asked for; nil when neither did.
  var reporting: ReportInProgress?
  /// The lesson that is going on.
  var play: LessonPlay?
  /// What a lesson has said, for the document of the command that goes on.
  var spoken: [String] = []
  /// How far students came; nil keeps nothing. Its file is opened by the first use.
  lazy var progress: LessonStore? = services.lessonsPath.map { LessonStore(path: $0) }
  /// The last error that was told since a statement began.
  var lastComplaint: Diagnostic?
  /// A failure or `quit` has ended a script before its last statement.
  var hasStopped = false

  package internal(set) var settings: Settings
  /// What `unset` goes back to.
  let defaults: Settings
  var variables = Variables()
  package internal(set) var results = SessionResults()
  /// The results of all sessions; nil keeps none. Its file is opened by the first result.
  lazy var store: ResultStore? = services.resultsPath.map { ResultStore(path: $0, clock: services.clock) }
  /// What the ids of results are drawn with.
  var idGenerator: any RandomNumberGenerator & Sendable
  /// Results of which more has come than is stored, by number.
  var changedResults: Set<Int> = []
  /// Those of which more has come than is recorded.
  var lateRecords: Set<Int> = []
  /// How often that has been stored since the last command began.
  var lateWrites = 0
  package internal(set) var networkChoice = NetworkChoice.live
  var networks: [NetworkKey: SessionNetwork] = [:]
  /// The recording in use, or used last.
  var replay: ReplayNetwork?
  /// What this session records into.
  var recording: RecordingFile?
  /// What sources of answers have had to say, and was told.
  var toldNotes: Set<LookupNote> = []
  /// Traces in virtual time of which more may come when time passes.
  var tails: [EventTail] = []
  /// `use live` has said what it asks of whom.
  var hasExplainedLive = false
  /// Targets in the order of their last use, the latest last, and the TTL at which each answered.
  var targets = TargetMemory()

  /// Set by `quit`: nothing more is run.
  package internal(set) var isLeaving = false
  /// That of the first command that failed, in a script or in the last line of the prompt; or the one that `quit` gave.
  package internal(set) var status = ExitStatus.done
  var lines: LineCollector

  /// Set by `interrupt` until the next line is read. Atomic: an interrupt counts from when it comes, not from when this
  /// actor has time for it.
  private nonisolated let interruption = Atomic(false)
  private nonisolated let end = Atomic(false)
  /// Stops what the running command waits for.
  private var stopWaiting: Stop?
  private var stepCount = 0

  package init(mode: Mode, console: any Console, services: Services) {
    self.mode = mode
    self.console = console
    self.services = services
    idGenerator = services.idGenerator
    defaults = mode == .prompt ? .forPrompt : .forScripts
    settings = defaults
    lines = LineCollector(name: mode == .prompt ? nil : "standard input")
  }

  // Interruption

  /// Ctrl-C: stops what is being waited for, and then the command, block or script round it.
  ///
  /// - Parameter isFinal: the program is to end: nothing more is begun, whoever has dealt with the interrupt.
  package nonisolated func interrupt(isFinal: Bool = false) {
    if isFinal { end.store(true, ordering: .sequentiallyConsistent) }
    interruption.store(true, ordering: .sequentiallyConsistent)
    Task { await stopWhatWaits() }
  }

  /// Whether a signal asked the program to end.
  nonisolated var isEnding: Bool { end.load(ordering: .sequentiallyConsistent) }

  nonisolated var isInterrupted: Bool { interruption.load(ordering: .sequentiallyConsistent) }

  /// To be called once Ctrl-C is a key of the next line: an interrupt that came too late for the last one is not about
  /// the next.
  package nonisolated func clearInterruption() {
    services.takeSignals()
    if !isEnding { interruption.store(false, ordering: .sequentiallyConsistent) }
  }

  /// An interrupt that has been cleared by now was about a line that has ended by itself.
  private func stopWhatWaits() async {
    if isInterrupted { await stopWaiting?() }
  }

  /// Says how to end what is waited for from now on: an interrupt calls `stop`, which must make it end soon.
  ///
  /// - Returns: what was said before, to be given back by `endWaiting`.
  func beginWaiting(stop: @escaping @Sendable () async -> Void) -> Stop? {
    defer { stopWaiting = stop }
    return stopWaiting
  }

  func endWaiting(_ outer: Stop?) {
    stopWaiting = outer
  }

  /// To be called once for each statement and each turn of a loop: it notices an interrupt.
  ///
  /// Every so often it lets the actor serve others, or a loop that never waits could not be interrupted. That takes about
  /// a microsecond, so that one in 64 costs nothing and is still within a millisecond.
  func step() async throws(ShellError) {
    stepCount += 1
    if stepCount.isMultiple(of: 64) { await serveOthers() }
    if isInterrupted { throw .interrupted }
  }

  /// Goes on when a task that is started now has run, which is behind all that waits already.
  ///
  /// Not by `Task.yield`, which gives the rest to the runtime's pool even where the program runs its tasks on a thread of
  /// its own (`MainThread`), and so starts three threads for nothing.
  private func serveOthers() async {
    await withCheckedContinuation { continuation in
      Task { continuation.resume() }
    }
  }

  // Messages

  /// Prints a message on standard error.
  func tell(_ diagnostic: Diagnostic, on console: any Console) {
    if diagnostic.severity == .error { lastComplaint = diagnostic }
    for line in diagnostic.styledLines { console.diagnose(line) }
  }

  /// Keeps the status of the first failure; an interrupt is what counts of a run that it ended.
  func note(_ status: ExitStatus) {
    if self.status == .done || status == .interrupted { self.status = status }
  }
}
