// Theory of operation
//
// How far a student has come in which lesson outlives the session in one SQLite file, which any number of shells share. Each step is
// one transaction, so that whoever is killed loses none, and counts are raised in the file, so that two shells add up. What is
// wrong with the file costs a note, once, and never a lesson: then nothing is kept.

import Results
import SQLite

/// The progress in lessons, in a file.
///
/// Confined to one thread or actor at a time.
package final class LessonStore {
  /// What became of a task.
  package enum TaskState: Int64, Sendable, Hashable {
    case open = 0
    case solved = 1
    /// Left unsolved.
    case skipped = 2
  }

  package struct Task: Hashable, Sendable {
    /// From 1.
    package let number: Int
    package let state: TaskState
    /// Wrong answers.
    package let tries: Int
    package let hints: Int
  }

  /// A lesson with one seed.
  package struct Attempt: Hashable, Sendable {
    /// Its name; `file NAME` for a teacher's own.
    package let lesson: String
    package let seed: UInt64
    package let title: String
    package let taskCount: Int
    package let started: WallTime
    /// nil while it is not done.
    package let finished: WallTime?
    /// Those that were touched, by number; none beyond `taskCount`, which a teacher's file may have made less.
    package internal(set) var tasks: [Task]

    package var solved: Int { tasks.count { $0.state == .solved } }

    /// It has come to its end, and no task was left.
    package var isSolved: Bool { finished != nil && solved == taskCount }

    /// The first task that is neither solved nor left; nil when there is none.
    package var nextTask: Int? {
      (1...max(taskCount, 1)).first { number in !tasks.contains { $0.number == number && $0.state != .open } }
    }
  }

  /// Wrong answers and hints are counted up to here: more than anybody gives, and sums of them are far from overflowing.
  package static let mostCounted = 1_000_000
  /// More attempts than a class has lessons; older ones are not listed.
  package static let mostListed = 1_000
  /// How long another shell's lock is waited for; it is held for a commit, usually under a millisecond.
  private static let busyTimeout = Duration.seconds(1)

  private enum State {
    case unopened
    case open(Database)
    case off
  }

  private let file: DatabaseFile
  private var state = State.unopened
  private var note: String?

  /// A store in that file, which is opened, and made if need be, by the first use.
  package init(path: String) {
    file = DatabaseFile(
      path: path, application: 0x6674_6C73,
      migrations: [
        """
        CREATE TABLE attempts (
          lesson TEXT NOT NULL, seed INTEGER NOT NULL, title TEXT NOT NULL, tasks INTEGER NOT NULL,
          started INTEGER NOT NULL, finished INTEGER, PRIMARY KEY (lesson, seed)) STRICT, WITHOUT ROWID;
        CREATE TABLE tasks (
          lesson TEXT NOT NULL, seed INTEGER NOT NULL, task INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,
          tries INTEGER NOT NULL DEFAULT 0, hints INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (lesson, seed, task)) STRICT, WITHOUT ROWID;
        """
      ], busyTimeout: Self.busyTimeout)
  }

  /// Why nothing is kept, the first time it is asked after that was found.
  package func takeNote() -> String? {
    defer { note = nil }
    return note
  }

  /// A lesson has begun. One that was begun before with that seed keeps its tasks, unless it was finished: then it begins anew.
  package func begin(_ lesson: String, seed: UInt64, title: String, tasks: Int, at time: WallTime) {
    use { database throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        let old = try database.prepare(
          """
          DELETE FROM tasks WHERE lesson = ?1 AND seed = ?2 AND EXISTS
          (SELECT 1 FROM attempts WHERE lesson = ?1 AND seed = ?2 AND finished IS NOT NULL)
          """)
        try Self.bind(lesson, seed, to: old)
        try old.run()
        let statement = try database.prepare(
          """
          INSERT INTO attempts (lesson, seed, title, tasks, started) VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT DO UPDATE SET title = ?3, tasks = ?4, started = ?5, finished = NULL
          """)
        try Self.bind(lesson, seed, to: statement)
        try statement.bind(title, at: 3)
        try statement.bind(Int64(tasks), at: 4)
        try statement.bind(time.milliseconds, at: 5)
        try statement.run()
      }
    }
  }

  /// The lesson has come to its end.
  package func finish(_ lesson: String, seed: UInt64, at time: WallTime) {
    use { database throws(SQLiteError) in
      let statement = try database.prepare("UPDATE attempts SET finished = ?3 WHERE lesson = ?1 AND seed = ?2")
      try Self.bind(lesson, seed, to: statement)
      try statement.bind(time.milliseconds, at: 3)
      try statement.run()
    }
  }

  /// Forgets what was solved, so that the lesson begins anew.
  package func restart(_ lesson: String, seed: UInt64) {
    use { database throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        for table in ["tasks", "attempts"] {
          let statement = try database.prepare("DELETE FROM \(table) WHERE lesson = ?1 AND seed = ?2")
          try Self.bind(lesson, seed, to: statement)
          try statement.run()
        }
      }
    }
  }

  /// A wrong answer was given.
  package func countTry(_ lesson: String, seed: UInt64, task: Int) {
    change(lesson, seed, task, "tries = min(tries + 1, \(Self.mostCounted))", tries: 1)
  }

  /// A hint was taken.
  package func countHint(_ lesson: String, seed: UInt64, task: Int) {
    change(lesson, seed, task, "hints = min(hints + 1, \(Self.mostCounted))", hints: 1)
  }

  /// A task is solved or left. One that was solved stays so.
  package func settle(_ lesson: String, seed: UInt64, task: Int, _ outcome: TaskState) {
    change(
      lesson, seed, task, "state = CASE state WHEN 1 THEN 1 ELSE \(outcome.rawValue) END", state: outcome.rawValue)
  }

  private func change(
    _ lesson: String, _ seed: UInt64, _ task: Int, _ update: String, state: Int64 = 0, tries: Int64 = 0,
    hints: Int64 = 0
  ) {
    use { database throws(SQLiteError) in
      let statement = try database.prepare(
        """
        INSERT INTO tasks (lesson, seed, task, state, tries, hints) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET \(update)
        """)
      try Self.bind(lesson, seed, to: statement)
      try statement.bind(Int64(task), at: 3)
      try statement.bind(state, at: 4)
      try statement.bind(tries, at: 5)
      try statement.bind(hints, at: 6)
      try statement.run()
    }
  }

  /// All attempts, the latest first.
  package func attempts() -> [Attempt] {
    use { database throws(SQLiteError) in
      var found: [Attempt] = []
      let rows = try database.prepare(
        "SELECT lesson, seed, title, tasks, started, finished FROM attempts ORDER BY started DESC, lesson, seed LIMIT \(Self.mostListed)"
      )
      defer { rows.reset() }
      while try rows.step() {
        guard let lesson = rows.text(at: 0), let seed = rows.integer(at: 1), let title = rows.text(at: 2),
          let tasks = rows.integer(at: 3), let started = rows.integer(at: 4)
        else { continue }
        found.append(
          Attempt(
            lesson: lesson, seed: UInt64(bitPattern: seed), title: title,
            taskCount: Int(clamping: max(0, min(tasks, 1_000))),
            started: WallTime(milliseconds: started),
            finished: rows.integer(at: 5).map { WallTime(milliseconds: $0) }, tasks: []))
      }
      for index in found.indices { found[index].tasks = try Self.tasks(of: found[index], in: database) }
      return found
    } ?? []
  }

  private static func tasks(of attempt: Attempt, in database: Database) throws(SQLiteError) -> [Task] {
    let rows = try database.prepare(
      """
      SELECT task, state, tries, hints FROM tasks WHERE lesson = ?1 AND seed = ?2 AND task BETWEEN 1 AND ?3 ORDER BY task
      """)
    defer { rows.reset() }
    try bind(attempt.lesson, attempt.seed, to: rows)
    try rows.bind(Int64(attempt.taskCount), at: 3)
    var tasks: [Task] = []
    while try rows.step() {
      guard let number = rows.integer(at: 0), let state = rows.integer(at: 1).flatMap(TaskState.init),
        let tries = rows.integer(at: 2), let hints = rows.integer(at: 3)
      else { continue }
      tasks.append(Task(number: Int(clamping: number), state: state, tries: counted(tries), hints: counted(hints)))
    }
    return tasks
  }

  /// The file may be anybody's, and hold any number.
  private static func counted(_ count: Int64) -> Int { Int(clamping: max(0, min(count, Int64(mostCounted)))) }

  private static func bind(_ lesson: String, _ seed: UInt64, to statement: SQLite.Statement) throws(SQLiteError) {
    try statement.bind(lesson, at: 1)
    // SQLite's numbers have a sign; the bits are the same.
    try statement.bind(Int64(bitPattern: seed), at: 2)
  }

  @discardableResult
  private func use<Result>(_ body: (Database) throws(SQLiteError) -> Result) -> Result? {
    let database: Database
    switch state {
    case .off: return nil
    case .open(let open): database = open
    case .unopened:
      do throws(DatabaseFileError) {
        database = try file.open()
        state = .open(database)
      } catch {
        fail(Self.reason(error))
        return nil
      }
    }
    do throws(SQLiteError) { return try body(database) } catch {
      fail("\(error)")
      return nil
    }
  }

  private func fail(_ reason: String) {
    state = .off
    note = reason
  }

  private static func reason(_ error: DatabaseFileError) -> String {
    switch error {
    case .busy: "another shell holds its lock"
    case .damaged(let error), .full(let error), .unusable(let error): "\(error)"
    case .refused(let call, let number, let object):
      "\(call) was refused\(object.map { " for '\($0)'" } ?? "") (errno \(number))"
    case .foreign: "it belongs to another program"
    case .newer(let version, let known): "it has version \(version), and this program knows \(known)"
    }
  }
}
