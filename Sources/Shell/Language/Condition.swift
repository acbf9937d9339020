import Lexing

/// What `expect` states and `if` asks of a result.
package indirect enum Condition: Hashable, Sendable {
  case not(Condition)
  case reached
  case hops(Comparison, Int)
  case loss(Comparison, Double)
  /// The slowest reply of the last hop that answered.
  case roundTrip(Comparison, Duration)
  case elapsed(Comparison, Duration)
  case end(String)
  case hop(Int, HopCondition)

  package enum HopCondition: Hashable, Sendable {
    case silent
    /// The slowest reply of the hop.
    case roundTrip(Comparison, Duration)
    case loss(Comparison, Double)
    /// Somebody with this address answered.
    case address(String)
  }

  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case equal = "="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case greater = ">"

    func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
      switch self {
      case .less: left < right
      case .lessOrEqual: left <= right
      case .equal: left == right
      case .notEqual: left != right
      case .greaterOrEqual: left >= right
      case .greater: left > right
      }
    }
  }
}

extension Condition {
  /// Whether a condition holds, and what was found, as a phrase.
  package struct Finding: Hashable, Sendable {
    package var holds: Bool
    package var found: String
  }

  /// Judges a result. A question about a hop that is not in the result does not hold, nor does its `not`.
  package func judge(_ facts: ResultFacts) -> Finding {
    switch self {
    case .not(let condition):
      let finding = condition.judge(facts)
      return Finding(holds: !finding.holds && condition.isAnswerable(facts), found: finding.found)
    case .reached:
      return Finding(holds: facts.isReached, found: facts.isReached ? "reached" : "not reached (end: \(facts.end))")
    case .hops(let comparison, let count):
      guard facts.hasPath else { return Self.noPath }
      return Finding(holds: comparison.holds(facts.length, count), found: Self.count(facts.length, "hop"))
    case .loss(let comparison, let share):
      return Finding(
        holds: comparison.holds(facts.lossPercent, share), found: "loss \(Self.percent(facts.lossPercent))")
    case .roundTrip(let comparison, let limit):
      guard let slowest = facts.hops.last(where: { !$0.isSilent })?.slowest else {
        return Finding(holds: false, found: "no hop answered")
      }
      return Finding(holds: comparison.holds(slowest, limit), found: "rtt \(Self.milliseconds(slowest))")
    case .elapsed(let comparison, let limit):
      return Finding(
        holds: comparison.holds(facts.elapsed, limit), found: "elapsed \(Self.milliseconds(facts.elapsed))")
    case .end(let word):
      return Finding(holds: facts.end == word, found: "end \(facts.end)")
    case .hop(let ttl, let condition):
      guard facts.hasPath else { return Self.noPath }
      guard let hop = facts.hops.first(where: { $0.ttl == ttl }) else {
        let ttls = facts.hops.first.flatMap { first in facts.hops.last.map { (first.ttl, $0.ttl) } }
        return Finding(
          holds: false, found: ttls.map { "no hop \(ttl); the path has \($0.0) to \($0.1)" } ?? "the path has no hops")
      }
      return condition.judge(hop)
    }
  }

  private static let noPath = Finding(holds: false, found: "a ping, which has no hops")

  private func isAnswerable(_ facts: ResultFacts) -> Bool {
    switch self {
    case .not(let condition): condition.isAnswerable(facts)
    case .hop(let ttl, _): facts.hasPath && facts.hops.contains { $0.ttl == ttl }
    case .hops: facts.hasPath
    case .roundTrip: facts.hops.contains { !$0.isSilent }
    case .reached, .loss, .elapsed, .end: true
    }
  }

  static func milliseconds(_ duration: Duration) -> String {
    let microseconds = Int64(duration / .microseconds(1))
    let fraction = String(microseconds % 1000 + 1000).dropFirst()
    return "\(microseconds / 1000).\(fraction) ms"
  }

  static func percent(_ share: Double) -> String {
    let tenths = Int((share * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
  }

  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}

extension Condition.HopCondition {
  func judge(_ hop: ResultFacts.HopFacts) -> Condition.Finding {
    switch self {
    case .silent:
      return .init(holds: hop.isSilent, found: hop.isSilent ? "hop \(hop.ttl) is silent" : "hop \(hop.ttl) answered")
    case .roundTrip(let comparison, let limit):
      guard let slowest = hop.slowest else { return .init(holds: false, found: "hop \(hop.ttl) is silent") }
      return .init(
        holds: comparison.holds(slowest, limit), found: "hop \(hop.ttl) rtt \(Condition.milliseconds(slowest))")
    case .loss(let comparison, let share):
      return .init(
        holds: comparison.holds(hop.lossPercent, share),
        found: "hop \(hop.ttl) loss \(Condition.percent(hop.lossPercent))")
    case .address(let address):
      return .init(
        holds: hop.addresses.contains(address),
        found: hop.isSilent
          ? "hop \(hop.ttl) is silent" : "hop \(hop.ttl) address \(hop.addresses.joined(separator: ", "))")
    }
  }
}
