import Packets
import Results
import Tracing

extension ResultFacts {
  /// The facts of a trace: the hops of its path.
  package init(_ result: TraceResult) {
    let trace = result.trace
    self.init(
      target: result.target, isReached: result.isReached, hops: trace.path.map(HopFacts.init),
      end: Self.word(for: trace.end), elapsed: trace.elapsed ?? .zero)
  }

  /// One of `endings`.
  private static func word(for end: TraceEnd?) -> String {
    switch end {
    case .reached: "reached"
    case .unreachable: "unreachable"
    case .loop: "loop"
    case .gapLimit: "gap-limit"
    case .exhausted: "exhausted"
    case .overall: "overall"
    case .failed: "failed"
    case .cancelled, nil: "cancelled"
    }
  }
}

extension ResultFacts.HopFacts {
  init(_ hop: Hop) {
    let times = hop.probes.compactMap(\.rtt)
    self.init(
      ttl: Int(hop.ttl.value), addresses: hop.responders.map(\.address.description),
      sent: hop.probes.count(where: Self.counts), answered: times.count, slowest: times.max())
  }

  /// Whether a probe left and was waited for, so that its silence would be a loss.
  private static func counts(_ record: ProbeRecord) -> Bool {
    switch record.outcome {
    case .replied, .late: true
    case .timedOut, .givenUp: !record.isSuperseded
    case .pending, .unsendable: false
    }
  }
}
