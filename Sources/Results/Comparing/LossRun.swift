import Statistics

/// A change of losses that holds over several hops in a row, in words.
enum LossRun {
  /// - Parameter silence: from this hop on nobody answers on one of the paths, which is said already; nil for no such
  ///   hop.
  static func claims(in comparison: PathComparison, before silence: Int?) -> [PathComparison.Claim] {
    let tested = comparison.rows.filter { $0.loss != nil && $0.ttl < silence ?? .max }
    let losses = tested.compactMap(\.loss)
    let runs = HopRuns.find(
      losses.count,
      HopRuns.Questions(
        isSignificant: { losses[$0].isSignificant }, isSuspect: { losses[$0].p <= PathComparison.level },
        areAlike: { one, other in
          let (a, b) = (losses[one].difference, losses[other].difference)
          return a.lower <= b.upper && b.lower <= a.upper
        }, isTold: { losses[$0].adjustedP != nil }))
    return runs.map { run in
      PathComparison.Claim(.loss, at: tested[run.places.lowerBound].ttl, sentence(run, tested, losses, comparison))
    }
  }

  private static func sentence(
    _ run: HopRuns.Run, _ rows: [HopComparison], _ losses: [LossChange], _ comparison: PathComparison
  ) -> String {
    let (first, last) = (rows[run.places.lowerBound], rows[run.places.upperBound])
    let loss = losses[run.places.last { losses[$0].isSignificant } ?? run.places.upperBound]
    let change =
      "\(text(loss.first)) on \(comparison.first.label), \(text(loss.second)) on \(comparison.second.label), "
      + ShiftRun.text(p: loss.adjustedP ?? loss.p)
    if run.places.count == 1, first.kind == .silentFirst || first.kind == .silentSecond {
      let label = first.kind == .silentFirst ? comparison.first.label : comparison.second.label
      return "\(PathComparison.Claim.place(first, in: comparison)) is silent on \(label) (\(change))"
    }
    if run.reachesEnd {
      let place = run.places.count == 1 ? "at hop \(first.ttl)" : "from hop \(first.ttl) on"
      return "\(place) other loss (\(change))"
    }
    let place = run.places.count == 1 ? "hop \(first.ttl) answers" : "hops \(first.ttl)-\(last.ttl) answer"
    let local = run.isLocal ? "; hops behind do not, so the path loses nothing by it" : ""
    return "\(place) another share of probes (\(change))\(local)"
  }

  /// `24% of 25 lost`
  private static func text(_ loss: LossChange.Loss) -> String {
    "\(Int(loss.percent.rounded()))% of \(loss.sent) lost"
  }
}
