import Tracing

/// How many probes of a trace's path came to what.
///
/// Only TTLs up to the end of the path count. Of the probes sent there, each is one of replied, silent, given up, late,
/// pending (the trace was stopped) or superseded.
package struct ProbeCounts: Hashable, Sendable {
  /// Probes that left this host.
  package var sent = 0
  /// Replies in time, one a probe.
  package var replies = 0
  /// Nothing came inside the timeout.
  package var silent = 0
  /// Not waited for any longer, by patience.
  package var givenUp = 0
  /// Replies behind the timeout, one a probe.
  package var late = 0
  /// Replies in time that were read after their probe had been ended; they are among `replies`.
  package var revised = 0
  /// Further replies to probes that had one.
  package var duplicate = 0
  /// Probes that could not be sent.
  package var unsendable = 0
  /// Probes that were still waited for when the trace was stopped.
  package var pending = 0
  /// Silent probes that were sent again on a socket of their own, whose outcome counts instead.
  package var superseded = 0
  /// Arrivals on this host's sockets that belonged to no probe of any trace.
  package var foreign = 0
  /// Arrivals that this host's kernel dropped while the trace ran.
  package var dropped = 0
  /// Replies from behind the target's TTL, which the result leaves out.
  package var beyond = 0

  /// The counts of a trace as far as it has come.
  package init(_ trace: Trace) {
    for record in trace.path.flatMap(\.probes) { add(record) }
    foreign = trace.evidence.foreign
    dropped = trace.evidence.dropped
    beyond = trace.beyondReplies
    guard let reached = trace.reachedTTL else { return }
    for hop in trace.hops where hop.ttl > reached { beyond += hop.probes.count { $0.rtt != nil } }
  }

  private mutating func add(_ record: ProbeRecord) {
    duplicate += record.duplicates
    switch record.outcome {
    case .unsendable:
      unsendable += 1
      return
    case .replied:
      replies += 1
      if record.wasRevised { revised += 1 }
    case .late: late += 1
    case .pending, .timedOut, .givenUp:
      if record.isSuperseded {
        superseded += 1
        break
      }
      switch record.outcome {
      case .timedOut: silent += 1
      case .givenUp: givenUp += 1
      case .pending, .replied, .late, .unsendable: pending += 1
      }
    }
    sent += 1
  }
}
