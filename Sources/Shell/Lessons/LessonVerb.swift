/// The words of `lesson` that are no lesson.
enum LessonVerb: String, CaseIterable {
  case next
  case back
  case again
  case status
  case stop
  case report
  case check

  static func isOne(_ word: String) -> Bool { LessonVerb(rawValue: word) != nil }

  /// The form, for help.
  var usage: String {
    switch self {
    case .next, .back, .again, .status, .stop, .report: "lesson \(rawValue)"
    case .check: "lesson check FILE"
    }
  }

  /// What it does, one line.
  var summary: String {
    switch self {
    case .next: "leave the open task unsolved and go on"
    case .back: "go back to the task before"
    case .again: "show the open task again"
    case .status: "what is open, and what was solved"
    case .stop: "leave the lesson; settings and networks are as they were before it"
    case .report: "what was done in all lessons, for a teacher"
    case .check: "look for mistakes in a lesson file, and play its model answers"
    }
  }
}
