import Statistics

extension PathComparison {
  /// What the comparison cannot tell, and what it would take; phrases without a full stop.
  static func limits(of comparison: PathComparison) -> [String] {
    [
      networks(comparison), start(comparison), timeouts(comparison), power(comparison), tail(comparison),
      silence(comparison),
      notProbed(comparison), flow(comparison),
      balancing(comparison), unclear(comparison), rateLimits(comparison),
    ].compactMap { $0 }
  }

  private static func networks(_ comparison: PathComparison) -> String? {
    guard comparison.first.network != comparison.second.network else { return nil }
    return
      "'\(comparison.first.network)' and '\(comparison.second.network)' are two networks: one address may be two routers"
  }

  private static func start(_ comparison: PathComparison) -> String? {
    guard let first = comparison.first.hops.first?.ttl, let second = comparison.second.hops.first?.ttl, first != second
    else { return nil }
    let side = first < second ? comparison.second : comparison.first
    return "hops before \(max(first, second)) were not asked for on \(side.label)"
  }

  private static func timeouts(_ comparison: PathComparison) -> String? {
    guard let first = comparison.first.timeout, let second = comparison.second.timeout, first != second else {
      return nil
    }
    return "timeouts \(first.exact) and \(second.exact): both judged at \(min(first, second).exact)"
  }

  /// So many probes a hop that shifts of about the jitter are mostly found; see the table of `scripts/soak alarms`.
  private static let goodQueries = 10

  /// The least probes a hop with which a shift that reaches the end of the path could be told; nil when there are
  /// enough.
  ///
  /// The last hop has a third of the tests' level at least: see `HopTests`.
  package var leastQueries: Int? {
    guard rows.contains(where: { $0.kind == .same }) else { return nil }
    let least = RankSumTest.leastSize(for: Self.testLevel / 3)
    return min(first.probesPerHop, second.probesPerHop) < least ? least : nil
  }

  private static func power(_ comparison: PathComparison) -> String? {
    guard let least = comparison.leastQueries else { return nil }
    let probes = min(comparison.first.probesPerHop, comparison.second.probesPerHop)
    return
      "\(probes == 1 ? "one probe" : "\(probes) probes") a hop cannot tell shifts of round-trip times or loss from "
      + "chance; '-q \(least)' is the least, '-q \(goodQueries)' is good"
  }

  private static func tail(_ comparison: PathComparison) -> String? {
    SilentTail(of: comparison).flatMap { $0.isBeyondChance ? nil : $0.limit }
  }

  private static func silence(_ comparison: PathComparison) -> String? {
    let rows = comparison.rows.filter { row in
      switch row.kind {
      case .silentFirst, .silentSecond:
        row.loss.map { !$0.isSignificant } ?? false
      case .same, .silent, .replaced, .removed, .inserted, .unclear: false
      }
    }
    let tail = SilentTail(of: comparison)
    let open = rows.filter { row in tail.map { !$0.contains(row) } ?? true }
    guard let row = open.first else { return nil }
    let side = row.kind == .silentFirst ? comparison.first : comparison.second
    let others = open.count - 1
    let more = others > 0 ? ", and \(others) more hop\(others == 1 ? "" : "s")" : ""
    return "hop \(row.ttl) was silent on \(side.label)\(more): so few lost probes may be chance"
  }

  private static func notProbed(_ comparison: PathComparison) -> String? {
    let missing = comparison.rows.compactMap { row -> PathSide? in
      switch row.kind {
      case .silentFirst: row.first?.sent ?? 0 == 0 ? comparison.first : nil
      case .silentSecond: row.second?.sent ?? 0 == 0 ? comparison.second : nil
      case .same, .silent, .replaced, .removed, .inserted, .unclear: nil
      }
    }
    guard let side = missing.first else { return nil }
    let last = side.hops.last { $0.sent > 0 }?.ttl
    return "\(side.label) was not probed " + (last.map { "beyond hop \($0)" } ?? "at all")
  }

  private static func flow(_ comparison: PathComparison) -> String? {
    guard comparison.haveOneTarget, comparison.claims.contains(where: { $0.kind == .path }) else { return nil }
    guard comparison.flow.isSame else {
      let what = comparison.flow.differences.joined(separator: ", ")
      return "other flow (\(what)): a load balancer may send the two different ways at the same time"
    }
    return comparison.flow.doubt
  }

  private static func balancing(_ comparison: PathComparison) -> String? {
    guard comparison.haveOneTarget else { return nil }
    let replaced = comparison.rows.contains { $0.kind == .removed } && comparison.rows.contains { $0.kind == .inserted }
    let rows = comparison.rows.filter { row in
      switch row.kind {
      case .replaced: true
      case .removed, .inserted: replaced
      case .same, .silent, .silentFirst, .silentSecond, .unclear: false
      }
    }
    if let row = rows.first(where: { $0.first?.isOtherFlow == true || $0.second?.isOtherFlow == true }) {
      return "hop \(row.ttl) was probed from a port of its own, and so on another flow"
    }
    guard rows.contains(where: { $0.first?.answered == 1 || $0.second?.answered == 1 }) else { return nil }
    return "a balancer that spreads probes and not flows shows another router at any time; '-q 5' tells it"
  }

  private static func unclear(_ comparison: PathComparison) -> String? {
    guard let row = comparison.rows.first(where: { $0.kind == .unclear }) else { return nil }
    return "hop \(row.ttl) is silent before the target: the path is longer, or the target's answers there were lost"
  }

  private static func rateLimits(_ comparison: PathComparison) -> String? {
    let limited = comparison.rows.filter { $0.first?.isRateLimited == true || $0.second?.isRateLimited == true }
    guard let row = limited.first else { return nil }
    let more = limited.count > 1 ? " and \(limited.count - 1) more" : ""
    return "hop \(row.ttl)\(more) seems to limit how often it answers: its losses are not compared"
  }
}
