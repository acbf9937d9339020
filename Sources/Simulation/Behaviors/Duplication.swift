import Lexing

/// Answers that leave twice: `duplicate 100%`.
package struct Duplication: Behavior {
  package static let word = "duplicate"
  package static let usage = "duplicate PERCENT"
  package static let summary = "the share of answers that leave twice"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  private let percent: Double

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a share of duplicates")
  }

  package func shape(_ node: inout NodeModel) {
    node.replies.duplicateShare = percent / 100
  }

  package var description: String { "\(Self.word) \(Self.text(percent: percent))" }
}
