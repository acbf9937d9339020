/// One message to the user: what happened, why, and what to do about it; with the place that caused it, if one did.
///
/// It is the only form in which the program complains, so that every complaint reads alike:
///
///     demo.ftr:3:13: set: 'max-ttl' goes from 1 to 255
///         set max-ttl 300
///                     ^^^
///       why: a TTL is one byte (RFC 791 section 3.1)
///       try: 'set max-ttl 255'
package struct Diagnostic: Error, Hashable, Sendable {
  package enum Severity: Hashable, Sendable {
    /// What was asked is not done.
    case error
    /// It is done, and may surprise.
    case warning
    /// Worth knowing; nothing is wrong.
    case note
  }

  package var severity: Severity
  /// The command or file that speaks (`trace`); nil when the place says enough.
  package var subject: String?
  /// What happened, one sentence without a full stop.
  package var summary: String
  /// The cause, as the reader can check it.
  package var why: String?
  /// What to do: commands are quoted.
  package var remedy: String?
  /// The line that caused it, with the place of the word.
  package var excerpt: SourceExcerpt?

  package init(
    _ summary: String, subject: String? = nil, why: String? = nil, try remedy: String? = nil,
    severity: Severity = .error
  ) {
    self.severity = severity
    self.subject = subject
    self.summary = summary
    self.why = why
    self.remedy = remedy
  }

  /// The same message pointing at a place; a place that is set already stays, because the inner one is more exact.
  package func at(_ range: SourceRange, in source: SourceText) -> Diagnostic {
    guard excerpt == nil else { return self }
    var copy = self
    copy.excerpt = SourceExcerpt(range, in: source)
    return copy
  }

  /// The same message spoken by a command; a subject that is set already stays.
  package func by(_ subject: String) -> Diagnostic {
    guard self.subject == nil else { return self }
    var copy = self
    copy.subject = subject
    return copy
  }

  /// The message as lines joined by newlines, none at the end.
  package var text: String {
    var lines = [heading]
    if let excerpt {
      lines.append("    " + excerpt.line)
      lines.append("    " + excerpt.carets)
    }
    if let why { lines.append("  why: " + why) }
    if let remedy { lines.append("  try: " + remedy) }
    return lines.joined(separator: "\n")
  }

  private var heading: String {
    var parts: [String] = []
    if let excerpt, let name = excerpt.name {
      parts.append("\(name):\(excerpt.location.line):\(excerpt.location.column)")
    }
    switch severity {
    case .error: break
    case .warning: parts.append("warning")
    case .note: parts.append("note")
    }
    if let subject { parts.append(subject) }
    parts.append(summary)
    return parts.joined(separator: ": ")
  }
}
