// Results: a finished trace with what is known about it, its findings and its JSON form, and the console it is shown on.
// Nothing here sends, waits or looks anything up, and nothing here decides how a result looks as text (Rendering does).

import Enrichment
import Packets
import Probing
import Time
import Tracing

/// A trace and the circumstances it was made in: what is shown, stored, compared and exported.
///
/// While the trace runs, `trace` is the fold of its events so far; `trace.end` tells.
package struct TraceResult: Hashable, Sendable {
  package var id: ResultID
  /// The command as it was typed.
  package var commandLine: String
  /// The target as it was typed: a name or an address.
  package var target: String
  /// Given by `as NAME`.
  package var name: String?
  /// As `Network.name` gives it: "live", "lab demo".
  package var network: String
  /// How replies were waited for.
  package var engineSettings = EngineSettings(.reactor)
  package var started: WallTime
  /// Of the program that made it.
  package var version: String
  /// What the user was warned of, one sentence each.
  package var warnings: [String] = []
  /// What was asked and what came of it.
  package var trace: Trace
  /// The evidence: every probe and reply with its bytes; empty when the trace was not recorded.
  package var packets = PacketRecord()
  /// What is known of the addresses in it.
  package var enrichment = EnrichmentRecord(.nothing)
  /// What is supposed in it, when it is a result of `whatif`: then no packet was sent for it.
  package var hypothesis: Hypothesis?
  /// Whether its timeout was short for enrichment, by the settings of its time (`warn.timeout`).
  package var hasShortTimeout = false
  /// The address that packets to the target leave from; nil when it is not known.
  package var localAddress: IPAddress?

  package init(
    id: ResultID, commandLine: String, target: String, name: String? = nil, network: String, started: WallTime,
    version: String, warnings: [String] = [], trace: Trace
  ) {
    self.id = id
    self.commandLine = commandLine
    self.target = target
    self.name = name
    self.network = network
    self.started = started
    self.version = version
    self.warnings = warnings
    self.trace = trace
  }

  /// Takes an event of the trace in.
  package mutating func apply(_ event: TraceEvent) {
    trace.apply(event)
    packets.apply(event)
  }

  /// The name of the engine.
  package var engine: EngineName { engineSettings.name }

  /// How it was probed.
  package var method: ProbeMethod { trace.request.method }

  /// The target's address.
  package var address: IPAddress { trace.request.target }

  /// Whether the target answered in time, however the trace ended.
  package var isReached: Bool { trace.reachedTTL != nil }

  /// How many probes of the path came to what; counted anew each time.
  package var counts: ProbeCounts { ProbeCounts(trace) }

  /// What deserves a look; found anew each time.
  package var findings: Findings { Findings(trace) }
}
