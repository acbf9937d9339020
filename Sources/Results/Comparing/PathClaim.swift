extension PathComparison {
  /// Something that differs between two paths beyond chance.
  package struct Claim: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
      /// Other routers answered, or the path is longer or shorter.
      case path
      /// The path runs through an AS that the other does not.
      case systems = "as_path"
      /// Round-trip times shifted.
      case shift = "rtt"
      /// The share of unanswered probes changed.
      case loss
      /// Nobody answers any more from a hop on.
      case silence
    }

    package var kind: Kind
    /// The first hop that it is about, on the second path where it has one there. nil for a claim about the whole path.
    @ExplicitNull package var ttl: Int? = nil
    /// A phrase without a full stop.
    package var sentence: String

    init(_ kind: Kind, at ttl: Int?, _ sentence: String) {
      self.kind = kind
      self.sentence = sentence
      self.ttl = ttl
    }
  }
}

extension PathComparison.Claim {
  /// All claims, along the path: first about who answered, then when, then how often.
  static func all(of comparison: PathComparison) -> [Self] {
    let tail = SilentTail(of: comparison)
    let silence = tail.flatMap { $0.isBeyondChance ? Self(.silence, at: $0.ttl, $0.sentence) : nil }
    return paths(in: comparison) + systems(in: comparison) + ShiftRun.claims(in: comparison)
      + LossRun.claims(in: comparison, before: silence?.ttl) + [silence].compactMap { $0 }
  }

  // Who answered

  private static func paths(in comparison: PathComparison) -> [Self] {
    let rows = comparison.rows
    var claims: [Self] = []
    var start = rows.startIndex
    while let first = rows[start...].firstIndex(where: \.isOtherPath) {
      let end = rows[first...].firstIndex { $0.kind == .same } ?? rows.endIndex
      let section = rows[first..<end]
      start = end
      if end == rows.endIndex, !comparison.haveOneTarget {
        let before = rows[..<first].last { $0.kind == .same }
        let parting =
          before.map { "the paths part after \(place($0, in: comparison))" } ?? "the paths have no hop in common"
        claims.append(Self(.path, at: rows[first].ttl, parting))
      } else {
        claims.append(Self(.path, at: rows[first].ttl, change(section)))
      }
    }
    return claims
  }

  /// `hop 8: 198.19.0.99 in place of 198.19.0.14`, `hops 8-9 in place of hop 8`, `hop 8 is new: …`, `hop 8 is gone: …`.
  private static func change(_ section: ArraySlice<HopComparison>) -> String {
    let before = section.compactMap(\.first)
    let after = section.compactMap(\.second)
    if after.isEmpty { return "\(range(before)) \(before.count == 1 ? "is" : "are") gone\(who(before))" }
    if before.isEmpty { return "\(range(after)) \(after.count == 1 ? "is" : "are") new\(who(after))" }
    guard before.count == 1, after.count == 1, let one = before.first, let other = after.first else {
      return "\(range(after)) in place of \(range(before))"
    }
    let place = one.ttl == other.ttl ? "hop \(one.ttl)" : "hop \(other.ttl), formerly \(one.ttl)"
    return "\(place): \(other.responders.joined(separator: "/")) in place of "
      + one.responders.joined(separator: "/")
  }

  private static func who(_ hops: [PathHop]) -> String {
    guard hops.count == 1, let hop = hops.first else { return "" }
    return hop.isSilent ? ", and silent" : ": " + hop.responders.joined(separator: "/")
  }

  private static func range(_ hops: [PathHop]) -> String {
    let (first, last) = (hops.first?.ttl ?? 0, hops.last?.ttl ?? 0)
    return first == last ? "hop \(first)" : "hops \(first)-\(last)"
  }

  /// The TTL of a row on both paths: `hop 8`, `hop 9 (8 on %before)`.
  static func place(_ row: HopComparison, in comparison: PathComparison) -> String {
    guard let first = row.first?.ttl, let second = row.second?.ttl, first != second else { return "hop \(row.ttl)" }
    return "hop \(second) (\(first) on \(comparison.first.label))"
  }

  /// Only what other routers bring along: an AS that is missing where a hop was silent is no difference.
  private static func systems(in comparison: PathComparison) -> [Self] {
    let (before, after) = (comparison.first.systems, comparison.second.systems)
    let others = comparison.rows.filter(\.isOtherPath)
    let isNew = others.contains { row in
      !before.isEmpty && row.second?.systems.first.map { !before.contains($0) } ?? false
    }
    let isGone = others.contains { row in
      !after.isEmpty && row.first?.systems.first.map { !after.contains($0) } ?? false
    }
    guard isNew || isGone else { return [] }
    let (one, other) = (Self.list(before), Self.list(after))
    return [Self(.systems, at: nil, "AS path \(other) instead of \(one)")]
  }

  private static func list(_ systems: [UInt32]) -> String { systems.map(String.init).joined(separator: " ") }
}
