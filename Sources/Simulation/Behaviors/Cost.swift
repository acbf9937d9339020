import Lexing

/// What the way over a link costs: `cost 10`. The way with the smallest sum is taken; 1 unless stated.
package struct Cost: Behavior {
  package static let word = "cost"
  package static let usage = "cost COUNT"
  package static let summary = "what the way over the link costs: the smallest sum wins (1 unless told)"
  package static let places = [BehaviorPlace.link]

  private let cost: Int

  package init(reading words: inout WordReader) throws(Diagnostic) {
    // OSPF's range (RFC 2328 appendix C.3).
    cost = try words.count(what: "a cost", in: 1...65_535)
  }

  package func shape(_ link: inout LinkModel) {
    link.cost = cost
  }

  package var description: String { "\(Self.word) \(cost)" }
}
