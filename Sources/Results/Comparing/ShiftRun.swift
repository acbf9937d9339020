/// A shift of round-trip times that holds over several hops in a row, in words.
enum ShiftRun {
  /// Delays as near to each other as this are one delay, however small their intervals are.
  private static let likeness = 0.1

  static func claims(in comparison: PathComparison) -> [PathComparison.Claim] {
    let tested = comparison.rows.filter { $0.shift != nil }
    let shifts = tested.compactMap(\.shift)
    let runs = HopRuns.find(
      shifts.count,
      HopRuns.Questions(
        isSignificant: { shifts[$0].isSignificant }, isSuspect: { shifts[$0].p <= PathComparison.level },
        areAlike: { areAlike(shifts[$0], shifts[$1]) }, isTold: { shifts[$0].adjustedP != nil }))
    return runs.map { run in
      PathComparison.Claim(.shift, at: tested[run.places.lowerBound].ttl, sentence(run, tested, shifts, comparison))
    }
  }

  private static func areAlike(_ one: RTTShift, _ other: RTTShift) -> Bool {
    let (a, b) = (one.difference.microseconds, other.difference.microseconds)
    if Double((a - b).magnitude) <= likeness * Double(b.magnitude) { return true }
    return one.lower <= other.upper && other.lower <= one.upper
  }

  /// `from hop 5 on +10.0 ms (at hop 12 +9.8 to +10.2 ms, p=0.003)`
  private static func sentence(
    _ run: HopRuns.Run, _ rows: [HopComparison], _ shifts: [RTTShift], _ comparison: PathComparison
  ) -> String {
    let (first, last) = (rows[run.places.lowerBound], rows[run.places.upperBound])
    // The last that is beyond chance by itself stands for all.
    let shown = run.places.last { shifts[$0].isSignificant } ?? run.places.upperBound
    let shift = shifts[shown]
    let place: String
    if run.places.count == 1 {
      place = PathComparison.Claim.place(first, in: comparison)
    } else if run.reachesEnd {
      place = "from \(PathComparison.Claim.place(first, in: comparison)) on"
    } else {
      place = "hops \(first.ttl)-\(last.ttl)"
    }
    let at = run.places.count == 1 ? "" : "at hop \(rows[shown].ttl) "
    let interval = "\(at)\(shift.texts.lower) to \(shift.texts.upper) ms, \(text(p: shift.adjustedP ?? shift.p))"
    let local = run.isLocal ? "; hops behind are as before, so it is the answering and not the path" : ""
    return "\(place) \(shift.texts.difference) ms (\(interval))\(local)"
  }

  /// `p=0.012`, `p<0.001`
  static func text(p: Double) -> String {
    let thousandths = Int((p * 1000).rounded())
    guard thousandths > 0 else { return "p<0.001" }
    let digits = String(thousandths % 1000)
    return "p=\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
