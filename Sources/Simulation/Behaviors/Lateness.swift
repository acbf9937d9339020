import Lexing
import Time

/// Answers that a busy node sends late: `late 30% 1500ms`.
package struct Lateness: Behavior {
  package static let word = "late"
  package static let usage = "late PERCENT DURATION"
  package static let summary = "the share of answers that leave later, by this much"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  private let percent: Double
  private let duration: Duration

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a share of late answers")
    duration = try words.duration(what: "a lateness")
  }

  package func shape(_ node: inout NodeModel) {
    node.replies.lateShare = percent / 100
    node.replies.lateness = duration
  }

  package var description: String {
    "\(Self.word) \(Self.text(percent: percent)) \(Literal.text(for: duration))"
  }
}
