import Time

/// A time as results give it: milliseconds with three decimals, so whole microseconds. Text and JSON show the same digits.
package struct Milliseconds: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package let microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  /// Rounded to the nearest microsecond, halves away from zero.
  package init(_ duration: Duration) {
    let nanoseconds = duration.nanoseconds
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1000)
    microseconds = whole + (rest >= 500 ? 1 : rest <= -500 ? -1 : 0)
  }

  package var duration: Duration { .microseconds(microseconds) }

  /// Three decimals without the unit: `16.705`.
  package var description: String { Self.fixed(microseconds, decimals: 3) }

  package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.microseconds < right.microseconds }

  /// A JSON number. The quotient is the double nearest to the decimal fraction, and is written as that fraction.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Double(microseconds) / 1000)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number = try container.decode(Double.self) * 1000
    guard let microseconds = Int64(exactly: number.rounded()) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a time out of range")
    }
    self.microseconds = microseconds
  }

  /// A number of thousandths with one to three decimals, rounded to the nearest.
  private static func fixed(_ thousandths: Int64, decimals: Int) -> String {
    var unit: UInt64 = 1
    for _ in 0..<(3 - decimals) { unit *= 10 }
    let rounded = (thousandths.magnitude + unit / 2) / unit
    let perWhole = 1000 / unit
    let fraction = String(rounded % perWhole)
    let padding = String(repeating: "0", count: decimals - fraction.count)
    return "\(thousandths < 0 ? "-" : "")\(rounded / perWhole).\(padding)\(fraction)"
  }
}

extension Milliseconds {
  /// With its unit and few digits, for sentences: `46.2 ms`, from a second on `1.2 s`, and on a host next door, where one
  /// decimal would say nothing, `0.015 ms`.
  package var brief: String {
    switch microseconds.magnitude {
    case ..<100: "\(Self.fixed(microseconds, decimals: 3)) ms"
    case ..<999_950: "\(Self.fixed(microseconds, decimals: 1)) ms"
    default: seconds
    }
  }

  /// A difference in milliseconds with its sign and the digits that `brief` gives to the larger of two times: `+10.0`,
  /// `-0.3`, `+0.015`; `0.0` for what is none in so few digits.
  package func signedDigits(like other: Milliseconds? = nil) -> String {
    let isSmall = max(microseconds.magnitude, other?.microseconds.magnitude ?? 0) < 100
    let digits = Self.fixed(Int64(microseconds.magnitude), decimals: isSmall ? 3 : 1)
    guard digits.contains(where: { !"0.".contains($0) }) else { return digits }
    return (microseconds < 0 ? "-" : "+") + digits
  }

  /// With its unit and every digit that matters, for settings: `70 ms`, `1 s`, `1.5 s`, `0.25 ms`.
  package var exact: String {
    let isLong = microseconds.magnitude >= 1_000_000 && microseconds % 1000 == 0
    var digits = Self.fixed(isLong ? microseconds / 1000 : microseconds, decimals: 3)
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return "\(digits) \(isLong ? "s" : "ms")"
  }

  /// In seconds with one decimal, for a wait that goes on: `0.7 s`.
  package var seconds: String { "\(Self.fixed(microseconds / 1000, decimals: 1)) s" }
}
