/// What a piece of text is, so that the console decides how it looks.
package enum TextStyle: Hashable, Sendable, CaseIterable {
  case plain
  /// A heading, or the name of a thing explained.
  case heading
  /// Less important: unsettled rows, hints, silent hops.
  case dim
  case address
  case name
  case number
  /// A good end: the target was reached.
  case good
  /// A marker or a remark that deserves a look.
  case notice
  case warning
  case error
  /// The network in use, in the prompt.
  case network
}

/// One line of output as marked spans. Holds text only: a console escapes control characters as its last act.
package struct StyledLine: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  package struct Span: Hashable, Sendable {
    package var text: String
    package var style: TextStyle
    package init(_ text: String, _ style: TextStyle) {
      self.text = text
      self.style = style
    }
  }

  package var spans: [Span]

  package init(_ spans: [Span] = []) { self.spans = spans }
  package init(_ text: String, _ style: TextStyle = .plain) { spans = [Span(text, style)] }
  package init(stringLiteral text: String) { self.init(text) }

  package mutating func append(_ text: String, _ style: TextStyle = .plain) {
    spans.append(Span(text, style))
  }

  /// The text alone.
  package var text: String { spans.map(\.text).joined() }
}
