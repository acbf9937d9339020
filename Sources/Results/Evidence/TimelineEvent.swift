import Time
import Tracing

/// One thing that happened in a trace, at its moment.
package struct TimelineEvent: Hashable, Sendable {
  /// What it is; the raw value is typed as a filter, and stands in JSON.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case began
    /// The tracer wanted a probe sent.
    case queued
    case sent
    /// The kernel's own stamp of a departure.
    case stamped
    /// A packet reached this host.
    case arrival
    /// The program read it.
    case read
    /// It was found to be for a probe, and judged.
    case matched
    /// It was for no probe.
    case foreign
    /// A probe's time was over.
    case timeout
    /// A probe was not waited for any longer.
    case gaveUp = "gave-up"
    case unsendable
    /// A look-up was asked.
    case asked
    case answered
    case ended
  }

  /// Since the trace began.
  package let at: Duration
  package let kind: Kind
  /// nil for what is about no probe.
  package let probe: ProbeID?
  /// One phrase without a full stop. It may hold what came from the network.
  package let text: String

  package init(at: Duration, _ kind: Kind, _ probe: ProbeID?, _ text: String) {
    self.at = at
    self.kind = kind
    self.probe = probe
    self.text = text
  }
}
