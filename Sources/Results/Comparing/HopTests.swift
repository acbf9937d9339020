import Statistics

/// The tests of one comparison, which are corrected together.
///
/// Each question about the last hop that is compared, of which there are two at most (delay, loss), has the weight of all
/// questions about the hops before it together: what delays or loses probes on any link does so there, and it is what
/// users of the path see. So five probes a hop tell a delay at the end of a path of any length: 2/252, the least p of five
/// against five, is then corrected to three times itself at most, less than the level. With equal weights they would tell
/// none from seven questions on, since it is more than a seventh of the level.
struct HopTests {
  private enum Question { case shift, loss }

  private var questions: [(row: Int, Question, p: Double)] = []

  /// - Returns: nil when a side has no time.
  mutating func shift(_ first: Sample, _ second: Sample, _ bootstrap: Bootstrap, row: Int) -> RTTShift? {
    guard let test = RankSumTest(first, second), let (one, other) = Self.medians(first, second),
      let interval = bootstrap.interval(ofMedianOf: second, minusMedianOf: first)
    else { return nil }
    if test.smallestP <= PathComparison.testLevel { questions.append((row, .shift, test.p)) }
    return RTTShift(difference: Milliseconds(rounding: other - one), interval: interval, p: test.p)
  }

  /// - Returns: nil where no loss can be compared.
  mutating func loss(_ row: HopComparison, row index: Int) -> LossChange? {
    guard let first = row.first, let second = row.second, first.sent > 0, second.sent > 0 else { return nil }
    switch row.kind {
    case .same, .silentFirst, .silentSecond: break
    case .silent, .replaced, .removed, .inserted, .unclear: return nil
    }
    let (one, other) = (LossChange.Loss(first), LossChange.Loss(second))
    let test = FisherExactTest((one.lost, one.sent), (other.lost, other.sent))
    if test.smallestP <= PathComparison.testLevel, !first.isRateLimited, !second.isRateLimited {
      questions.append((index, .loss, test.p))
    }
    return LossChange(one, other, p: test.p)
  }

  /// Writes the corrected values into the rows.
  func correct(_ rows: inout [HopComparison]) {
    let last = questions.map(\.row).max()
    let others = questions.count { $0.row != last }
    let weights = questions.map { $0.row == last ? Double(max(1, others)) : 1 }
    for (question, p) in zip(questions, HolmCorrection.adjust(questions.map(\.p), weights: weights)) {
      switch question.1 {
      case .shift: rows[question.row].shift?.adjustedP = p
      case .loss: rows[question.row].loss?.adjustedP = p
      }
    }
  }

  private static func medians(_ first: Sample, _ second: Sample) -> (Double, Double)? {
    guard let one = first.median, let other = second.median else { return nil }
    return (one, other)
  }
}
