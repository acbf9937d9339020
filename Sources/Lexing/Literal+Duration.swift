extension Literal {
  /// The units of a duration in nanoseconds, finest first.
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
  ]

  /// The longest duration: over a year, and far from the 292 years at which nanoseconds in 64 bits end.
  package static let longestDuration = Duration.seconds(10_000 * 3_600)

  private static let durationForms = "a number and a unit: 500us, 70ms, 1.5s, 2m"

  /// A length of time with its unit: `70ms`, `1.5s`, `2m`, `500us`, `1h`; `0` needs no unit. Never negative; exact to
  /// the nanosecond.
  package static func duration(_ text: String) throws(LiteralError) -> Duration {
    if text == "0" { return .zero }
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unitName = String(text[number.endIndex...])
    guard isDecimal(number) else { throw LiteralError("'\(text)' is not a duration", try: durationForms) }
    guard !unitName.isEmpty else {
      throw LiteralError("'\(text)' has no unit", try: "write \(text)s or \(text)ms")
    }
    guard let unit = units.first(where: { $0.name == unitName || (unitName == "µs" && $0.name == "us") }) else {
      throw LiteralError("'\(unitName)' is no unit of time", try: durationForms)
    }
    return try duration(number, nanoseconds: unit.nanoseconds, written: text)
  }

  /// A length of time in seconds, with or without a unit: what traceroute's `-w 2` and `-z 0.5` mean.
  package static func secondsOrDuration(_ text: String) throws(LiteralError) -> Duration {
    guard isDecimal(text[...]) else { return try duration(text) }
    return try duration(text[...], nanoseconds: 1_000_000_000, written: text)
  }

  private static func duration(
    _ number: Substring, nanoseconds unit: Int64, written text: String
  ) throws(LiteralError) -> Duration {
    let parts = number.split(separator: ".", maxSplits: 1)
    let fraction = parts.count > 1 ? parts[1] : ""
    var scale: Int64 = 1
    for _ in fraction.prefix(9) { scale *= 10 }
    guard fraction.count <= 9, let tail = Int64("0" + fraction), (tail * (unit % scale)) % scale == 0 else {
      throw LiteralError("'\(text)' is finer than a nanosecond", try: durationForms)
    }
    guard let whole = Int64(parts[0]), !whole.multipliedReportingOverflow(by: unit).overflow,
      Duration.nanoseconds(whole * unit) <= longestDuration
    else { throw LiteralError("'\(text)' is too long", try: "at most 10000h") }
    // tail < scale ≤ 10^9 and unit ≤ 3.6 × 10^12, so the product is taken in two parts that fit.
    let tailNanoseconds = tail * (unit / scale) + tail * (unit % scale) / scale
    return .nanoseconds(whole * unit + tailNanoseconds)
  }

  /// A duration as it would be typed: `70ms`, `1.5s`, `2m`. Reading it back gives the same duration, to the nanosecond.
  package static func text(for duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    if nanoseconds == 0 { return "0" }
    for unit in units.reversed() {
      if nanoseconds % unit.nanoseconds == 0 { return "\(nanoseconds / unit.nanoseconds)\(unit.name)" }
      let thousandths = unit.nanoseconds / 1_000
      guard unit.nanoseconds <= 1_000_000_000, nanoseconds > unit.nanoseconds, nanoseconds % thousandths == 0 else {
        continue
      }
      var fraction = String(nanoseconds % unit.nanoseconds / thousandths + 1_000).dropFirst()
      while fraction.last == "0" { fraction.removeLast() }
      return "\(nanoseconds / unit.nanoseconds).\(fraction)\(unit.name)"
    }
    return "\(nanoseconds)ns"
  }
}
