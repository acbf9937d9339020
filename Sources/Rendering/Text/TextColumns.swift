/// Padding for columns of text whose characters are one column wide each.
enum TextColumns {
  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  /// Padded at its left; text that is too long stays whole.
  static func right(_ text: String, _ width: Int) -> String { spaces(width - text.count) + text }

  /// Padded at its right; text that is too long stays whole.
  static func left(_ text: String, _ width: Int) -> String { text + spaces(width - text.count) }
}
