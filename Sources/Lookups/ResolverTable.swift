import Enrichment

/// The questions of a resolver that have no answer yet: each is asked once, however many want to know, and no more than a
/// window of them at a time.
///
/// A value: it neither asks nor calls back, but says what to ask next and whom to tell what.
struct ResolverTable<Question: Hashable, Reply> {
  typealias Completion = @Sendable (Result<Reply, LookupFailure>) -> Void

  /// One time that a question is asked; an answer to an earlier time is not expected any more.
  struct Attempt: Hashable {
    let question: Question
    let number: UInt64
  }

  /// What became of somebody's wish to know.
  enum Admission {
    case accepted
    /// The question is being asked already.
    case joined
    /// `limit` are waiting for answers.
    case full
  }

  private struct Entry {
    var completions: [Completion]
    /// nil while it waits for its turn.
    var attempt: UInt64?
  }

  /// The most in flight at once.
  var window: Int
  /// The most that may wait for answers, whether asked yet or not.
  private let limit: Int
  private var entries: [Question: Entry] = [:]
  /// First come, first served.
  private var queue: [Question] = []
  private var lastAttempt: UInt64 = 0
  private(set) var inFlight = 0
  private(set) var unanswered = 0
  private var settled: [(completions: [Completion], result: Result<Reply, LookupFailure>)] = []

  init(window: Int, limit: Int) {
    self.window = window
    self.limit = limit
  }

  var queued: Int { queue.count }
  /// Whether somebody is to be told something.
  var isSettled: Bool { !settled.isEmpty }

  mutating func add(_ question: Question, _ completion: @escaping Completion) -> Admission {
    guard unanswered < limit else {
      settled.append(([completion], .failure(LookupFailure(.unusable, "\(limit) questions are waiting for answers"))))
      return .full
    }
    unanswered += 1
    guard entries[question] == nil else {
      entries[question]?.completions.append(completion)
      return .joined
    }
    entries[question] = Entry(completions: [completion])
    queue.append(question)
    return .accepted
  }

  /// The next question to ask now; nil when there is none or the window is full.
  mutating func next() -> Attempt? {
    guard inFlight < window, !queue.isEmpty else { return nil }
    let question = queue.removeFirst()
    lastAttempt += 1
    inFlight += 1
    entries[question]?.attempt = lastAttempt
    return Attempt(question: question, number: lastAttempt)
  }

  /// Whether an attempt was not given up.
  func isOpen(_ attempt: Attempt) -> Bool { entries[attempt.question]?.attempt == attempt.number }

  /// Takes the result of an attempt, unless it was given up.
  mutating func settle(_ attempt: Attempt, _ result: Result<Reply, LookupFailure>) {
    guard isOpen(attempt), let entry = entries.removeValue(forKey: attempt.question) else { return }
    inFlight -= 1
    unanswered -= entry.completions.count
    settled.append((entry.completions, result))
  }

  /// Gives up all attempts; their questions are the next to be asked again, in the same order.
  mutating func requeue() {
    let open = entries.compactMap { question, entry in entry.attempt.map { (question, $0) } }
    queue.insert(contentsOf: open.sorted { $0.1 < $1.1 }.map(\.0), at: 0)
    for (question, _) in open { entries[question]?.attempt = nil }
    inFlight = 0
  }

  /// Gives every question up with the same failure.
  mutating func settleAll(_ failure: LookupFailure) {
    requeue()
    for question in queue {
      if let entry = entries[question] { settled.append((entry.completions, .failure(failure))) }
    }
    entries = [:]
    queue = []
    unanswered = 0
  }

  /// Whom to tell what, in order; each is given once.
  mutating func takeSettled() -> [(completions: [Completion], result: Result<Reply, LookupFailure>)] {
    let taken = settled
    settled = []
    return taken
  }
}
