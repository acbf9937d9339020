extension PathComparison {
  /// The comparison in one phrase: `same flow, new path; slower`.
  static func verdict(of comparison: PathComparison) -> String {
    guard !comparison.claims.isEmpty else {
      return comparison.leastQueries == nil
        ? "no difference beyond chance" : "no difference that so few probes could show"
    }
    var parts: [String] = []
    if !comparison.haveOneTarget {
      parts.append("two targets")
    } else if comparison.claims.contains(where: { $0.kind == .path }) {
      parts.append(comparison.flow.isSame ? "same flow, new path" : "other flow, other path")
    } else {
      parts.append("same path")
    }
    for claim in comparison.claims {
      let word: String?
      switch claim.kind {
      case .path: word = comparison.haveOneTarget ? nil : claim.sentence
      case .systems: word = nil
      case .shift: word = "other round-trip times"
      case .loss: word = "other loss"
      case .silence: word = "silence"
      }
      if let word, !parts.contains(word) { parts.append(word) }
    }
    return parts.joined(separator: ", ")
  }
}
