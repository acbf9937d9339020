import Lexing
import Packets

/// A router whose ICMP errors come from another of its interfaces: `replies from 198.51.100.9`.
///
/// RFC 1812 section 4.3.2.4 asks for the address of the interface by which the error leaves; many take the one by which
/// the probe came, some a loopback. Echo replies come from the address that was asked, as they must.
package struct OtherSource: Behavior {
  package static let word = "replies"
  package static let usage = "replies from ADDRESS [ADDRESS6]"
  package static let summary = "sends its ICMP errors from this address of its own"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  let sources: [IPAddress]

  package init(reading words: inout WordReader) throws(Diagnostic) {
    guard words.take("from") else { throw words.missing("'from' and an address") }
    sources = try words.addresses(of: "a node's other side").map(\.address)
  }

  package func shape(_ node: inout NodeModel) {
    node.replies.sources = sources
  }

  package var description: String { ([Self.word, "from"] + sources.map(\.description)).joined(separator: " ") }
}
