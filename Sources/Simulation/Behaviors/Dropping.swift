import Lexing

/// A black hole: a node that throws away what it should forward, and says nothing: `drop`, `drop udp`.
///
/// Its own TTL still shows it, as with a firewall that looks at what is to be forwarded only after the TTL (Linux's
/// FORWARD chain). One that throws away everything also throws away answers that come back through it (`return`); a filter
/// of some protocols looks at what goes out, and lets the answers to it pass.
package struct Dropping: Behavior {
  package static let word = "drop"
  package static let usage = "drop [PROTOCOL…]"
  package static let summary = "throws away what it should forward: icmp, udp, tcp, or everything when none is named"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true

  private let protocols: ProtocolSet

  package init(reading words: inout WordReader) throws(Diagnostic) {
    protocols = try words.protocols(atLeastOne: false)
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.dropped = protocols
  }

  package var description: String { protocols == .all ? Self.word : "\(Self.word) \(protocols.text)" }
}
