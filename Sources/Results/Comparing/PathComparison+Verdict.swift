extension PathComparison {
  /// The comparison in one phrase: `same flow, new path, slower`.
  static func verdict(of comparison: PathComparison) -> String {
    guard !comparison.claims.isEmpty else {
      guard comparison.rows.contains(where: { $0.kind == .same }) else {
        return "nothing to compare: no hop answered on both"
      }
      return comparison.leastQueries == nil
        ? "no difference beyond chance" : "no difference that so few probes could show"
    }
    let kinds = Set(comparison.claims.map(\.kind))
    var parts = [path(comparison, isOther: kinds.contains(.path))]
    if kinds.contains(.shift) { parts.append(speed(comparison)) }
    if kinds.contains(.loss) { parts.append("other loss") }
    if kinds.contains(.silence) { parts.append("silent at the end") }
    return parts.joined(separator: ", ")
  }

  private static func path(_ comparison: PathComparison, isOther: Bool) -> String {
    guard comparison.first.network == comparison.second.network else { return "two networks" }
    guard comparison.haveOneTarget else { return isOther ? "two targets, two paths" : "two targets, one path" }
    guard isOther else { return "same path" }
    return comparison.flow.isSame ? "same flow, new path" : "other flow, other path"
  }

  private static func speed(_ comparison: PathComparison) -> String {
    let shifts = comparison.rows.compactMap(\.shift).filter(\.isSignificant).map(\.difference.microseconds)
    guard comparison.haveOneTarget else { return "other round-trip times" }
    return shifts.allSatisfy { $0 > 0 } ? "slower" : shifts.allSatisfy { $0 < 0 } ? "faster" : "slower and faster"
  }
}
