import Time

/// Rehearsed answers given in real time: the lab's, when its clock is the machine's.
package final class TimedAnswers: AnswerSource {
  private var answers: any RehearsedAnswers
  private let name: String
  private var answer: (@Sendable (Question, Answer) -> Void)?
  private var asked = 0

  /// - Parameter name: of the source, in `show enrich`.
  package init(_ answers: some RehearsedAnswers, name: String) {
    self.answers = answers
    self.name = name
  }

  package func attach(
    answer: @escaping @Sendable (Question, Answer) -> Void, note: @escaping @Sendable (LookupNote) -> Void
  ) {
    self.answer = answer
  }

  package func ask(_ question: Question, at now: Instant) {
    asked += 1
    answers.ask(question, at: now)
  }

  package var nextTime: Instant? { answers.nextTime }

  package func tick(at now: Instant) {
    for (question, found) in answers.take(by: now) { answer?(question, found) }
  }

  package func keep(_ answer: Answer, to question: Question) {}
  package func settle() {}
  package func configure(_ settings: LookupSettings) { answers.configure(settings) }
  package func clear() {}
  package func report() -> [SourceReport] { [SourceReport(name: name, state: "\(asked) asked")] }
  package func close() {}
}
