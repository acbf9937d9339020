/// Finds the word that was probably meant.
package enum Spelling {
  /// Longer words are not compared: no name of ours is this long, and the comparison costs the product of the lengths.
  private static let lengthLimit = 64

  /// The candidate nearest to a mistyped word, or nil when none is near enough to be worth proposing.
  ///
  /// Near means one slip in a word of two to four letters, two in a word of up to seven, three beyond; or that the word
  /// begins a candidate. Ties go to the earlier candidate.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let typed = Array(word.lowercased().unicodeScalars.prefix(lengthLimit + 1))
    guard typed.count >= 2, typed.count <= lengthLimit else { return nil }
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased().unicodeScalars)
      guard letters.count <= lengthLimit else { continue }
      let distance = letters.starts(with: typed) ? 1 : slips(typed, letters)
      if distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    let allowed = typed.count <= 4 ? 1 : typed.count <= 7 ? 2 : 3
    guard let best, best.distance <= allowed else { return nil }
    return best.candidate
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
  private static func slips(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
