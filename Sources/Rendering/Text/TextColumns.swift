import Lexing

/// Padding and cutting for columns of a terminal, in which a character takes none, one or two.
enum TextColumns {
  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  /// Padded at its left; text that is too long stays whole.
  static func right(_ text: String, _ width: Int) -> String { spaces(width - text.displayWidth) + text }

  /// Padded at its right; text that is too long stays whole.
  static func left(_ text: String, _ width: Int) -> String { text + spaces(width - text.displayWidth) }

  /// Cut at its end where it is too long, with a mark there.
  static func cut(_ text: String, to width: Int, end: String = "…") -> String {
    text.displayWidth <= width ? text : prefix(text, width - end.displayWidth) + end
  }

  /// Cut at its beginning where it is too long: the end of a host's name is the part that says whose it is.
  static func cutAtStart(_ text: String, to width: Int) -> String {
    text.displayWidth <= width ? text : "…" + suffix(text, width - 1)
  }

  /// The longest beginning that is no wider.
  static func prefix(_ text: String, _ width: Int) -> String {
    var used = 0
    return String(
      text.prefix { character in
        used += character.displayWidth
        return used <= width
      })
  }

  /// The longest end that is no wider.
  static func suffix(_ text: String, _ width: Int) -> String {
    var used = 0
    var characters: [Character] = []
    for character in text.reversed() {
      used += character.displayWidth
      guard used <= width else { break }
      characters.append(character)
    }
    return String(characters.reversed())
  }
}
