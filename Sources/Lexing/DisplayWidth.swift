extension Character {
  /// Columns that a terminal gives this character: 0, 1 or 2.
  ///
  /// The widest scalar decides, as in terminals that draw a cluster in one place. The wide ranges are those of Unicode's
  /// EastAsianWidth (W and F), rounded to whole blocks.
  package var displayWidth: Int {
    if isASCII { return 1 }
    var widest = 0
    for scalar in unicodeScalars { widest = max(widest, scalar.displayWidth) }
    return widest
  }
}

extension StringProtocol {
  /// Columns that a terminal gives this text; it should hold no tabs and no control characters.
  package var displayWidth: Int {
    // A byte of ASCII is a column. Cutting a text into characters was a quarter of the time of showing a trace.
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return reduce(0) { $0 + $1.displayWidth }
  }
}

extension Unicode.Scalar {
  fileprivate var displayWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
