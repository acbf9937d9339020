/// Why a word is not the value it should be; a command adds its name and the place.
package struct LiteralError: Error, Hashable, Sendable {
  /// What is wrong, beginning with the quoted word: `'2' has no unit`.
  package var problem: String
  /// What to write instead.
  package var remedy: String

  package init(_ problem: String, try remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }

  /// The complaint, still without a subject and a place.
  package var diagnostic: Diagnostic { Diagnostic(problem, try: remedy) }
}

/// Readers of the values that words stand for, the same for settings, options, expectations and networks.
package enum Literal {
  /// A whole number in a range, in decimal digits only.
  package static func count(_ text: String, in range: ClosedRange<Int>) throws(LiteralError) -> Int {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard isDigits(digits) else {
      throw LiteralError("'\(text)' is not a whole number", try: describe(range))
    }
    guard let value = Int(text), range.contains(value) else {
      throw LiteralError("'\(text)' is out of range", try: describe(range))
    }
    return value
  }

  /// A TTL (IPv6: hop limit), 1 to 255.
  package static func ttl(_ text: String) throws(LiteralError) -> UInt8 {
    UInt8(try count(text, in: 1...255))
  }

  /// A share of a hundred with its sign (`5%`, `0.5%`), 0 to 100. 0 needs no sign.
  package static func percentage(_ text: String) throws(LiteralError) -> Double {
    if text == "0" { return 0 }
    guard text.hasSuffix("%") else {
      guard isDecimal(text[...]) else { throw LiteralError("'\(text)' is not a percentage", try: "0% to 100%") }
      throw LiteralError("'\(text)' has no percent sign", try: "write \(text)%")
    }
    let number = text.dropLast()
    guard isDecimal(number), let value = Double(number), (0...100).contains(value) else {
      throw LiteralError("'\(text)' is not a percentage", try: "0% to 100%")
    }
    return value
  }

  /// `on` or `off`.
  package static func onOff(_ text: String) throws(LiteralError) -> Bool {
    switch text {
    case "on": true
    case "off": false
    default: throw LiteralError("'\(text)' is neither on nor off", try: "'on' or 'off'")
    }
  }

  /// One of a few words.
  package static func choice(_ text: String, of values: [String]) throws(LiteralError) -> String {
    if values.contains(text) { return text }
    guard let meant = Spelling.nearest(to: text, among: values) else {
      throw LiteralError("'\(text)' is not a legal value", try: list(values))
    }
    throw LiteralError("'\(text)' is not a legal value; did you mean '\(meant)'?", try: list(values))
  }

  /// Words for a sentence: `a`, `a or b`, `a, b or c`.
  package static func list(_ values: [String]) -> String {
    guard let last = values.last, values.count > 1 else { return values.first ?? "" }
    return values.dropLast().joined(separator: ", ") + " or " + last
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    range.upperBound == Int.max
      ? "a whole number, \(range.lowerBound) or more" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }

  static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// Digits, with at most one point between them.
  static func isDecimal(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.allSatisfy(isDigits)
  }
}
