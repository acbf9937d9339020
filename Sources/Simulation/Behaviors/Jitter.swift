import Lexing
import Time

/// Time spent waiting in queues, different for each datagram: `jitter 1ms`.
///
/// A crossing takes between nothing and this much longer than the delay, mostly little: the square of a uniform share,
/// a third of the bound on average. Two datagrams may overtake each other, as they do in a router with several queues.
package struct Jitter: Behavior {
  package static let word = "jitter"
  package static let usage = "jitter DURATION"
  package static let summary = "queueing: up to this much more than the delay, a third of it on average"
  package static let places = [BehaviorPlace.link, .resolver]

  private let bound: Duration

  package init(reading words: inout WordReader) throws(Diagnostic) {
    bound = try words.duration(what: "a jitter")
  }

  package func shape(_ link: inout LinkModel) {
    link.jitter = bound
  }

  /// Other servers that the resolver has to ask first, as often as not.
  package func shape(_ resolver: inout ResolverModel) {
    resolver.turnaround.jitter = bound
  }

  package var description: String { "\(Self.word) \(Literal.text(for: bound))" }
}
