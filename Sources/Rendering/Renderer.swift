// Rendering: results as text and as JSON, while they come and when they are there. One file a format.
// Nothing here decides what is true of a trace (Tracing and Results do) or how a screen is driven (Terminal does).

import Results
import Time

/// Shows what one command brings, in one format.
///
/// A renderer is told what happens, in order, and writes to its console. It reads no clock and arms no timer: each event
/// comes with the moment it is told at, and `nextTick` says when the renderer would like to be told that time has passed.
/// It serves one command, from `OutputEvent`s until `ended`, and is used from one task at a time.
package protocol Renderer: AnyObject {
  /// - Parameter now: on the program's own monotonic clock, also for a trace in virtual time.
  func handle(_ event: OutputEvent, at now: Instant)

  /// When to send `tick`; nil when nothing waits for time to pass. Asked again after each event.
  var nextTick: Instant? { get }
}

/// The command that a renderer serves.
package struct CommandHeading: Hashable, Sendable {
  /// Its name in the command table: "trace".
  package var command: String
  /// Of this program.
  package var version: String
  /// How many targets it was given; its slots are 0..<targetCount, in the order of the arguments.
  package var targetCount: Int

  package init(command: String, version: String, targetCount: Int = 0) {
    self.command = command
    self.version = version
    self.targetCount = targetCount
  }
}
