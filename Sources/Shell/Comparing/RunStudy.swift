// Many traces of one target under several rules.
//
//   rules      one a row, each with its settings, its network and its request
//   rounds     the first warms up and is not counted; in each round every rule runs once, in an order drawn anew, so that what
//              changes on the machine or on the path meanwhile falls on all of them alike
//   a run      one trace, measured by whoever compares: `EngineTrial` or `SettingTrial`
//   the end    after the last round, or when it is stopped: then the table holds what was run so far
//
// The order is drawn from a seed that the table names. In the lab each round has a seed of its own, the same for all rules, and a
// probe's chances do not depend on when it is sent.

import Lexing
import Packets
import Probing
import Rendering
import Results
import Statistics
import SystemIO
import Time
import Tracing

/// The work of `compare engines` and its like; used once, on the session's actor.
final class RunStudy {
  /// One run of a rule; nil when it was stopped.
  typealias Trial = (
    _ rule: StudyRule, _ round: Int, _ watch: TraceWatch, _ session: isolated Session
  ) async throws(NetworkFailure) -> RunComparison.Run?

  private let call: Invocation
  private let rules: [StudyRule]
  private let pause: Duration
  private let watch = TraceWatch()
  private(set) var comparison: RunComparison
  private var failuresInARow: [Int]
  private var hasGivenUp: [Bool]

  /// - Parameter comparison: without rows.
  init(_ call: Invocation, _ rules: [StudyRule], _ comparison: RunComparison) {
    self.call = call
    self.rules = rules
    self.comparison = comparison
    pause = comparison.pause.duration
    self.comparison.rows = rules.map(\.row)
    failuresInARow = rules.map { _ in 0 }
    hasGivenUp = rules.map { $0.failure != nil }
  }

  /// Runs all of it.
  ///
  /// - Parameter truth: TTLs that answer, by address; empty where nobody knows but the traces.
  func run(truth: [String: [Int]], in session: isolated Session, _ trial: Trial) async {
    let outer = session.beginWaiting(stop: { [watch] in await watch.stop() })
    if session.isInterrupted { await watch.stop() }
    await runRounds(in: session, trial)
    session.endWaiting(outer)
    call.console.showLive([])
    call.console.endLive()
    comparison.isInterrupted = watch.isStopped
    comparison.learnHops(from: truth)
  }

  private func runRounds(in session: isolated Session, _ trial: Trial) async {
    var generator = SeededGenerator(seed: comparison.seed)
    let total = (comparison.runCount + 1) * rules.count
    var done = 0
    for round in 0...comparison.runCount {
      for index in rules.indices.shuffled(using: &generator) {
        if watch.isStopped || call.console.outputIsGone { return }
        done += 1
        guard !hasGivenUp[index] else { continue }
        showProgress(done, of: total, rules[index].label, round)
        do throws(NetworkFailure) {
          guard let run = try await trial(rules[index], round, watch, session) else { return }
          failuresInARow[index] = 0
          if round > 0 { comparison.rows[index].runs.append(run) }
        } catch {
          noteFailure(error, of: index, isWarmUp: round == 0)
        }
        if pause > .zero, done < total { await wait(in: session) }
      }
    }
  }

  /// One run may fail because something was wrong for a moment; a rule of which the warm-up fails, or several runs in a row, is not
  /// tried again.
  private func noteFailure(_ failure: NetworkFailure, of index: Int, isWarmUp: Bool) {
    comparison.rows[index].failure = "\(failure.problem): \(failure.reason)"
    comparison.rows[index].failedCount += 1
    failuresInARow[index] += 1
    hasGivenUp[index] = isWarmUp || failuresInARow[index] == Self.mostFailuresInARow
  }

  private static let mostFailuresInARow = 3

  private func showProgress(_ number: Int, of total: Int, _ label: String, _ round: Int) {
    let warming = round == 0 ? ", to warm up" : ""
    call.console.showLive([StyledLine("\(number) of \(total) runs: \(label)\(warming)", .dim)])
  }

  /// Between two runs; ends early when stopped.
  private func wait(in session: isolated Session) async {
    let pause = pause
    let sleep = Task {
      // Cancelled: then nobody waits any more.
      do { try await Task.sleep(for: pause) } catch {}
    }
    let outer = session.beginWaiting(stop: { [watch] in
      sleep.cancel()
      await watch.stop()
    })
    if session.isInterrupted { sleep.cancel() }
    await sleep.value
    session.endWaiting(outer)
  }
}
