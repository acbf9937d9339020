import Packets
import Statistics
import Tracing

/// What of a trace is laid beside another: from a TTL on that both were asked for, and as if both had waited equally
/// long.
struct JudgedPath {
  let hops: ArraySlice<Hop>
  /// How many hops of the path come before.
  let skipped: Int
  private let trace: Trace
  private let timeout: Duration

  /// - Parameters:
  ///   - start: the first TTL that both were asked for.
  ///   - timeout: the smaller of both.
  init(_ trace: Trace, from start: TTL, _ timeout: Duration) {
    self.trace = trace
    self.timeout = timeout
    hops = trace.path.drop { $0.ttl < start }
    skipped = trace.path.count - hops.count
  }

  func responders(at index: Int) -> Set<IPAddress> {
    index < hops.count ? Set(hop(index).replies(within: timeout).map(\.responder)) : []
  }

  func times(at index: Int) -> Sample { hop(index).times(within: timeout) }

  /// How many hops of this path are compared with another.
  ///
  /// Behind its last answer a path that did not end by itself is unknown, not empty: silent hops are compared as far as
  /// the other path goes, whether they were probed or not.
  func comparedLength(with other: JudgedPath) -> Int {
    let answered =
      hops.lastIndex { !$0.replies(within: timeout).isEmpty }.map { $0 - hops.startIndex + 1 } ?? 0
    switch trace.end {
    case .reached, .unreachable, .loop: return max(answered, hops.count)
    case .gapLimit, .exhausted, .cancelled, .overall, .failed, nil:
      return trace.reachedTTL == nil ? max(answered, other.hops.count) : hops.count
    }
  }

  private func hop(_ index: Int) -> Hop { hops[hops.startIndex + index] }
}
