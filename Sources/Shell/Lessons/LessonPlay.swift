import Lexing
import Results
import Synchronization

/// A lesson that is going on in a session.
struct LessonPlay {
  let lesson: Lesson
  /// Under which its progress is kept: its name, with `file ` before that of a teacher's own.
  let id: String
  let seed: UInt64
  /// As it was begun: a number, a name or a file.
  let word: String
  /// What the session was before, to be gone back to.
  let before: SessionState
  /// Of the lesson's own commands, whose results nobody sees.
  let key: Session
  let keyConsole: SilentConsole
  /// The index in `lesson.items` of the task that is open; that behind the last item when all is done.
  var position = 0
  /// Its names, of `pick` and `find`.
  var variables = Variables()
  /// Of the task that is open, from 1.
  var taskNumber = 0
  var hintsGiven = 0
  /// What the last answer to it got.
  var lastReply: String?
  /// The number of the last result before it was opened.
  var resultsBefore = 0
  /// That of the last one before the lesson: an answer may be about any result since, and need not have a new one.
  var resultsBeforeLesson = 0
  /// The words of commands used since, without those that failed.
  var used: [[String]] = []
  /// The results about which something wrong was told.
  var toldResults: Set<Int> = []
  /// The lesson's own statements are being run: they are not the student's.
  var isBusy = false

  /// `LessonCheck` plays it, and looks at what came of a model before that solves the task.
  var isChecked = false

  /// More commands than anybody needs for a task; the oldest are forgotten.
  static let mostUsed = 1_000
  /// So many results since the task began are looked at, the latest first.
  static let mostResults = 100

  var task: Lesson.Task? {
    guard position < lesson.items.count, case .task(let task) = lesson.items[position] else { return nil }
    return task
  }

  /// Begins the task at the position.
  mutating func openTask(_ number: Int, resultsBefore: Int) {
    taskNumber = number
    hintsGiven = 0
    lastReply = nil
    self.resultsBefore = resultsBefore
    used = []
    toldResults = []
  }

  mutating func use(_ words: [String]) {
    if used.count == Self.mostUsed { used.removeFirst() }
    used.append(words)
  }

  /// One of some words, the same each time for a seed.
  ///
  /// - Parameter place: of the statement, so that two of them choose for themselves.
  static func pick(_ words: [String], seed: UInt64, place: Int) -> String {
    // The finaliser of SplitMix64 (G. L. Steele and others, OOPSLA 2014): neighbouring seeds come out unlike.
    var bits = seed &+ UInt64(place) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return words[Int((bits ^ (bits >> 31)) % UInt64(words.count))]
  }
}

/// A console that shows nothing, and remembers the first complaint.
final class SilentConsole: Console {
  private let complaint = Mutex<String?>(nil)

  var size: ConsoleSize? { nil }
  var outputIsGone: Bool { false }

  func print(_ line: StyledLine) {}
  func diagnose(_ line: StyledLine) { complaint.withLock { $0 = $0 ?? line.text } }
  func showLive(_ rows: [StyledLine]) {}
  func endLive() {}

  /// The first complaint since the last call.
  func takeComplaint() -> String? {
    complaint.withLock { complaint in
      defer { complaint = nil }
      return complaint
    }
  }
}
