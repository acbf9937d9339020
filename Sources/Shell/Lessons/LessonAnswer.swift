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

  private static func canonical(_ text: String) -> String {
    var words = text.lowercased().split { $0 == " " || $0 == "," }.map(String.init)
    // "hop 4" and "4", "the ISP" and "ISP" are the same answer, and so is a sentence's full stop.
    words.removeAll { ["a", "an", "the", "hop"].contains($0) }
    if let last = words.last, last.count > 1, last.hasSuffix(".") { words[words.count - 1] = String(last.dropLast()) }
    return words.joined(separator: " ")
  }

  private enum Unit { case none, percent, time }

  /// `AS64500` is the number 64500.
  private static func number(_ text: String) -> (value: Double, unit: Unit)? {
    let packed = text.replacing(" ", with: "")
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
