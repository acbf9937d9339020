import Packets

/// Two paths laid side by side at least cost: which hop of one is which hop of the other.
///
/// Edit distance (R. A. Wagner and M. J. Fischer, "The string-to-string correction problem", JACM 21 (1974) 168) over
/// hops, where a hop is the set of those who answered at it. Hops are the same when they have a responder in common, so
/// a balanced hop is itself again. A silent hop is a wildcard: it may be any router, at a small cost, so that an answer
/// to an answer is preferred. Costs time and memory of the product of the lengths, 255 × 255 at most.
package struct PathAlignment: Hashable, Sendable {
  /// One step along both paths; the numbers are indices of hops.
  package enum Step: Hashable, Sendable {
    /// The same hop, or one that may be, or one in the other's place.
    case pair(Int, Int)
    /// Only in the first path.
    case removed(Int)
    /// Only in the second.
    case inserted(Int)
  }

  /// What each step costs. A replacement is cheaper than a removal and an insertion, and dearer than either; so a
  /// router that is exchanged is replaced, and one that is new shifts those behind it.
  private enum Cost {
    static let wildcard: Int32 = 1
    static let silentGap: Int32 = 3
    static let gap: Int32 = 4
    static let replacement: Int32 = 5
  }

  /// There are no more TTLs.
  package static let mostHops = 255

  /// Along both paths, each index once and in order.
  package let steps: [Step]
  /// How many steps from the start on are pairs of the same hop, silent ones on both sides among them.
  package let commonPrefix: Int
  /// The same, from the end backwards; what belongs to the prefix is not counted again.
  package let commonSuffix: Int

  /// - Parameters:
  ///   - first: who answered at each hop, by TTL; none at a silent one.
  ///   - second: the same of the other path.
  package init(_ first: [Set<IPAddress>], _ second: [Set<IPAddress>]) {
    precondition(max(first.count, second.count) <= Self.mostHops, "A path has at most 255 hops.")
    let steps = Self.steps(first, second)
    func isCommon(_ step: Step) -> Bool {
      guard case .pair(let one, let other) = step else { return false }
      return Self.cost(first[one], second[other]) == 0
    }
    self.steps = steps
    commonPrefix = steps.prefix(while: isCommon).count
    commonSuffix = steps.dropFirst(commonPrefix).reversed().prefix(while: isCommon).count
  }

  /// Of a pair.
  private static func cost(_ one: Set<IPAddress>, _ other: Set<IPAddress>) -> Int32 {
    switch (one.isEmpty, other.isEmpty) {
    case (true, true): 0
    case (true, false), (false, true): Cost.wildcard
    case (false, false): one.isDisjoint(with: other) ? Cost.replacement : 0
    }
  }

  private static func gap(_ hop: Set<IPAddress>) -> Int32 { hop.isEmpty ? Cost.silentGap : Cost.gap }

  /// Fills the table of the least costs of aligning the first i hops with the first j, and walks back from its end.
  /// Where several ways cost the same it takes the pair.
  private static func steps(_ first: [Set<IPAddress>], _ second: [Set<IPAddress>]) -> [Step] {
    let width = second.count + 1
    var least = [Int32](repeating: 0, count: (first.count + 1) * width)
    for i in first.indices { least[(i + 1) * width] = least[i * width] + gap(first[i]) }
    for j in second.indices { least[j + 1] = least[j] + gap(second[j]) }
    for i in first.indices {
      for j in second.indices {
        least[(i + 1) * width + j + 1] = min(
          least[i * width + j] + cost(first[i], second[j]), least[i * width + j + 1] + gap(first[i]),
          least[(i + 1) * width + j] + gap(second[j]))
      }
    }
    var steps: [Step] = []
    var (i, j) = (first.count, second.count)
    while i > 0 || j > 0 {
      let here = least[i * width + j]
      if i > 0, j > 0, here == least[(i - 1) * width + j - 1] + cost(first[i - 1], second[j - 1]) {
        (i, j) = (i - 1, j - 1)
        steps.append(.pair(i, j))
      } else if i > 0, here == least[(i - 1) * width + j] + gap(first[i - 1]) {
        i -= 1
        steps.append(.removed(i))
      } else {
        j -= 1
        steps.append(.inserted(j))
      }
    }
    return steps.reversed()
  }
}
