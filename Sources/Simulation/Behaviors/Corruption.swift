import Lexing

/// Answers of which one byte is changed on the way, behind the IP header: `corrupt 50%`.
package struct Corruption: Behavior {
  package static let word = "corrupt"
  package static let usage = "corrupt PERCENT"
  package static let summary = "the share of answers of which a byte is changed"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  private let percent: Double

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a share of corrupt answers")
  }

  package func shape(_ node: inout NodeModel) {
    node.replies.corruptShare = percent / 100
  }

  package var description: String { "\(Self.word) \(Self.text(percent: percent))" }
}
