/// Differences that hold over several hops in a row.
///
/// Hops share the links before them: what delays or loses probes on one link does so for every hop behind it. So one
/// change shows at many hops, and is named once, by the first of them.
struct HopRuns {
  /// One that holds from one place among the tested hops to another.
  struct Run: Hashable {
    var places: ClosedRange<Int>
    /// Whether it holds for every tested hop behind its first.
    var reachesEnd: Bool
    /// Whether hops behind show that they do not share it, so that it is the hops' own and not the path's: none of them
    /// seems to differ, and one that could have been told to differs by another amount.
    var isLocal: Bool
  }

  /// What is asked of the tested hops, by place.
  struct Questions {
    /// Whether the hop differs, after correction.
    var isSignificant: (Int) -> Bool
    /// Whether the hop taken alone would count as different: it may lengthen a run, not begin the only one.
    var isSuspect: (Int) -> Bool
    /// Whether two hops may differ by the same amount.
    var areAlike: (Int, Int) -> Bool
    /// Whether the hop's test could have come out.
    var isTold: (Int) -> Bool
  }

  /// - Parameter count: of the tested hops.
  static func find(_ count: Int, _ ask: Questions) -> [Run] {
    var runs: [Run] = []
    var place = 0
    while place < count {
      guard ask.isSignificant(place) else {
        place += 1
        continue
      }
      var start = place
      let floor = runs.last.map { $0.places.upperBound + 1 } ?? 0
      while start > floor, ask.isSuspect(start - 1), ask.areAlike(start - 1, place) { start -= 1 }
      var end = place
      while end + 1 < count, ask.areAlike(end + 1, place) { end += 1 }
      while end > place, !ask.isSuspect(end) { end -= 1 }
      let behind = (end + 1)..<count
      let isLocal =
        !behind.contains(where: ask.isSuspect) && behind.contains { ask.isTold($0) && !ask.areAlike($0, end) }
      runs.append(Run(places: start...end, reachesEnd: behind.isEmpty, isLocal: isLocal))
      place = end + 1
    }
    return runs
  }
}
