import Lexing
import Statistics

/// What `expect` states and `if` asks of a result.
package indirect enum Condition: Hashable, Sendable {
  case not(Condition)
  case reached
  case hops(Comparison, Int)
  case loss(LossCondition)
  /// The slowest reply of the last hop that answered.
  case roundTrip(Comparison, Duration)
  case elapsed(Comparison, Duration)
  case end(String)
  case hop(Int, HopCondition)
  /// Somebody of this AS, or with this address or name, answered somewhere.
  case through(Waypoint)
  /// The same routers answered as on another result, which a word stands for.
  case samePath(String)
  /// Everybody who answered has a name.
  case names
  /// Something was warned of; with a text, something with that text in it.
  case warning(String?)
  /// An answer has this mark.
  case marker(String)

  package enum HopCondition: Hashable, Sendable {
    case silent
    /// The slowest reply of the hop.
    case roundTrip(Comparison, Duration)
    case loss(LossCondition)
    /// Somebody with this address answered.
    case address(String)
    /// Somebody with this name.
    case name(String)
    /// Somebody of this AS.
    case system(UInt32)
    /// Somebody in this segment.
    case segment(String)
    case marker(String)
    case finding(String)
  }

  /// What a path runs through.
  package enum Waypoint: Hashable, Sendable {
    case system(UInt32)
    case address(String)
    case name(String)
  }

  /// A share of lost probes, in per cent.
  package struct LossCondition: Hashable, Sendable {
    package var comparison: Comparison
    package var percent: Double
    /// In per cent: the interval of that confidence must lie on one side of the share. nil takes the share as counted.
    package var confidence: Double?
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
    /// False when the result cannot tell: then neither the condition nor its `not` holds.
    package var isDecided = true

    static func undecided(_ found: String) -> Finding { Finding(holds: false, found: found, isDecided: false) }

    /// The same for `not`.
    var negated: Finding { Finding(holds: isDecided && !holds, found: found, isDecided: isDecided) }
  }

  /// The results that it compares with, as they were written.
  var references: [String] {
    switch self {
    case .not(let condition): condition.references
    case .samePath(let reference): [reference]
    case .reached, .hops, .loss, .roundTrip, .elapsed, .end, .hop, .through, .names, .warning, .marker: []
    }
  }

  /// Judges a result. A question that the result cannot answer, about a hop that is not in it for instance, does not hold,
  /// nor does its `not`.
  ///
  /// - Parameter others: what became of comparing the result with each of `references`.
  package func judge(_ facts: ResultFacts, others: [String: Finding] = [:]) -> Finding {
    switch self {
    case .not(let condition): return condition.judge(facts, others: others).negated
    case .reached:
      return Finding(holds: facts.isReached, found: facts.isReached ? "reached" : "not reached (end: \(facts.end))")
    case .hops(let comparison, let count):
      guard facts.hasPath else { return Self.noPath }
      return Finding(holds: comparison.holds(facts.length, count), found: Self.count(facts.length, "hop"))
    case .loss(let condition):
      let (sent, lost) = facts.probes
      return condition.judge(lost: lost, of: sent, "")
    case .roundTrip(let comparison, let limit):
      guard let slowest = facts.hops.last(where: { !$0.isSilent })?.slowest else {
        return .undecided("no hop answered")
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
        return .undecided(ttls.map { "no hop \(ttl); the path has \($0.0) to \($0.1)" } ?? "the path has no hops")
      }
      return condition.judge(hop, of: facts)
    case .through(let waypoint): return facts.hasPath ? waypoint.judge(facts) : Self.noPath
    case .samePath(let reference):
      guard facts.hasPath else { return Self.noPath }
      return others[reference] ?? .undecided("'\(reference)' cannot be compared with")
    case .names: return facts.hasPath ? Self.judgeNames(facts) : Self.noPath
    case .warning(let text): return Self.judgeWarnings(facts, text)
    case .marker(let marker):
      guard facts.hasPath else { return Self.noPath }
      let marks = facts.hops.flatMap { hop in hop.markers.map { "\($0) at hop \(hop.ttl)" } }
      return Finding(
        holds: facts.hops.contains { $0.markers.contains { Self.matches($0, marker: marker) } },
        found: marks.isEmpty ? "no marker" : marks.joined(separator: ", "))
    }
  }

  private static let noPath = Finding.undecided("a ping, which has no hops")

  private static func judgeNames(_ facts: ResultFacts) -> Finding {
    guard facts.asksNames else { return .undecided("names were off") }
    var nameless: [String] = []
    var count = 0
    for hop in facts.hops {
      count += hop.responders.count
      nameless += hop.responders.filter { $0.name == nil }.map { "hop \(hop.ttl) (\($0.address))" }
    }
    guard count > 0 else { return .undecided("no hop answered") }
    guard let first = nameless.first else { return Finding(holds: true, found: "a name for each of \(count)") }
    let more = nameless.count > 1 ? ", nor have \(nameless.count - 1) more of \(count)" : ""
    return Finding(holds: false, found: "\(first) has no name\(more)")
  }

  private static func judgeWarnings(_ facts: ResultFacts, _ text: String?) -> Finding {
    guard let first = facts.warnings.first else { return Finding(holds: false, found: "no warning") }
    let fitting = text.flatMap { text in facts.warnings.first { $0.lowercased().contains(text.lowercased()) } }
    return Finding(holds: text == nil || fitting != nil, found: "warning: \(fitting ?? first)")
  }

  /// `!F` stands for `!F-1400` too.
  static func matches(_ marker: String, marker wanted: String) -> Bool {
    marker == wanted || marker.hasPrefix(wanted + "-")
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

extension ResultFacts.HopFacts {
  /// Those of all who answered.
  var markers: [String] { responders.flatMap(\.markers) }
}
