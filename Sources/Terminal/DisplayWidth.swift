import CLineEditor

/// How many columns text takes on a terminal, by the C library's `wcwidth` in a UTF-8 locale.
package enum DisplayWidth {
  /// Setting the locale once is enough; without it every character above ASCII would count as unprintable.
  private static let isReady: Bool = cle_use_utf8() == 0

  /// Columns of one scalar: 0 (combining), 1 or 2. A scalar the C library cannot print counts as one column.
  package static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x7F { return 1 }
    guard isReady else { return 1 }
    let width = cle_width(scalar.value)
    return width < 0 ? 1 : Int(width)
  }

  /// Columns of a text without control characters.
  package static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// The longest beginning of a text that fits into columns.
  ///
  /// A character of two columns that would lie across the edge is left out, and combining marks stay with the
  /// character that they follow.
  package static func cut(_ text: String, to columns: Int) -> (text: String, columns: Int) {
    var used = 0
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let width = of(scalar)
      if used + width > columns { break }
      used += width
      kept.append(scalar)
    }
    return (String(kept), used)
  }
}
