import Lexing

/// A node that answers only probes of some protocols: `answers icmp tcp`.
///
/// It concerns both what ends at the node and errors about what dies there; it forwards everything.
package struct Answering: Behavior {
  package static let word = "answers"
  package static let usage = "answers PROTOCOL…"
  package static let summary = "answers probes of these protocols only: icmp, udp, tcp"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  private let protocols: ProtocolSet

  package init(reading words: inout WordReader) throws(Diagnostic) {
    protocols = try words.protocols(atLeastOne: true)
  }

  package func shape(_ node: inout NodeModel) {
    node.answered = protocols
  }

  package var description: String { "\(Self.word) \(protocols.text)" }
}
