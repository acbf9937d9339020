import Lexing

/// Datagrams lost on a link, each on its own account: `loss 1%`.
///
/// Probes and replies are lost alike, so a hop behind the link misses about twice this share of its round trips.
package struct Loss: Behavior {
  package static let word = "loss"
  package static let usage = "loss PERCENT"
  package static let summary = "the share of datagrams lost in each direction"
  package static let places = [BehaviorPlace.link, .resolver]

  /// 0…100.
  private let percent: Double

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a loss")
  }

  package func shape(_ link: inout LinkModel) {
    link.loss = percent / 100
  }

  /// The share of questions that the resolver never answers, each on its own account.
  package func shape(_ resolver: inout ResolverModel) {
    resolver.turnaround.loss = percent / 100
  }

  package var description: String {
    "\(Self.word) \(Self.text(percent: percent))"
  }
}
