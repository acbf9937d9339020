import Lexing

/// A node that forwards datagrams with their TTL as it was, so that no trace shows it: `keeps-ttl`.
package struct KeptTTL: Behavior {
  package static let word = "keeps-ttl"
  package static let usage = "keeps-ttl"
  package static let summary = "forwards without counting the TTL down: no trace shows it"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true
  package static let excluded = [ZeroTTL.word]

  package init(reading words: inout WordReader) throws(Diagnostic) {}

  package func shape(_ node: inout NodeModel) {
    node.forwarding.keepsTTL = true
  }

  package var description: String { Self.word }
}
