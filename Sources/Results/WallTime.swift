/// A moment by the wall clock, in whole milliseconds since 1970 in UTC without leap seconds: when a trace was started.
///
/// For people and for stored results only; nothing is measured with it.
package struct WallTime: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int64

  private static let millisecondsPerDay: Int64 = 86_400_000
  /// The years 0000 to 9999, which have four digits.
  private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// A moment outside the years 0 to 9999 becomes the nearest one inside.
  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
  }

  /// The moment that long after 1970 began, as `clock_gettime(CLOCK_REALTIME)` counts; rounded down to a millisecond.
  package init(sinceEpoch duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(milliseconds: Int64(clamping: Int128(seconds) * 1000 + Int128(attoseconds / 1_000_000_000_000_000)))
  }

  /// ISO 8601 in UTC with milliseconds: `2026-11-24T00:17:23.042Z`.
  package var description: String {
    let day = Self.floorDivide(milliseconds, Self.millisecondsPerDay)
    let rest = milliseconds - day * Self.millisecondsPerDay
    let date = Self.civilDate(ofDay: day)
    let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Self.padded($0, 2) }
    return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
      + "T\(time.joined(separator: ":")).\(Self.padded(rest % 1000, 3))Z"
  }

  /// Reads the form that `description` writes, and no other.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    let form = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
    guard bytes.count == form.count else { return nil }
    var numbers: [Int64] = [0]
    for (byte, expected) in zip(bytes, form) {
      if expected == UInt8(ascii: "d") {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int64(byte - UInt8(ascii: "0"))
      } else {
        guard byte == expected else { return nil }
        numbers.append(0)
      }
    }
    let day = Self.day(year: numbers[0], month: numbers[1], day: numbers[2])
    let seconds = (numbers[3] * 60 + numbers[4]) * 60 + numbers[5]
    self.init(milliseconds: day * Self.millisecondsPerDay + seconds * 1000 + numbers[6])
    // A month 13 or a minute 61 would be written otherwise.
    guard description == text else { return nil }
  }

  package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }
}

// The proleptic Gregorian calendar. A year is counted from March, so that the leap day is its last; 400 of them have
// 146,097 days; day 0 is 1970-01-01, which is day 719,468 from the first of March of the year 0.
extension WallTime {
  private static func civilDate(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = floorDivide(year, 400)
    let yearOfEra = year - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
    number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
