import Lexing
import Time

/// The time that a signal needs from one end of a link to the other: `delay 5ms`.
///
/// Light in fibre travels about 200 km in a millisecond.
package struct Delay: Behavior {
  package static let word = "delay"
  package static let usage = "delay DURATION"
  package static let summary = "the time from one end of the link to the other"
  package static let places = [BehaviorPlace.link, .resolver]

  private let duration: Duration

  package init(reading words: inout WordReader) throws(Diagnostic) {
    duration = try words.duration(what: "a delay")
  }

  package func shape(_ link: inout LinkModel) {
    link.delay = duration
  }

  /// The time from a question's arrival to its answer's departure.
  package func shape(_ resolver: inout ResolverModel) {
    resolver.turnaround.delay = duration
  }

  package var description: String { "\(Self.word) \(Literal.text(for: duration))" }
}
