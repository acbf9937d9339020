import Lexing

/// A node that forwards a datagram whose TTL has become 0: `forwards-zero`.
///
/// The node behind it ends the probe that should have ended here, and quotes its TTL as 0 (Augustin et al., IMC 2006): the
/// trace shows that node twice in a row, and this one never.
package struct ZeroTTL: Behavior {
  package static let word = "forwards-zero"
  package static let usage = "forwards-zero"
  package static let summary = "forwards what has a TTL of 0 left: the next node answers twice, this one never"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true
  package static let excluded = [KeptTTL.word]

  package init(reading words: inout WordReader) throws(Diagnostic) {}

  package func shape(_ node: inout NodeModel) {
    node.forwarding.forwardsZeroTTL = true
  }

  package var description: String { Self.word }
}
