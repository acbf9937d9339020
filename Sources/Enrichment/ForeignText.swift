/// Text of a stranger, made fit for a message of ours.
package enum ForeignText {
  /// Longer text is cut: a message is one line.
  package static let mostExcerptBytes = 60

  /// The beginning of a text: printable ASCII as it is, everything else as `\u{202e}`, and "..." where it was cut.
  ///
  /// Quotes and backslashes are escaped too, so that the excerpt can stand between quotes.
  package static func excerpt(of text: some StringProtocol) -> String {
    var excerpt = ""
    for scalar in text.unicodeScalars {
      let isPlain = (0x20...0x7e).contains(scalar.value) && scalar != "'" && scalar != "\\"
      let piece = isPlain ? String(scalar) : escaped(scalar)
      guard excerpt.utf8.count + piece.utf8.count <= mostExcerptBytes else { return excerpt + "..." }
      excerpt += piece
    }
    return excerpt
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "'", "\\": "\\\(scalar)"
    case _: "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
}
