/// A trouble with what answers questions, to be told once: what happened, why, and what to do.
package struct LookupNote: Hashable, Sendable {
  /// One sentence without a full stop.
  package let summary: String
  package let why: String
  /// What to do: commands are quoted.
  package let remedy: String

  package init(_ summary: String, why: String, try remedy: String) {
    self.summary = summary
    self.why = why
    self.remedy = remedy
  }
}
