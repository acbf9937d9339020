import History
import Lexing
import Results

/// Texts of a lesson as lines for a screen.
enum LessonText {
  /// Text is broken at spaces into lines of that many columns: fits a terminal of 80.
  private static let width = 78

  /// Paragraphs: parted by empty lines; a line that begins with four spaces stays as it is.
  static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var open = ""
    func close() {
      if !open.isEmpty { lines += wrap(open) }
      open = ""
    }
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let words = part.drop { $0 == " " }
      if words.isEmpty {
        close()
        if !lines.isEmpty, lines.last != "" { lines.append("") }
      } else if part.hasPrefix("    ") {
        close()
        lines.append(String(part))
      } else {
        open += (open.isEmpty ? "" : " ") + words
      }
    }
    close()
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Lines of at most `width` columns.
  static func wrap(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.displayWidth + 1 + word.displayWidth > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }

  /// The word for what became of a task.
  static func word(_ state: LessonStore.TaskState) -> String {
    switch state {
    case .open: "open"
    case .solved: "solved"
    case .skipped: "skipped"
    }
  }

  /// The rows of `lesson`.
  static func list(_ entries: [LessonListDocument.Entry]) -> [StyledLine] {
    let names = entries.map(\.name.count).max() ?? 0
    let titles = entries.map(\.title.displayWidth).max() ?? 0
    return entries.map { entry in
      var line = StyledLine(padded(String(entry.number), 2, isRight: true) + "  ", .number)
      line.append(padded(entry.name, names) + "  ", .name)
      line.append(padded(entry.title, titles) + "  ")
      line.append("\(padded(String(entry.minutes), 2, isRight: true)) min", .dim)
      if entry.finished, entry.solved == entry.tasks {
        line.append("  done", .good)
      } else if entry.finished || entry.solved > 0 {
        line.append("  \(entry.solved) of \(entry.tasks)", .notice)
      }
      return line
    }
  }

  /// The rows of `lesson report`.
  static func report(_ attempts: [LessonStore.Attempt]) -> [StyledLine] {
    let names = attempts.map(\.lesson.count).max() ?? 0
    return attempts.map { attempt in
      let tries = attempt.tasks.reduce(0) { $0 + $1.tries }
      let hints = attempt.tasks.reduce(0) { $0 + $1.hints }
      let skipped = attempt.tasks.count { $0.state == .skipped }
      var parts = ["\(attempt.solved) of \(attempt.taskCount) solved"]
      if skipped > 0 { parts.append("\(skipped) skipped") }
      parts.append(tries == 1 ? "1 wrong answer" : "\(tries) wrong answers")
      parts.append(Condition.count(hints, "hint"))
      if attempt.finished == nil { parts.append("not finished") }
      var line = StyledLine(padded(attempt.lesson, names) + "  ", .name)
      line.append("seed \(attempt.seed)  \(attempt.started.description.prefix(16))Z  ", .dim)
      line.append(parts.joined(separator: ", "))
      return line
    }
  }

  private static func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.displayWidth))
    return isRight ? blanks + text : text + blanks
  }
}
