import Packets
import Results
import Statistics
import Testing

@Suite("The alignment of two paths")
struct PathAlignmentTests {
  /// A path as one word a hop: letters are responders, several for a balanced hop, `*` is silent.
  private func path(_ text: String) -> [Set<IPAddress>] {
    text.split(separator: " ").map { hop in
      hop == "*" ? [] : Set(hop.utf8.map { IPAddress(192, 0, 2, $0) })
    }
  }

  /// The alignment as text: `a=a` the same, `b/c` another, `b/*` a wildcard, `-b` only in the first, `+c` only in the
  /// second.
  private func show(_ first: String, _ second: String) -> String {
    let (one, other) = (first.split(separator: " "), second.split(separator: " "))
    return PathAlignment(path(first), path(second)).steps.map { step in
      switch step {
      case .pair(let i, let j): one[i] == other[j] ? String(one[i]) : "\(one[i])/\(other[j])"
      case .removed(let i): "-\(one[i])"
      case .inserted(let j): "+\(other[j])"
      }
    }.joined(separator: " ")
  }

  @Test(
    "each hop finds its like",
    arguments: [
      ("a b c", "a b c", "a b c"), ("a b c", "a x c", "a b/x c"), ("a b c", "a b x c", "a b +x c"),
      ("a b x c", "a b c", "a b -x c"), ("a b c d", "a x y d", "a b/x c/y d"), ("a b c", "a x y c", "a +x b/y c"),
      ("", "a b", "+a +b"), ("a", "", "-a"), ("", "", ""),
      // What shifts behind an insertion is still itself.
      ("a b c d e", "a x b c d e", "a +x b c d e"),
      // A balanced hop is itself when one responder is.
      ("a bc d", "a cx d", "a bc/cx d"),
    ])
  func steps(first: String, second: String, expected: String) {
    #expect(show(first, second) == expected)
  }

  @Test(
    "a silent hop may be any router, and is rather that than one of its own",
    arguments: [
      ("a b c", "a * c", "a b/* c"), ("a * c", "a b c", "a */b c"), ("a * c", "a * c", "a * c"),
      ("a * * d", "a b c d", "a */b */c d"), ("a b * d", "a * c d", "a b/* */c d"),
      ("a b d", "a b * d", "a b +* d"), ("a * b", "a b", "a -* b"),
    ])
  func wildcards(first: String, second: String, expected: String) {
    #expect(show(first, second) == expected)
  }

  @Test("it tells the common beginning and end, and counts no hop for both")
  func ends() {
    let alignment = PathAlignment(path("a b * c d e"), path("a b * x d e"))
    #expect(alignment.commonPrefix == 3)
    #expect(alignment.commonSuffix == 2)
    let same = PathAlignment(path("a b"), path("a b"))
    #expect(same.commonPrefix == 2)
    #expect(same.commonSuffix == 0)
  }

  @Test("it is as cheap as the cheapest of all alignments, and whole: random paths")
  func optimal() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let (first, second) = (random(using: &generator), random(using: &generator))
      let steps = PathAlignment(first, second).steps
      #expect(cost(steps, first, second) == cheapest(first[...], second[...]))
      let mirrored = PathAlignment(second, first).steps
      #expect(cost(mirrored, second, first) == cost(steps, first, second))
    }
  }

  @Test("255 hops against 255 others are no trouble")
  func longest() {
    let first = (0..<255).map { Set([IPAddress(192, 0, 2, UInt8($0))]) }
    let second = (0..<255).map { Set([IPAddress(198, 51, 100, UInt8($0))]) }
    #expect(PathAlignment(first, second).steps.count == 255)
    #expect(PathAlignment(first, first).commonPrefix == 255)
  }

  private func random(using generator: inout SeededGenerator) -> [Set<IPAddress>] {
    (0..<generator.index(below: 6)).map { _ in
      let letter = generator.index(below: 4)
      return letter == 0 ? [] : [IPAddress(192, 0, 2, UInt8(letter))]
    }
  }

  /// By the costs that the documentation of `PathAlignment` orders: silence 1, a silent gap 3, a gap 4, a replacement
  /// 5.
  private func cost(_ first: Set<IPAddress>, _ second: Set<IPAddress>) -> Int {
    if first.isEmpty && second.isEmpty { return 0 }
    return first.isEmpty || second.isEmpty ? 1 : first.isDisjoint(with: second) ? 5 : 0
  }

  private func gap(_ hop: Set<IPAddress>) -> Int { hop.isEmpty ? 3 : 4 }

  /// The cost of steps, which must visit every hop once and in order.
  private func cost(_ steps: [PathAlignment.Step], _ first: [Set<IPAddress>], _ second: [Set<IPAddress>]) -> Int {
    var (i, j, total) = (0, 0, 0)
    for step in steps {
      switch step {
      case .pair(let one, let other):
        #expect(one == i && other == j)
        total += cost(first[i], second[j])
        (i, j) = (i + 1, j + 1)
      case .removed(let one):
        #expect(one == i)
        total += gap(first[i])
        i += 1
      case .inserted(let other):
        #expect(other == j)
        total += gap(second[j])
        j += 1
      }
    }
    #expect(i == first.count && j == second.count)
    return total
  }

  /// Tries every alignment.
  private func cheapest(_ first: ArraySlice<Set<IPAddress>>, _ second: ArraySlice<Set<IPAddress>>) -> Int {
    guard let one = first.first else { return second.reduce(0) { $0 + gap($1) } }
    guard let other = second.first else { return first.reduce(0) { $0 + gap($1) } }
    return min(
      cost(one, other) + cheapest(first.dropFirst(), second.dropFirst()),
      gap(one) + cheapest(first.dropFirst(), second),
      gap(other) + cheapest(first, second.dropFirst()))
  }
}
