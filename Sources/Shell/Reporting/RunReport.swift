import Lexing
import SystemIO
import Time

/// What came of the expectations of a script, for programs that read test results: a fold of what the session tells it.
///
/// Each `expect` that is run is a point, as often as it is run; so is each other command that fails, because what should have
/// been tested behind it was not. The report is whole whatever ends the script: `end` says what did.
package struct RunReport: Sendable {
  /// One expectation, or one command that failed.
  package struct Point: Sendable, Hashable {
    /// What was stated or done, as it was written.
    package var name: String
    /// `net.ftr:3:1`; nil when the text has no name.
    package var place: String?
    package var outcome: Outcome
    /// Real time since the point before.
    package var duration: Duration
  }

  package enum Outcome: Sendable, Hashable {
    case passed
    /// An expectation was not met: what was found.
    case failed(found: String)
    /// A command could not be done.
    case error(problem: String, reason: String?)
  }

  /// What ended the script.
  package enum Ending: Sendable, Hashable {
    case complete
    /// A failure, or `quit`.
    case stopped
    case interrupted
  }

  /// More points than any script has; those behind it are counted and not kept, so that a loop does not fill the memory.
  package static let limit = 100_000

  /// Of the script.
  package let name: String
  package private(set) var points: [Point] = []
  /// How many there were beyond `limit`.
  package private(set) var dropped = 0
  package private(set) var ending: Ending?
  private var lastMark = MonotonicClock.now

  package init(name: String) {
    self.name = name
  }

  /// Adds a point that has just come.
  ///
  /// - Returns: it, and its number from 1; nil when there are too many.
  mutating func add(_ name: String, at place: String?, _ outcome: Outcome) -> (number: Int, point: Point)? {
    let now = MonotonicClock.now
    defer { lastMark = now }
    guard points.count < Self.limit else {
      dropped += 1
      return nil
    }
    let point = Point(name: name, place: place, outcome: outcome, duration: now - lastMark)
    points.append(point)
    return (points.count, point)
  }

  mutating func end(_ ending: Ending) {
    self.ending = ending
  }

  var failures: Int { points.count { if case .failed = $0.outcome { true } else { false } } }
  var errors: Int { points.count { if case .error = $0.outcome { true } else { false } } }
}
