import Lexing

/// A node that forwards, but answers nothing that is addressed to it or dies at it: `silent`.
package struct Silence: Behavior {
  package static let word = "silent"
  package static let usage = "silent"
  package static let summary = "forwards, but never answers"
  package static let places = [BehaviorPlace.node, .resolver]

  package init(reading words: inout WordReader) throws(Diagnostic) {}

  package func shape(_ node: inout NodeModel) {
    node.answered = []
  }

  /// Takes questions, and never answers one.
  package func shape(_ resolver: inout ResolverModel) {
    resolver.answers = false
  }

  package var description: String { Self.word }
}
