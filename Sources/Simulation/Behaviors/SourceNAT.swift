import Lexing
import Packets

/// A router that puts its own address in place of the sender's: `snat 198.51.100.7`.
///
/// Answers come back to that address and are translated again, and with them the datagram that an error quotes (RFC 5508
/// section 4.2.1), so that nothing shows. With `raw` the quote comes home as it was: its source is the address outside, and
/// its checksums are those of the translated datagram.
package struct SourceNAT: Behavior {
  package static let word = "snat"
  package static let usage = "snat ADDRESS [ADDRESS6] [raw]"
  package static let summary = "puts this address in place of the sender's; 'raw' leaves quotes in errors untranslated"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true

  private let sources: [IPAddress]
  private let keepsQuotes: Bool

  package init(reading words: inout WordReader) throws(Diagnostic) {
    sources = try words.addresses(of: "a translation").map(\.address)
    keepsQuotes = words.take("raw")
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.sources = sources
    if keepsQuotes { node.forwarding.keepsQuotes = true }
  }

  package var description: String {
    ([Self.word] + sources.map(\.description) + (keepsQuotes ? ["raw"] : [])).joined(separator: " ")
  }
}
