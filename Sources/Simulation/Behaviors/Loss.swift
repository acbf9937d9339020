import Lexing

/// Datagrams lost on a link, each on its own account: `loss 1%`.
///
/// Probes and replies are lost alike, so a hop behind the link misses about twice this share of its round trips.
package struct Loss: Behavior {
  package static let word = "loss"
  package static let usage = "loss PERCENT"
  package static let summary = "the share of datagrams lost in each direction"
  package static let place = BehaviorPlace.link

  /// 0…100.
  private let percent: Double

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a loss")
  }

  package func shape(_ link: inout LinkModel) {
    link.loss = percent / 100
  }

  package var description: String {
    let whole = Int(percent)
    return "\(Self.word) \(Double(whole) == percent ? String(whole) : String(percent))%"
  }
}
