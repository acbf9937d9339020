import Lexing

/// Datagrams lost on a link, each on its own account or several in a row: `loss 1%`, `loss 5% burst 8`.
///
/// Probes and replies are lost alike, so a hop behind the link misses about twice this share of its round trips. Bursts
/// follow Gilbert's model: the link is good or bad, loses nothing or everything, and changes at random with each datagram,
/// so that the share is lost on the whole, and bursts have the stated length on average; the two directions change each
/// for itself.
package struct Loss: Behavior {
  package static let word = "loss"
  package static let usage = "loss PERCENT [burst COUNT]"
  package static let summary = "the share of datagrams lost in each direction, and how many in a row (1 unless told)"
  package static let places = [BehaviorPlace.link, .resolver]

  /// 0…100.
  private let percent: Double
  private let burst: Int?

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a loss")
    guard words.take("burst") else {
      burst = nil
      return
    }
    let place = words.next
    let length = try words.count(what: "a burst", in: 1...10_000)
    // Between two bursts at least one datagram passes.
    if let place, length > 1, percent > 100 * Double(length) / Double(length + 1) {
      throw words.wrong(
        "bursts of \(length) cannot lose \(Self.text(percent: percent))", at: place, try: "longer bursts")
    }
    burst = length
  }

  package func shape(_ link: inout LinkModel) {
    link.loss = percent / 100
    link.burst = Double(burst ?? 1)
  }

  /// The share of questions that the resolver never answers.
  package func shape(_ resolver: inout ResolverModel) {
    resolver.turnaround.loss = percent / 100
    resolver.turnaround.burst = Double(burst ?? 1)
  }

  package var description: String {
    "\(Self.word) \(Self.text(percent: percent))" + (burst.map { " burst \($0)" } ?? "")
  }
}
