import Packets
import Statistics
import Tracing

/// Two paths side by side: who answered where, how round-trip times and losses shifted, and what of it is more than
/// chance.
///
/// Claims are what is said to differ. Every test of a comparison, of times and of losses at each hop, is corrected
/// together (Holm), so one comparison in twenty of equal paths at most has a false claim, however many hops it has.
/// Tests that could not have come out at all, with so few probes, are left out of the correction first (R. E. Tarone,
/// "A modified Bonferroni method for discrete data", Biometrics 46 (1990) 515): they cannot raise a false claim, so
/// they need not cost the others anything.
///
/// A value made of text and numbers alone: it can be stored, and shown again from the store.
package struct PathComparison: Codable, Hashable, Sendable {
  /// The chance of a false claim in a whole comparison.
  package static let level = 0.05

  package var first: PathSide
  package var second: PathSide
  package var flow: FlowRelation
  /// Along both paths.
  package var rows: [HopComparison]
  /// What differs; empty when nothing is known to.
  package var claims: [Claim]
  /// What cannot be told, and what it would take.
  package var limits: [String]
  /// All of it in one phrase.
  package var verdict: String

  /// - Parameters:
  ///   - labels: what the user called the two.
  ///   - shareSockets: see `FlowRelation`.
  ///   - bootstrap: of the intervals.
  package init(
    _ first: TraceResult, _ second: TraceResult, labels: (first: String, second: String), shareSockets: Bool = true,
    bootstrap: Bootstrap = Bootstrap()
  ) {
    self.first = PathSide(first, label: labels.first)
    self.second = PathSide(second, label: labels.second)
    flow = FlowRelation(first, second, shareSockets: shareSockets)
    rows = Self.rows(first.trace, second.trace, self.first, self.second, bootstrap)
    claims = []
    limits = []
    verdict = ""
    claims = Claim.all(of: self)
    limits = Self.limits(of: self)
    verdict = Self.verdict(of: self)
  }

  /// Whether both were to go to one address.
  package var haveOneTarget: Bool { first.address == second.address }

  /// How many hops are the same from the start on, silent ones among them.
  package var commonPrefix: Int { rows.prefix { $0.kind == .same || $0.kind == .silent }.count }

  // Rows

  private static func rows(
    _ first: Trace, _ second: Trace, _ one: PathSide, _ other: PathSide, _ bootstrap: Bootstrap
  ) -> [HopComparison] {
    let (firstHops, secondHops) = (Array(first.path), Array(second.path))
    let (length, otherLength) = (first.comparedLength(with: second), second.comparedLength(with: first))
    let alignment = PathAlignment(
      (0..<length).map { responders(firstHops, $0) }, (0..<otherLength).map { responders(secondHops, $0) })
    var tests = HopTests()
    var rows: [HopComparison] = []
    for step in alignment.steps {
      switch step {
      case .removed(let index): rows.append(gap(.removed, one, index))
      case .inserted(let index): rows.append(gap(.inserted, other, index))
      case .pair(let index, let otherIndex):
        var row = pair(one.hop(at: index), other.hop(at: otherIndex))
        if row.kind == .same {
          row.shift = tests.shift(firstHops[index].times, secondHops[otherIndex].times, bootstrap, row: rows.count)
        }
        row.loss = tests.loss(row, row: rows.count)
        rows.append(row)
      }
    }
    tests.correct(&rows)
    markUnclear(&rows)
    return rows
  }

  private static func responders(_ hops: [Hop], _ index: Int) -> Set<IPAddress> {
    index < hops.count ? Set(hops[index].responders.map(\.address)) : []
  }

  private static func pair(_ first: PathHop?, _ second: PathHop?) -> HopComparison {
    let kind: HopComparison.Kind
    switch (first?.isSilent ?? true, second?.isSilent ?? true) {
    case (true, true): kind = .silent
    case (true, false): kind = .silentFirst
    case (false, true): kind = .silentSecond
    case (false, false):
      let responders = Set(first?.responders ?? [])
      kind = responders.isDisjoint(with: second?.responders ?? []) ? .replaced : .same
    }
    return HopComparison(kind: kind, first: first, second: second)
  }

  private static func gap(_ kind: HopComparison.Kind, _ side: PathSide, _ index: Int) -> HopComparison {
    let hop = side.hop(at: index)
    return kind == .removed ? HopComparison(kind: kind, first: hop) : HopComparison(kind: kind, second: hop)
  }

  /// A path whose target did not answer at its own TTL seems one hop longer: silent hops just before the target are no
  /// claim.
  private static func markUnclear(_ rows: inout [HopComparison]) {
    for index in rows.indices.dropLast().reversed() {
      let hop = rows[index].first ?? rows[index].second
      guard rows[index].isOtherPath, hop?.isSilent == true else { return }
      rows[index].kind = .unclear
    }
  }
}

extension PathSide {
  /// nil for one that was not probed.
  fileprivate func hop(at index: Int) -> PathHop? { index < hops.count ? hops[index] : nil }
}

extension Trace {
  /// How many hops of this path are compared with another.
  ///
  /// Behind its last answer a path that did not end by itself is unknown, not empty: silent hops are compared as far as
  /// the other path goes, whether they were probed or not.
  fileprivate func comparedLength(with other: Trace) -> Int {
    let answered = path.lastIndex { $0.isAnswered }.map { $0 - path.startIndex + 1 } ?? 0
    switch end {
    case .reached, .unreachable, .loop: return max(answered, path.count)
    case .gapLimit, .exhausted, .cancelled, .overall, .failed, nil:
      return reachedTTL == nil ? max(answered, other.path.count) : path.count
    }
  }
}
