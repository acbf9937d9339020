/// The last gate before a terminal: text in which nothing is a command any more.
///
/// Names come from the network, and a name may hold anything. What a terminal would obey (C0 and C1 controls, DEL) and what
/// reorders or hides the text around it (bidirectional controls, line and paragraph separators, tags, zero-width marks that
/// fake another name) is written out as `\x1b` or `\u{202e}`.
package enum SafeText {
  /// A text with every unsafe scalar escaped.
  ///
  /// - Parameter keepingNewlines: newlines stay, for what is typed and not for what the network says.
  package static func escape(_ text: String, keepingNewlines: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar), !(keepingNewlines && scalar == "\n") {
        safe.append(contentsOf: escaped(scalar).unicodeScalars)
      } else {
        safe.append(scalar)
      }
    }
    return String(safe)
  }

  /// True for a scalar that must not reach a terminal as it is.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // bidirectional controls
    case 0x200B, 0x2028, 0x2029, 0x2060...0x2064, 0xFEFF: true  // invisible; line and paragraph separators
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // interlinear annotations, tags
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    guard scalar.value < 0x100 else { return "\\u{\(digits)}" }
    return "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
}
