import Lexing
import Packets

/// A router that gives what is sent to one address to a host behind it: `dnat 203.0.113.9 to 10.0.0.5`.
///
/// From outside, everything behind it looks like that one address: answers of the host and of the routers before it carry
/// it as their source (RFC 5508 section 4.2.2), so that a trace shows it several times in a row. Quotes are translated back
/// too; with `raw` they come home with the address inside, which no probe was ever sent to.
package struct DestinationNAT: Behavior {
  package static let word = "dnat"
  package static let usage = "dnat ADDRESS to ADDRESS [raw]"
  package static let summary = "gives what is sent to the first address to the host with the second, behind the node"
  package static let places = [BehaviorPlace.node]
  package static let isRepeatable = true
  package static let isAboutPassing = true

  private let translation: DestinationTranslation
  private let keepsQuotes: Bool

  package init(reading words: inout WordReader) throws(Diagnostic) {
    let (outside, _) = try words.address("the address outside")
    guard words.take("to") else {
      throw words.missing("'to' and the address inside")
    }
    let (inside, word) = try words.address("the address inside")
    guard inside.family == outside.family, inside != outside else {
      throw words.wrong("\(inside) cannot stand for \(outside)", at: word, try: "another \(outside.family) address")
    }
    translation = DestinationTranslation(outside: outside, inside: inside)
    keepsQuotes = words.take("raw")
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.destinations.append(translation)
    if keepsQuotes { node.forwarding.keepsQuotes = true }
  }

  package var description: String {
    "\(Self.word) \(translation.outside) to \(translation.inside)" + (keepsQuotes ? " raw" : "")
  }
}
