import Enrichment
import SystemIO
import Testing

@testable import Lookups

@Suite("Questions without an answer yet")
struct ResolverTableTests {
  private typealias Table = ResolverTable<String, Int>

  /// Writes down what completions were told.
  private final class Notes: Sendable {
    private let lines = Locked<[String]>([])

    var taken: [String] { lines.withLock { $0 } }

    func completion(_ name: String) -> Table.Completion {
      { result in
        let text =
          switch result {
          case .success(let value): "\(value)"
          case .failure(let failure): failure.kind.rawValue
          }
        self.lines.withLock { $0.append("\(name) \(text)") }
      }
    }
  }

  private func tell(_ table: inout Table) {
    for (completions, result) in table.takeSettled() {
      for completion in completions { completion(result) }
    }
  }

  private func expectNext(_ question: String?, _ table: inout Table) {
    let next = table.next()?.question
    #expect(next == question)
  }

  private func expect(_ expected: Table.Admission, _ admission: Table.Admission) {
    #expect(admission == expected)
  }

  /// The next question that may be asked; it has to be there.
  private func take(_ table: inout Table) throws -> Table.Attempt {
    let attempt = table.next()
    return try #require(attempt)
  }

  @Test("are asked first come, first served, inside the window")
  func order() throws {
    var table = Table(window: 2, limit: 10)
    for question in ["a", "b", "c", "d"] { _ = table.add(question) { _ in } }
    let first = try take(&table)
    #expect(first.question == "a")
    expectNext("b", &table)
    expectNext(nil, &table)
    table.settle(first, .success(1))
    expectNext("c", &table)
    expectNext(nil, &table)
    #expect(table.inFlight == 2 && table.queued == 1)
  }

  @Test("are asked once for all who want to know, also while they wait")
  func joined() throws {
    var table = Table(window: 1, limit: 10)
    let notes = Notes()
    expect(.accepted, table.add("a", notes.completion("first")))
    expect(.joined, table.add("a", notes.completion("second")))
    let attempt = try take(&table)
    expect(.joined, table.add("a", notes.completion("third")))
    expectNext(nil, &table)
    table.settle(attempt, .success(7))
    #expect(table.isSettled && notes.taken.isEmpty)
    tell(&table)
    tell(&table)
    #expect(notes.taken == ["first 7", "second 7", "third 7"])
    #expect(table.add("a") { _ in } == .accepted)
  }

  @Test("are refused beyond the limit, which counts all who wait")
  func limit() {
    var table = Table(window: 1, limit: 2)
    let notes = Notes()
    _ = table.add("a", notes.completion("first"))
    _ = table.add("a", notes.completion("second"))
    expect(.full, table.add("b", notes.completion("third")))
    tell(&table)
    #expect(notes.taken == ["third unusable"])
  }

  @Test("are asked again in their order when attempts are given up, whose results no longer count")
  func requeued() throws {
    var table = Table(window: 2, limit: 10)
    let notes = Notes()
    for question in ["a", "b", "c"] { _ = table.add(question, notes.completion(question)) }
    let old = try take(&table)
    _ = table.next()
    table.requeue()
    #expect(!table.isOpen(old))
    table.settle(old, .success(1))
    #expect(!table.isSettled && table.inFlight == 0)
    let new = try take(&table)
    #expect(new.question == "a" && new != old)
    expectNext("b", &table)
    table.settle(new, .success(2))
    tell(&table)
    #expect(notes.taken == ["a 2"])
  }

  @Test("all have the same failure when all are given up, in the order of asking")
  func settleAll() throws {
    var table = Table(window: 1, limit: 10)
    let notes = Notes()
    for question in ["a", "b", "c"] { _ = table.add(question, notes.completion(question)) }
    let old = try take(&table)
    table.settleAll(LookupFailure(.cancelled, "over"))
    table.settle(old, .success(1))
    tell(&table)
    #expect(notes.taken == ["a cancelled", "b cancelled", "c cancelled"])
    #expect(table.unanswered == 0 && table.inFlight == 0 && table.queued == 0)
  }
}
