import Glibc
import History
import Results
import SQLite
import TestSupport
import Testing

@Suite("The progress in lessons")
struct LessonStoreTests {
  private static let time = WallTime(milliseconds: 1_795_479_443_042)

  @Test("steps of several shells add up, and a solved task stays solved")
  func shells() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/state/lessons.db"
    let shells = [LessonStore(path: path), LessonStore(path: path)]
    for shell in shells { shell.begin("ttl", seed: .max, title: "TTL", tasks: 3, at: Self.time) }
    for shell in shells {
      for _ in 0..<5 { shell.countTry("ttl", seed: .max, task: 1) }
      shell.countHint("ttl", seed: .max, task: 2)
    }
    shells[0].settle("ttl", seed: .max, task: 1, .solved)
    shells[1].settle("ttl", seed: .max, task: 1, .skipped)
    shells[1].settle("ttl", seed: .max, task: 2, .skipped)
    let attempt = try #require(LessonStore(path: path).attempts().first)
    #expect(attempt.seed == .max && attempt.title == "TTL" && attempt.started == Self.time)
    #expect(attempt.tasks.map(\.tries) == [10, 0])
    #expect(attempt.tasks.map(\.hints) == [0, 2])
    #expect(attempt.tasks.map(\.state) == [.solved, .skipped])
    #expect(attempt.solved == 1 && attempt.nextTask == 3 && attempt.finished == nil)
    shells[0].finish("ttl", seed: .max, at: Self.time)
    #expect(shells[1].attempts().first?.finished == Self.time)
    shells[1].restart("ttl", seed: .max)
    #expect(shells[0].attempts() == [])
    #expect(shells.allSatisfy { $0.takeNote() == nil })
  }

  @Test("any number in the file can be counted with")
  func numbers() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/lessons.db"
    LessonStore(path: path).begin("ttl", seed: 1, title: "TTL", tasks: 2, at: Self.time)
    try Database(path: path, access: .readWrite, busyTimeout: .zero).execute(
      """
      INSERT INTO tasks VALUES ('ttl', 1, 1, 0, \(Int64.max), -5), ('ttl', 1, 2, 0, \(Int64.max), \(Int64.max)),
      ('ttl', 1, 3, 1, 0, 0), ('ttl', 1, -1, 1, 0, 0)
      """)
    let store = LessonStore(path: path)
    store.countTry("ttl", seed: 1, task: 1)
    store.countHint("ttl", seed: 1, task: 1)
    let attempt = try #require(store.attempts().first)
    #expect(store.takeNote() == nil)
    #expect(attempt.tasks.map(\.tries) == [LessonStore.mostCounted, LessonStore.mostCounted])
    #expect(attempt.tasks.map(\.hints) == [0, LessonStore.mostCounted])
    #expect(attempt.solved == 0)
  }

  @Test("a finished lesson begins anew, one that was left keeps its tasks")
  func anew() throws {
    let directory = try TemporaryDirectory()
    let store = LessonStore(path: directory.path + "/lessons.db")
    func begin() { store.begin("ttl", seed: 1, title: "TTL", tasks: 2, at: Self.time) }
    begin()
    store.settle("ttl", seed: 1, task: 1, .solved)
    begin()
    #expect(store.attempts().first?.nextTask == 2)
    store.settle("ttl", seed: 1, task: 2, .solved)
    store.finish("ttl", seed: 1, at: Self.time)
    #expect(store.attempts().first?.isSolved == true)
    begin()
    let attempt = try #require(store.attempts().first)
    #expect(attempt.finished == nil && attempt.tasks == [] && attempt.nextTask == 1)
  }

  @Test("only its user may read the file")
  func mode() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/state/lessons.db"
    LessonStore(path: path).begin("ttl", seed: 1, title: "TTL", tasks: 3, at: Self.time)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("a file that cannot be used is told once, and nothing is kept")
  func trouble() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/lessons.db"
    let file = fopen(path, "w")
    fputs("this is no database at all, but long enough to be looked at", file)
    fclose(file)
    let store = LessonStore(path: path)
    store.begin("ttl", seed: 1, title: "TTL", tasks: 3, at: Self.time)
    #expect(store.takeNote() != nil)
    #expect(store.takeNote() == nil)
    #expect(store.attempts() == [])
  }
}
