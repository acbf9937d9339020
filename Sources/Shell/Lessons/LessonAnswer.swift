import Lexing
import Packets

/// Compares what a student typed with what is right, as a kind teacher does: without regard to case, spaces, and the ways in which one
/// address, number or duration can be written.
enum LessonAnswer {
  /// - Parameter tolerance: in per cent of the right value, for numbers and durations.
  static func isRight(_ typed: String, _ right: String, tolerance: Double?) -> Bool {
    let (one, other) = (canonical(typed), canonical(right))
    if one == other { return true }
    if let first = IPAddress(one), let second = IPAddress(other) { return first == second }
    guard let first = number(one), let second = number(other), first.unit == second.unit else { return false }
    return abs(first.value - second.value) <= abs(second.value) * (tolerance ?? 0) / 100
  }

  /// The answer with the unit that it lacks to be right; nil when it lacks none, or is wrong with each.
  static func withMissingUnit(_ typed: String, _ right: String, tolerance: Double?) -> String? {
    guard number(canonical(typed))?.unit == Unit.none else { return nil }
    return ["ms", "s", "%"].lazy.map { typed + $0 }.first { isRight($0, right, tolerance: tolerance) }
  }

  /// Whether it says nothing at all.
  static func isEmpty(_ text: String) -> Bool { canonical(text).isEmpty }

  private static func canonical(_ text: String) -> String {
    var words = text.lowercased().split(separator: " ").flatMap(parts)
    if let last = words.last, last.count > 1, last.hasSuffix(".") { words[words.count - 1] = String(last.dropLast()) }
    guard let last = words.popLast() else { return "" }
    // "hop 4" and "4", "the ISP" and "ISP" are the same answer. With nothing behind it such a word is the answer itself; and
    // "a b" is two of the letters that stand before the choices of a question.
    let isChoice = last.count == 1 && last.allSatisfy(\.isLetter)
    words.removeAll { ["an", "the", "hop"].contains($0) || $0 == "a" && !isChoice }
    return (words + [last]).joined(separator: " ")
  }

  /// A word without its commas: `1,000` is one number, `a,b` two words.
  private static func parts(of word: Substring) -> [String] {
    let parts = word.split(separator: ",")
    guard parts.count > 1 else { return parts.map(String.init) }
    let isNumber = parts.allSatisfy { $0.allSatisfy(\.isNumber) } && parts.dropFirst().allSatisfy { $0.count == 3 }
    return isNumber ? [parts.joined()] : parts.map(String.init)
  }

  private enum Unit { case none, percent, time }

  /// `AS64500` is the number 64500.
  private static func number(_ text: String) -> (value: Double, unit: Unit)? {
    let words = text.split(separator: " ")
    // A space stands before a unit or behind "AS"; "1 2" is not 12.
    guard words.count < 2 || words.count == 2 && (words[0] == "as" || !words[1].contains(where: \.isNumber)) else {
      return nil
    }
    let packed = words.joined()
    if packed.hasPrefix("as"), let value = UInt32(packed.dropFirst(2)) { return (Double(value), .none) }
    if packed.hasSuffix("%"), let value = Double(packed.dropLast()) { return (value, .percent) }
    if let value = Double(packed), value.isFinite { return (value, .none) }
    do throws(LiteralError) {
      return (try Literal.duration(packed) / .nanoseconds(1), .time)
    } catch {
      return nil
    }
  }
}
