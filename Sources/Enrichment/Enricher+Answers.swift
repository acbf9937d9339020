import HeapModule
import Packets
import Time

/// What is made of answers, and who has waited long enough.
extension Enricher {
  mutating func take(
    _ answer: Answer, to question: Question, at now: Instant, into effects: inout [EnricherEffect]
  ) {
    // An answer that nobody asked for comes from a source that answers twice.
    guard let interests = open.removeValue(forKey: question) else { return }
    count(answer, question.topic)
    if case .publicAddress(let family) = question {
      publicAddresses[family] = answer
    } else {
      cache.insert(answer, to: question, at: now)
    }
    for interest in interests {
      tellMoment(of: question, isAnswer: true, interest, at: now, into: &effects)
      take(answer, to: question, for: interest, at: now, into: &effects)
    }
  }

  mutating func count(_ answer: Answer, _ topic: EnrichmentStatistics.Topic) {
    switch answer.content {
    case .failed(let failure): statistics[topic].failures[failure.kind, default: 0] += 1
    case .absent: statistics[topic].absent += 1
    case .name, .origin, .asName, .place, .publicAddress: statistics[topic].known += 1
    }
  }

  mutating func take(
    _ answer: Answer, to question: Question, for interest: Interest, at now: Instant,
    into effects: inout [EnricherEffect]
  ) {
    guard let request = clients[interest.client]?.request else { return }
    switch interest.subject {
    case .publicAddress(let family):
      settle(fact(of: answer, \.publicAddress), family, for: interest.client, at: now, into: &effects)
    case .system(let asn):
      let fact = fact(of: answer, \.asName)
      clients[interest.client]?.systems[asn] = fact
      effects.append(.event(interest.client, .system(asn, fact)))
    case .address(let address):
      guard var subject = clients[interest.client]?.subjects[address] else { return }
      apply(answer, to: question, &subject, request, interest, at: now, into: &effects)
      clients[interest.client]?.subjects[address] = subject
      effects.append(.event(interest.client, .annotated(address, subject.annotation)))
    }
  }

  mutating func apply(
    _ answer: Answer, to question: Question, _ subject: inout Subject, _ request: EnrichmentRequest,
    _ interest: Interest, at now: Instant, into effects: inout [EnricherEffect]
  ) {
    switch question {
    case .name: subject.annotation.name = fact(of: answer, \.name)
    case .place: subject.annotation.place = fact(of: answer, \.place)
    case .origin(let address, _):
      // Known by its neighbours' prefix in the meantime.
      guard subject.annotation.origin.isPending else { return }
      if !takeOrigin(answer, &subject, request, interest, at: now, into: &effects) {
        lookForOrigin(of: address, &subject, request, interest, at: now, into: &effects)
      }
    case .asName:
      guard let (origin, source, age) = subject.unnamedOrigin else { return }
      subject.unnamedOrigin = nil
      subject.annotation.origin = named(origin, answer.content.asName, source, age)
    case .publicAddress: break
    }
  }

  mutating func wait(for interest: Interest, until instant: Instant) {
    deadlineCount += 1
    let bound = clients[interest.client]?.until ?? instant
    deadlines.insert(Deadline(instant: min(instant, bound), order: deadlineCount, interest: interest))
  }

  /// Tells who has waited long enough. What is not pending any longer is not waited for: so a deadline is there only as long as
  /// something is.
  mutating func expire(at now: Instant, into effects: inout [EnricherEffect]) {
    while let first = deadlines.min {
      let isPending = isPending(first.interest)
      guard !isPending || first.instant <= now else { return }
      deadlines.removeMin()
      guard isPending else { continue }
      takeNeighbours(of: first.interest, at: now, into: &effects)
      if self.isPending(first.interest) {
        effects.append(.event(first.interest.client, .waited(first.interest.subject)))
      }
    }
  }

  /// Looks once more in memory for an origin whose question is still open: an answer about a neighbour may have brought the prefix of
  /// both.
  mutating func takeNeighbours(of interest: Interest, at now: Instant, into effects: inout [EnricherEffect]) {
    guard case .address(let address) = interest.subject, let request = clients[interest.client]?.request,
      var subject = clients[interest.client]?.subjects[address], subject.annotation.origin.isPending,
      subject.unnamedOrigin == nil, subject.originSource < request.originSources.count
    else { return }
    let question = Question.origin(
      SpecialAddresses.known(as: address), request.originSources[subject.originSource])
    guard let answer = cache.answer(to: question, at: now), case .origin = answer.content else { return }
    apply(answer, to: question, &subject, request, interest, at: now, into: &effects)
    clients[interest.client]?.subjects[address] = subject
    effects.append(.event(interest.client, .annotated(address, subject.annotation)))
  }

  func isPending(_ interest: Interest) -> Bool {
    guard let client = clients[interest.client] else { return false }
    return switch interest.subject {
    case .address(let address): !(client.subjects[address]?.annotation.isComplete ?? true)
    case .publicAddress(let family): client.publicAddresses[family]?.isPending ?? false
    case .system(let asn): client.systems[asn]?.isPending ?? false
    }
  }
}

extension Answer.Content {
  var name: String? {
    if case .name(let name) = self { name } else { nil }
  }

  var asName: String? {
    if case .asName(let name) = self { name } else { nil }
  }

  var place: Place? {
    if case .place(let place) = self { place } else { nil }
  }

  var publicAddress: IPAddress? {
    if case .publicAddress(let address) = self { address } else { nil }
  }
}
