import Tracing

/// What makes a result one of `whatif`: no packet was sent for it, and a recorded trace was judged by other rules.
package struct Hypothesis: Hashable, Sendable {
  /// The result whose packets it is made of.
  package var original: ResultID
  /// The other rules, as they are typed: `timeout 50ms`.
  package var rules: [String]
  /// What the record cannot tell.
  package var untold: [Untold]

  /// Something that would have to be known and is not.
  package struct Untold: Hashable, Sendable {
    /// nil when it is about the whole trace.
    package var ttl: TTL?
    /// One sentence without a full stop.
    package var sentence: String

    /// About a hop, or about all.
    package init(_ ttl: TTL?, _ sentence: String) {
      self.ttl = ttl
      self.sentence = sentence
    }
  }

  /// What is supposed of a result.
  package init(of original: ResultID, rules: [String], untold: [Untold] = []) {
    self.original = original
    self.rules = rules
    self.untold = untold
  }

  /// One phrase for headings: `what if timeout 50ms`.
  package var phrase: String { "what if \(rules.isEmpty ? "nothing were changed" : rules.joined(separator: ", "))" }
}
