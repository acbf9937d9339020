// Theory of operation
//
// A client and its one name server, together as a value without a clock. What will come of a question is drawn when it
// is asked, in the order of the calls, from the value's own generator: so the seed and the calls decide everything, and
// what the network's packets draw has no part in it.
//
// A question is sent at most `tries` times, each try drawn anew: its time at the server, or its loss. The next try
// leaves when the wait of the one before has passed without an answer, and waits twice as long, as c-ares does. An
// answer to an earlier try still counts while a later one is waited for, because it is the same question.

import Enrichment
import HeapModule
import Statistics
import Time

/// The name server of a simulated network as its client meets it: questions in, answers out, each at its time.
///
/// Questions that a name server would answer (names, and origins by Team Cymru) take its delay, loss and failures;
/// those that would be read from a file, or that the network states of itself, are answered at once. The way to the
/// server is not counted: its time is all in the resolver's `delay`.
package struct LabResolver: RehearsedAnswers {
  /// How long the first try is waited for: what c-ares waits unless told, and so what `dns.timeout` starts with.
  package static let usualTimeout = Duration.seconds(2)
  /// One try, and one more for a datagram that was lost.
  package static let usualTries = 2
  /// The time to a name server next door, for networks that state no resolver.
  package static let usualDelay = Duration.milliseconds(1)
  /// Most questions open at once, over a hundred times what an enricher's window lets out; what comes beyond fails at
  /// once.
  package static let mostOpen = 16_384

  private let zone: LabZone
  private let model: ResolverModel
  private var turnaround: LinkCrossing
  private var timeout: Duration
  private var tries: Int
  private var generator: SeededGenerator
  private var outcomes = Heap<Outcome>()
  private var outcomeCount: UInt64 = 0

  /// What will come of a question.
  private struct Outcome: Comparable, Sendable {
    let time: Instant
    /// Counts up, so that what is due at one moment is told in the order in which it was asked.
    let number: UInt64
    let question: Question
    let answer: Answer

    static func < (a: Outcome, b: Outcome) -> Bool {
      a.time != b.time ? a.time < b.time : a.number < b.number
    }

    static func == (a: Outcome, b: Outcome) -> Bool {
      a.number == b.number
    }
  }

  /// - Parameters:
  ///   - seed: decides delays, losses and failures.
  ///   - timeout: how long the first try is waited for; each further one twice as long as the one before.
  ///   - tries: how often a question is sent, 1 or more.
  package init(
    _ zone: LabZone, seed: UInt64, timeout: Duration = LabResolver.usualTimeout, tries: Int = LabResolver.usualTries
  ) {
    precondition(tries >= 1 && timeout > .zero, "a question is sent at least once, and waited for")
    self.zone = zone
    self.timeout = timeout
    self.tries = min(tries, Self.mostTries)
    var usual = ResolverModel()
    usual.turnaround.delay = .constant(Self.usualDelay)
    model = zone.resolverModel ?? usual
    turnaround = LinkCrossing(model.turnaround)
    generator = SeededGenerator(seed: seed)
  }

  /// Takes how patient the client is; its servers are the network's own.
  package mutating func configure(_ settings: LookupSettings) {
    timeout = settings.nameTimeout
    tries = min(settings.nameTries, Self.mostTries)
  }

  /// More tries than anybody sets, and few enough that the doubled waits stay a duration.
  private static let mostTries = 10

  /// Asks. The answer comes out of `take`, always and once, even if the same question is asked twice.
  package mutating func ask(_ question: Question, at now: Instant) {
    let (time, answer) = outcome(of: question)
    outcomeCount += 1
    outcomes.insert(Outcome(time: now + time, number: outcomeCount, question: question, answer: answer))
  }

  /// When the next answer is due; nil when nothing is open.
  package var nextTime: Instant? { outcomes.min?.time }

  /// Removes and returns what is due by `now`, in the order of time.
  package mutating func take(by now: Instant) -> [(Question, Answer)] {
    var due: [(Question, Answer)] = []
    while let next = outcomes.min, next.time <= now {
      outcomes.removeMin()
      due.append((next.question, next.answer))
    }
    return due
  }

  private mutating func outcome(of question: Question) -> (Duration, Answer) {
    guard Self.isForNameServer(question) else { return (.zero, zone.answer(to: question)) }
    guard outcomes.count < Self.mostOpen else {
      return (.zero, failure(.unusable, "\(Self.mostOpen) questions are open already"))
    }
    switch waitForAnswer() {
    case .answered(let time): return (time, drawnAnswer(to: question))
    case .silent(let patience):
      return (patience, failure(.timedOut, "no answer within \(Self.text(patience))"))
    }
  }

  private enum Wait {
    case answered(Duration)
    /// - Parameter after: when the client gave up.
    case silent(after: Duration)
  }

  /// Sends a question until an answer comes or the tries are used up.
  private mutating func waitForAnswer() -> Wait {
    var sent = Duration.zero
    var wait = timeout
    var earliest: Duration?
    for _ in 0..<tries {
      if let earliest, earliest <= sent { break }
      if model.answers, let time = turnaround.nanoseconds(using: &generator) {
        let arrival = sent + Duration(nanoseconds: time)
        earliest = min(earliest ?? arrival, arrival)
      }
      sent += wait
      wait *= 2
    }
    guard let earliest, earliest <= sent else { return .silent(after: sent) }
    return .answered(earliest)
  }

  private mutating func drawnAnswer(to question: Question) -> Answer {
    if model.refuses { return failure(.refused, "the name server refused to answer (REFUSED)") }
    if model.failureShare > 0, generator.unit() < model.failureShare {
      return failure(.serverFailed, "the name server failed (SERVFAIL)")
    }
    return zone.answer(to: question)
  }

  private func failure(_ kind: LookupFailure.Kind, _ reason: String) -> Answer {
    Answer(.failed(LookupFailure(kind, reason)), from: .lab, lifetime: Lifetime.ofFailure)
  }

  /// "6 s" or "350 ms".
  private static func text(_ duration: Duration) -> String {
    let milliseconds = duration.nanoseconds / 1_000_000
    return milliseconds.isMultiple(of: 1_000) ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
  }

  private static func isForNameServer(_ question: Question) -> Bool {
    switch question {
    case .name, .asName, .origin(_, .cymru): true
    case .origin(_, .maxMind), .origin(_, .table), .place, .publicAddress: false
    }
  }
}
