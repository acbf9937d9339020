import Lexing

/// A firewall that refuses to forward, and says so: `reject udp`.
///
/// It answers "administratively prohibited" (`!X`: ICMP type 3 code 13, RFC 1812 section 5.2.7.1; ICMPv6 type 1 code 1).
/// Its own TTL shows it as any router; the refusal comes one TTL beyond it.
package struct Prohibition: Behavior {
  package static let word = "reject"
  package static let usage = "reject [PROTOCOL…]"
  package static let summary = "refuses to forward (!X): icmp, udp, tcp, or everything when none is named"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true

  private let protocols: ProtocolSet

  package init(reading words: inout WordReader) throws(Diagnostic) {
    protocols = try words.protocols(atLeastOne: false)
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.prohibited = protocols
  }

  package var description: String { protocols == .all ? Self.word : "\(Self.word) \(protocols.text)" }
}
