import Lexing

/// Errors that quote only the first bytes of what is behind the IP header: `quote 8`, all that RFC 792 promises.
package struct QuoteLimit: Behavior {
  package static let word = "quote"
  package static let usage = "quote COUNT"
  package static let summary = "how many bytes behind the IP header its errors quote: 8 is all that RFC 792 promises"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  private let count: Int

  package init(reading words: inout WordReader) throws(Diagnostic) {
    count = try words.count(what: "a number of bytes", in: 0...1_200)
  }

  package func shape(_ node: inout NodeModel) {
    node.replies.quotedBytes = count
  }

  package var description: String { "\(Self.word) \(count)" }
}
