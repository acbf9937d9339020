import Statistics

/// The end of a path where nobody answers, while hops of the other path do.
struct SilentTail {
  /// Fewer hops are told by the loss at each of them.
  private static let leastHops = 3
  /// So many probes a hop tell the silence of so many hops, even where some answers are lost on the other path.
  private static let enoughQueries = 3

  /// The first silent hop on that path.
  let ttl: Int
  private let side: PathSide
  private let kind: HopComparison.Kind
  /// Of Fisher's exact test over the probes of all its hops.
  private let p: Double
  /// The probes a hop that were sent on the path with fewer.
  private let queries: Int

  /// - Returns: nil without so many silent hops at the end.
  init?(of comparison: PathComparison) {
    for kind in [HopComparison.Kind.silentSecond, .silentFirst] {
      let tail = comparison.rows.reversed().prefix { $0.kind == kind || $0.kind == .silent }.reversed()
      // A router that limits its answers is silent for reasons of its own.
      let silent = tail.filter { row in
        row.kind == kind && row.first?.isRateLimited != true && row.second?.isRateLimited != true && row.loss != nil
      }
      guard silent.count >= Self.leastHops, let first = silent.first else { continue }
      self.kind = kind
      side = kind == .silentSecond ? comparison.second : comparison.first
      ttl = Self.ttl(first, kind)
      queries = min(comparison.first.probesPerHop, comparison.second.probesPerHop)
      let losses = silent.compactMap(\.loss)
      func sum(_ number: (LossChange) -> Int) -> Int { losses.reduce(0) { $0 + number($1) } }
      p =
        FisherExactTest(
          (sum { $0.first.lost }, sum { $0.first.sent }), (sum { $0.second.lost }, sum { $0.second.sent })
        ).p
      return
    }
    return nil
  }

  var isBeyondChance: Bool { p <= PathComparison.silenceLevel }

  /// A phrase without a full stop.
  var sentence: String { "no answer on \(side.label) from hop \(ttl) on" }

  /// What it would take to tell, where it may be chance.
  var limit: String {
    "\(sentence): may be chance" + (queries < Self.enoughQueries ? ", '-q \(Self.enoughQueries)' tells" : "")
  }

  /// Whether a row belongs to it.
  func contains(_ row: HopComparison) -> Bool { row.kind == kind && Self.ttl(row, kind) >= ttl }

  private static func ttl(_ row: HopComparison, _ kind: HopComparison.Kind) -> Int {
    (kind == .silentSecond ? row.second : row.first)?.ttl ?? row.ttl
  }
}
