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
/// they need not cost the others anything. A share of the level is kept apart for the silence of the end of a path, which is
/// one test over all hops of it.
///
/// Who answers is no test: another router is a claim as soon as it is seen. Where a balancer spreads packets and not
/// flows, equal paths differ so at any time.
///
/// A value made of text and numbers alone: it can be stored, and shown again from the store.
package struct PathComparison: Codable, Hashable, Sendable {
  /// The chance of a false claim about times, losses or silence in a whole comparison of equal paths.
  package static let level = 0.05
  /// The part of it for the silence of the end of a path.
  static let silenceLevel = 0.01
  /// The part of it for the tests at each hop, which share it.
  static let testLevel = level - silenceLevel

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
    let start = max(first.trace.request.firstTTL, second.trace.request.firstTTL)
    let timeout = min(first.trace.request.timeout, second.trace.request.timeout)
    self.first = PathSide(first, label: labels.first, from: start, judgedAt: timeout)
    self.second = PathSide(second, label: labels.second, from: start, judgedAt: timeout)
    flow = FlowRelation(first, second, shareSockets: shareSockets)
    rows = Self.rows(
      JudgedPath(first.trace, from: start, timeout), JudgedPath(second.trace, from: start, timeout), self.first,
      self.second, bootstrap)
    claims = []
    limits = []
    verdict = ""
    claims = Claim.all(of: self)
    limits = Self.limits(of: self)
    verdict = Self.verdict(of: self)
  }

  /// Whether both were to go to one address of one network.
  package var haveOneTarget: Bool { first.address == second.address && first.network == second.network }

  /// How many hops are the same from the start on, silent ones among them.
  package var commonPrefix: Int { rows.prefix { $0.kind == .same || $0.kind == .silent }.count }

  // Rows

  private static func rows(
    _ first: JudgedPath, _ second: JudgedPath, _ one: PathSide, _ other: PathSide, _ bootstrap: Bootstrap
  ) -> [HopComparison] {
    // A path that ended before the other was asked has nothing to lay beside it.
    guard !first.hops.isEmpty, !second.hops.isEmpty else { return [] }
    let (length, otherLength) = (first.comparedLength(with: second), second.comparedLength(with: first))
    let alignment = PathAlignment(
      (0..<length).map { first.responders(at: $0) }, (0..<otherLength).map { second.responders(at: $0) })
    func firstHop(_ index: Int) -> PathHop? { one.hop(at: index + first.skipped) }
    func secondHop(_ index: Int) -> PathHop? { other.hop(at: index + second.skipped) }
    var rows: [(HopComparison, first: Int?, second: Int?)] = alignment.steps.map { step in
      switch step {
      case .removed(let index): (HopComparison(kind: .removed, first: firstHop(index)), index, nil)
      case .inserted(let index): (HopComparison(kind: .inserted, second: secondHop(index)), nil, index)
      case .pair(let index, let otherIndex):
        (pair(firstHop(index), secondHop(otherIndex)), index, otherIndex)
      }
    }
    let haveOneTarget = one.address == other.address && one.network == other.network
    separate(&rows, haveOneTarget: haveOneTarget)
    var tests = HopTests()
    for index in rows.indices {
      if rows[index].0.kind == .same, let hop = rows[index].first, let otherHop = rows[index].second {
        rows[index].0.shift = tests.shift(
          first.times(at: hop), second.times(at: otherHop), bootstrap, row: index)
      }
      rows[index].0.loss = tests.loss(rows[index].0, row: index)
    }
    var comparisons = rows.map(\.0)
    tests.correct(&comparisons)
    if haveOneTarget || comparisons.last?.kind == .same { markUnclear(&comparisons) }
    return comparisons
  }

  /// Where the paths are different before and behind a silent hop, that hop is no router of the other path: such pairs
  /// are taken apart. And of a stretch that differs, the hops of the first path come before those of the second.
  ///
  /// Paths to two targets never meet again behind the place where they part; without a hop in common they have parted
  /// at the start.
  private static func separate(_ rows: inout [(HopComparison, first: Int?, second: Int?)], haveOneTarget: Bool) {
    var separated: [(HopComparison, first: Int?, second: Int?)] = []
    if !haveOneTarget, rows.contains(where: \.0.isOtherPath), !rows.contains(where: { $0.0.kind == .same }) {
      let silent = rows.prefix { $0.0.kind == .silent }
      rows = silent + inOrder(rows[silent.endIndex...])
      return
    }
    var rest = rows[...]
    while let first = rest.firstIndex(where: \.0.isOtherPath) {
      let end = rest[first...].firstIndex { $0.0.kind == .same } ?? rest.endIndex
      let parts = end == rest.endIndex && !haveOneTarget
      let last = parts ? end - 1 : rest[first..<end].lastIndex(where: \.0.isOtherPath) ?? first
      separated += rest[..<first]
      separated += inOrder(rest[first...last])
      rest = rest[(last + 1)...]
    }
    rows = separated + rest
  }

  /// A stretch of one hop on each side stays a replacement.
  private static func inOrder(
    _ rows: ArraySlice<(HopComparison, first: Int?, second: Int?)>
  ) -> [(HopComparison, first: Int?, second: Int?)] {
    guard rows.count > 1 else { return Array(rows) }
    return rows.compactMap { row in row.0.first.map { (HopComparison(kind: .removed, first: $0), row.first, nil) } }
      + rows.compactMap { row in row.0.second.map { (HopComparison(kind: .inserted, second: $0), nil, row.second) } }
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

  /// A path whose target did not answer at its own TTL seems one hop longer: a silent hop more before the target is no
  /// claim, nor where the hops between them are silent too.
  private static func markUnclear(_ rows: inout [HopComparison]) {
    for index in rows.indices.dropLast().reversed() {
      switch rows[index].kind {
      case .silent, .silentFirst, .silentSecond: continue
      case .removed, .inserted:
        guard (rows[index].first ?? rows[index].second)?.isSilent == true else { return }
        rows[index].kind = .unclear
      case .same, .replaced, .unclear: return
      }
    }
  }
}

extension PathSide {
  /// nil for one that was not probed.
  fileprivate func hop(at index: Int) -> PathHop? { index < hops.count ? hops[index] : nil }
}
