import History
import Results

/// The JSON form of what a lesson says: to `lesson`, `answer` and `hint`.
struct LessonDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command: String
  var version = Version.number
  /// The lesson that is going on; null when none is.
  @ExplicitNull var lesson: String? = nil
  @ExplicitNull var seed: UInt64? = nil
  /// The open task, from 1.
  @ExplicitNull var task: Int? = nil
  @ExplicitNull var tasks: Int? = nil
  /// What an answer got: right, wrong, open.
  @ExplicitNull var verdict: String? = nil
  /// What was said, line by line.
  var text: [String]
}

/// The JSON form of `lesson` without words: the lessons that ship.
struct LessonListDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "lesson"
  var version = Version.number
  var lessons: [Entry]

  struct Entry: Codable, Hashable, Sendable {
    var number: Int
    var name: String
    var title: String
    var minutes: Int
    var tasks: Int
    /// Of the latest attempt in which all tasks were solved; of the latest where there is none such.
    var solved: Int
    /// Whether that came to its end, with tasks left perhaps.
    var finished: Bool
  }
}

/// The JSON form of `lesson report`.
struct LessonReportDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "lesson"
  var version = Version.number
  /// The latest first.
  var attempts: [Attempt]

  struct Attempt: Codable, Hashable, Sendable {
    var lesson: String
    var title: String
    var seed: UInt64
    var started: String
    @ExplicitNull var finished: String? = nil
    var tasks: [Task]

    init(_ attempt: LessonStore.Attempt) {
      lesson = attempt.lesson
      title = attempt.title
      seed = attempt.seed
      started = attempt.started.description
      finished = attempt.finished?.description
      tasks = (1...max(attempt.taskCount, 1)).map { number in
        Task(number: number, attempt.tasks.first { $0.number == number })
      }
    }
  }

  struct Task: Codable, Hashable, Sendable {
    var number: Int
    /// open, solved, skipped.
    var state: String
    /// Wrong answers.
    var tries: Int
    var hints: Int

    init(number: Int, _ task: LessonStore.Task?) {
      self.number = number
      state = LessonText.word(task?.state ?? .open)
      tries = task?.tries ?? 0
      hints = task?.hints ?? 0
    }
  }
}

/// The JSON form of `lesson check`.
struct LessonCheckDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "lesson"
  var version = Version.number
  var file: String
  /// Null when the file could not be read as a lesson.
  @ExplicitNull var lesson: String? = nil
  var tasks: Int
  /// It was played with each.
  var seeds: [UInt64]
  /// Each as it is told.
  var problems: [String]
}
