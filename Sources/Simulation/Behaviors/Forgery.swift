import Lexing
import Packets

/// A node that sends a forged error before each of its answers: `spoof 203.0.113.66`.
///
/// The forgery claims to come from that address and quotes a probe to the right destination, with an identifier or ports
/// that nobody used: what somebody can do who guesses. A tool that looks only at addresses takes it for a hop.
package struct Forgery: Behavior {
  package static let word = "spoof"
  package static let usage = "spoof ADDRESS [ADDRESS6]"
  package static let summary = "sends before each answer a forged one, which claims to come from this address"
  package static let places = [BehaviorPlace.node]
  package static let excluded = [Silence.word]

  private let sources: [IPAddress]

  package init(reading words: inout WordReader) throws(Diagnostic) {
    sources = try words.addresses(of: "a forgery").map(\.address)
  }

  package func shape(_ node: inout NodeModel) {
    node.replies.forgedSources = sources
  }

  package var description: String { ([Self.word] + sources.map(\.description)).joined(separator: " ") }
}
