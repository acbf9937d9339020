import Lexing
import Time

/// The time that a signal needs from one end of a link to the other: `delay 5ms`, or drawn anew for each datagram.
///
/// Light in fibre travels about 200 km in a millisecond.
package struct Delay: Behavior {
  package static let word = "delay"
  package static let usage = "delay [uniform|normal|longtail] DURATION [DURATION]"
  package static let summary =
    "the time from end to end: constant, 'uniform LOW HIGH', 'normal MEAN DEVIATION', 'longtail LEAST EXCESS'"
  package static let places = [BehaviorPlace.link, .resolver]

  private enum Shape: String, CaseIterable {
    case uniform
    case normal
    case longTail = "longtail"
  }

  private let distribution: DelayDistribution

  package init(reading words: inout WordReader) throws(Diagnostic) {
    guard let word = words.next, let shape = Shape(rawValue: word.text) else {
      distribution = .constant(try words.duration(what: "a delay"))
      return
    }
    words.skip()
    switch shape {
    case .uniform:
      let low = try words.duration(what: "the shortest delay")
      let place = words.next
      let high = try words.duration(what: "the longest delay")
      if let place, high < low {
        throw words.wrong("the longest delay is shorter than the shortest", at: place)
      }
      distribution = .uniform(low, high)
    case .normal:
      let mean = try words.duration(what: "the mean delay")
      distribution = .normal(mean: mean, deviation: try words.duration(what: "the deviation"))
    case .longTail:
      let least = try words.duration(what: "the shortest delay")
      distribution = .longTail(least: least, excess: try words.duration(what: "the mean of what comes on top"))
    }
  }

  package func shape(_ link: inout LinkModel) {
    link.delay = distribution
  }

  /// The time from a question's arrival to its answer's departure.
  package func shape(_ resolver: inout ResolverModel) {
    resolver.turnaround.delay = distribution
  }

  package var description: String {
    switch distribution {
    case .constant(let duration): "\(Self.word) \(Literal.text(for: duration))"
    case .uniform(let low, let high): Self.text(.uniform, low, high)
    case .normal(let mean, let deviation): Self.text(.normal, mean, deviation)
    case .longTail(let least, let excess): Self.text(.longTail, least, excess)
    }
  }

  private static func text(_ shape: Shape, _ first: Duration, _ second: Duration) -> String {
    "\(word) \(shape.rawValue) \(Literal.text(for: first)) \(Literal.text(for: second))"
  }
}
