import Packets
import Time

/// What is looked for in memory, and asked where it is not there.
extension Enricher {
  enum LookUp {
    case answered(Answer)
    case asked
    case refused
  }

  mutating func lookUp(
    _ question: Question, for interest: Interest, at now: Instant, into effects: inout [EnricherEffect]
  ) -> LookUp {
    statistics[question.topic].wanted += 1
    if let answer = known(question, at: now) {
      statistics[question.topic].hits += 1
      return .answered(answer)
    }
    if open[question] != nil {
      open[question]?.append(interest)
      tellMoment(of: question, isAnswer: false, interest, at: now, into: &effects)
      return .asked
    }
    guard open.count < Self.mostOpen else {
      statistics[question.topic].skipped += 1
      return .refused
    }
    open[question] = [interest]
    statistics[question.topic].asked += 1
    effects.append(.ask(question))
    tellMoment(of: question, isAnswer: false, interest, at: now, into: &effects)
    return .asked
  }

  /// Tells whoever wants to know that a question was asked or answered now.
  func tellMoment(
    of question: Question, isAnswer: Bool, _ interest: Interest, at now: Instant, into effects: inout [EnricherEffect]
  ) {
    guard clients[interest.client]?.request.keepsMoments ?? false else { return }
    effects.append(.event(interest.client, .moment(LookUpMoment(question, isAnswer: isAnswer, at: now))))
  }

  mutating func known(_ question: Question, at now: Instant) -> Answer? {
    if case .publicAddress(let family) = question { return publicAddresses[family] }
    return cache.answer(to: question, at: now)
  }

  /// - Parameter value: how the fact's kind of value is taken out of an answer.
  func fact<Value: Hashable & Sendable>(of lookUp: LookUp, _ value: (Answer.Content) -> Value?) -> Fact<Value> {
    switch lookUp {
    case .answered(let answer): fact(of: answer, value)
    case .asked: .pending
    case .refused: .skipped(.queueFull)
    }
  }

  func fact<Value: Hashable & Sendable>(of answer: Answer, _ value: (Answer.Content) -> Value?) -> Fact<Value> {
    if let known = value(answer.content) { return .known(known, source: answer.source, age: answer.age) }
    switch answer.content {
    case .failed(let failure): return .failed(failure)
    case .absent: return .absent(source: answer.source, age: answer.age)
    case .name, .origin, .asName, .place, .publicAddress:
      return .failed(LookupFailure(.malformed, "the answer is to another question"))
    }
  }

  /// Goes on with the sources of origins, from the one whose turn it is, until one has to be waited for or all have been asked.
  mutating func lookForOrigin(
    of address: IPAddress, _ subject: inout Subject, _ request: EnrichmentRequest, _ interest: Interest,
    at now: Instant, into effects: inout [EnricherEffect]
  ) {
    guard !request.originSources.isEmpty else {
      subject.annotation.origin = .skipped(.noSource)
      return
    }
    subject.annotation.origin = .pending
    while subject.originSource < request.originSources.count {
      let source = request.originSources[subject.originSource]
      switch lookUp(.origin(address, source), for: interest, at: now, into: &effects) {
      case .asked: return
      case .refused:
        subject.annotation.origin = .skipped(.queueFull)
        return
      case .answered(let answer):
        if takeOrigin(answer, &subject, request, interest, at: now, into: &effects) { return }
      }
    }
  }

  /// - Returns: whether the search is over, or goes on with the name of the AS; false when the next source is to be asked.
  mutating func takeOrigin(
    _ answer: Answer, _ subject: inout Subject, _ request: EnrichmentRequest, _ interest: Interest, at now: Instant,
    into effects: inout [EnricherEffect]
  ) -> Bool {
    switch answer.content {
    case .origin(let origin):
      let isNameApart = request.originSources[subject.originSource] == .cymru && origin.name == nil
      nameOrigin(origin, isNameApart, answer, &subject, interest, at: now, into: &effects)
      return true
    case .failed(let failure): subject.originFailure = subject.originFailure ?? failure
    case .absent, .name, .asName, .place, .publicAddress: break
    }
    subject.originSource += 1
    guard subject.originSource == request.originSources.count else { return false }
    subject.annotation.origin =
      subject.originFailure.map { .failed($0) } ?? .absent(source: answer.source, age: answer.age)
    return true
  }

  mutating func nameOrigin(
    _ origin: Origin, _ isNameApart: Bool, _ answer: Answer, _ subject: inout Subject, _ interest: Interest,
    at now: Instant, into effects: inout [EnricherEffect]
  ) {
    subject.annotation.origin = .known(origin, source: answer.source, age: answer.age)
    guard isNameApart, let asn = origin.asns.first else { return }
    switch lookUp(.asName(asn), for: interest, at: now, into: &effects) {
    case .refused: break
    case .asked:
      subject.unnamedOrigin = (origin, answer.source, answer.age)
      subject.annotation.origin = .pending
    case .answered(let name): subject.annotation.origin = named(origin, name.content.asName, answer.source, answer.age)
    }
  }

  func named(_ origin: Origin, _ name: String?, _ source: FactSource, _ age: Duration) -> Fact<Origin> {
    var origin = origin
    origin.name = name
    return .known(origin, source: source, age: age)
  }
}
