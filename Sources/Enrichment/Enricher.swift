import HeapModule
import Packets
import Time

/// Names one user of an enricher: one trace.
package struct EnrichmentClient: Hashable, Sendable {
  package let value: UInt64
  package init(_ value: UInt64) { self.value = value }
}

/// What happens to an enricher.
package enum EnricherInput: Sendable {
  /// - Parameter until: nothing is waited for beyond this moment; nil sets no bound.
  case begin(EnrichmentClient, EnrichmentRequest, until: Instant?)
  /// An address was seen at that moment, and its client wants to know about it.
  case offer(EnrichmentClient, IPAddress, at: Instant)
  /// This host's public address is wanted.
  ///
  /// - Parameter toward: where packets go; nobody is asked when that is a place inside the own network. nil asks in any case.
  case wantPublicAddress(EnrichmentClient, AddressFamily, toward: IPAddress?, at: Instant)
  /// The name of an AS is wanted.
  case wantSystem(EnrichmentClient, UInt32, at: Instant)
  case answered(Question, Answer)
  /// Time has passed.
  case tick
  /// The client wants nothing more. What has been asked for it is still kept when it comes.
  case end(EnrichmentClient)
  /// Forget all answers.
  case clear
  /// Others are asked for the public address from now on: forget that it could not be found.
  case retryPublicAddresses
}

/// What an enricher wants done.
package enum EnricherEffect: Hashable, Sendable {
  case ask(Question)
  case event(EnrichmentClient, EnrichmentEvent)
}

/// Enrichment as a value: addresses and answers in, questions and annotations out.
///
/// # Theory of operation
///
/// Each client has *subjects*: addresses that were offered for it, and public addresses that it wants. A subject's facts are
/// looked for in the cache and otherwise asked; equal questions of all subjects are asked once, and `open` says who is
/// interested in each. An answer goes into the cache first and then to every interested subject, so one that comes when its
/// client has gone is not lost.
///
/// The origin of an address is looked for in several steps: a special-purpose range is known without asking; else the
/// sources are asked in order until one knows; and Team Cymru keeps the name of an AS apart, so its answer leads to one more
/// question. The fact stays pending until the last step.
///
/// Nothing here ever makes a probe wait. A client may wait for a subject until its deadline, `wait` behind the offer; then it
/// is told `waited`, once, if something is still pending.
package struct Enricher: Sendable {
  struct Subject: Sendable {
    var annotation: Annotation
    /// The place of the source that is being asked for the origin, and the first failure of those before it.
    var originSource = 0
    var originFailure: LookupFailure?
    /// An origin that lacks only the name of its AS.
    var unnamedOrigin: (origin: Origin, source: FactSource, age: Duration)?
  }

  struct Client: Sendable {
    let request: EnrichmentRequest
    let until: Instant?
    var subjects: [IPAddress: Subject] = [:]
    var publicAddresses: [AddressFamily: Fact<IPAddress>] = [:]
    var systems: [UInt32: Fact<String>] = [:]
  }

  struct Interest: Hashable, Sendable {
    let client: EnrichmentClient
    let subject: EnrichmentSubject
  }

  private struct Deadline: Comparable, Sendable {
    let instant: Instant
    let order: UInt64
    let interest: Interest

    static func < (left: Deadline, right: Deadline) -> Bool {
      left.instant != right.instant ? left.instant < right.instant : left.order < right.order
    }

    static func == (left: Deadline, right: Deadline) -> Bool { left.order == right.order }
  }

  package private(set) var statistics = EnrichmentStatistics()
  private var cache = AnnotationCache()
  private var clients: [EnrichmentClient: Client] = [:]
  /// Questions that have been asked, and who is interested.
  private var open: [Question: [Interest]] = [:]
  private var deadlines = Heap<Deadline>()
  private var deadlineCount: UInt64 = 0
  /// Public addresses are asked once in the life of an enricher; a failure is an answer, too.
  private var publicAddresses: [AddressFamily: Answer] = [:]

  /// Most questions open at once: thirty traces of thirty hops, each with a name and an origin. Beyond, facts are skipped.
  package static let mostOpen = 2_048

  package init() {}

  /// Answers in memory.
  package var cachedCount: Int { cache.count }
  /// Questions that have been asked and not answered.
  package var openCount: Int { open.count }
  /// When a tick is wanted; nil when nothing waits.
  package var deadline: Instant? { deadlines.min?.instant }

  package mutating func handle(_ input: EnricherInput, at now: Instant, into effects: inout [EnricherEffect]) {
    switch input {
    case .begin(let client, let request, let until): clients[client] = Client(request: request, until: until)
    case .offer(let client, let address, let seen): offer(address, for: client, seen: seen, at: now, into: &effects)
    case .wantPublicAddress(let client, let family, let target, let seen):
      wantPublicAddress(family, toward: target, for: client, seen: seen, at: now, into: &effects)
    case .wantSystem(let client, let asn, let seen): wantSystem(asn, for: client, seen: seen, at: now, into: &effects)
    case .answered(let question, let answer): take(answer, to: question, at: now, into: &effects)
    case .tick: break
    case .end(let client): clients[client] = nil
    case .clear:
      cache.removeAll()
      publicAddresses.removeAll()
    case .retryPublicAddresses:
      publicAddresses = publicAddresses.filter { if case .failed = $0.value.content { false } else { true } }
    }
    expire(at: now, into: &effects)
  }
}

// Offers.
extension Enricher {
  private mutating func offer(
    _ address: IPAddress, for client: EnrichmentClient, seen: Instant, at now: Instant,
    into effects: inout [EnricherEffect]
  ) {
    guard let request = clients[client]?.request, clients[client]?.subjects[address] == nil else { return }
    guard request.asksAboutAddresses else { return }
    let interest = Interest(client: client, subject: .address(address))
    var subject = Subject(
      annotation: Annotation(name: .skipped(.off), origin: .skipped(.off), place: .skipped(.off)))
    let special = SpecialAddresses.range(of: address, policy: request.specialAddresses)
    let known = SpecialAddresses.known(as: address)
    if request.kinds.contains(.names) {
      subject.annotation.name = fact(of: lookUp(.name(known), for: interest, at: now, into: &effects), \.name)
    }
    if request.kinds.contains(.autonomousSystems) {
      if let special {
        subject.annotation.origin = .known(Origin(special), source: .special, age: .zero)
      } else {
        lookForOrigin(of: known, &subject, request, interest, at: now, into: &effects)
      }
    }
    if request.kinds.contains(.geo) {
      subject.annotation.place = place(of: known, special != nil, request, interest, at: now, into: &effects)
    }
    clients[client]?.subjects[address] = subject
    effects.append(.event(client, .annotated(address, subject.annotation)))
    if !subject.annotation.isComplete { wait(for: interest, until: seen + request.wait) }
  }

  private mutating func place(
    of address: IPAddress, _ isSpecial: Bool, _ request: EnrichmentRequest, _ interest: Interest, at now: Instant,
    into effects: inout [EnricherEffect]
  ) -> Fact<Place> {
    guard let database = request.placeDatabase else { return .skipped(.noSource) }
    if isSpecial { return .skipped(.special) }
    return fact(
      of: lookUp(.place(address, database: database), for: interest, at: now, into: &effects), \.place)
  }

  private mutating func wantPublicAddress(
    _ family: AddressFamily, toward target: IPAddress?, for client: EnrichmentClient, seen: Instant, at now: Instant,
    into effects: inout [EnricherEffect]
  ) {
    guard let request = clients[client]?.request, clients[client]?.publicAddresses[family] == nil,
      request.kinds.contains(.isp)
    else { return }
    if let target, let range = SpecialAddresses.range(of: target, policy: request.specialAddresses), range.kind.isLocal {
      return settle(.skipped(.special), family, for: client, at: now, into: &effects)
    }
    let interest = Interest(client: client, subject: .publicAddress(family))
    if let address = request.publicAddress {
      let fact: Fact<IPAddress> =
        address.family == family ? .known(address, source: .setting, age: .zero) : .skipped(.noSource)
      return settle(fact, family, for: client, at: now, into: &effects)
    }
    let fact: Fact<IPAddress> = fact(
      of: lookUp(.publicAddress(family), for: interest, at: now, into: &effects), \.publicAddress)
    settle(fact, family, for: client, at: now, into: &effects)
    if fact.isPending { wait(for: interest, until: seen + request.wait) }
  }

  private mutating func wantSystem(
    _ asn: UInt32, for client: EnrichmentClient, seen: Instant, at now: Instant, into effects: inout [EnricherEffect]
  ) {
    guard let request = clients[client]?.request, clients[client]?.systems[asn] == nil else { return }
    let interest = Interest(client: client, subject: .system(asn))
    let fact: Fact<String> =
      request.originSources.contains(.cymru)
      ? fact(of: lookUp(.asName(asn), for: interest, at: now, into: &effects), \.asName) : .skipped(.noSource)
    clients[client]?.systems[asn] = fact
    effects.append(.event(client, .system(asn, fact)))
    if fact.isPending { wait(for: interest, until: seen + request.wait) }
  }

  /// Tells a client its public address, and then asks about that address.
  private mutating func settle(
    _ fact: Fact<IPAddress>, _ family: AddressFamily, for client: EnrichmentClient, at now: Instant,
    into effects: inout [EnricherEffect]
  ) {
    clients[client]?.publicAddresses[family] = fact
    effects.append(.event(client, .publicAddress(family, fact)))
    if let address = fact.value { offer(address, for: client, seen: now, at: now, into: &effects) }
  }
}

// Questions.
extension Enricher {
  private enum LookUp {
    case answered(Answer)
    case asked
    case refused
  }

  private mutating func lookUp(
    _ question: Question, for interest: Interest, at now: Instant, into effects: inout [EnricherEffect]
  ) -> LookUp {
    statistics[question.topic].wanted += 1
    if let answer = known(question, at: now) {
      statistics[question.topic].hits += 1
      return .answered(answer)
    }
    if open[question] != nil {
      open[question]?.append(interest)
      return .asked
    }
    guard open.count < Self.mostOpen else {
      statistics[question.topic].skipped += 1
      return .refused
    }
    open[question] = [interest]
    statistics[question.topic].asked += 1
    effects.append(.ask(question))
    return .asked
  }

  private mutating func known(_ question: Question, at now: Instant) -> Answer? {
    if case .publicAddress(let family) = question { return publicAddresses[family] }
    return cache.answer(to: question, at: now)
  }

  /// - Parameter value: how the fact's kind of value is taken out of an answer.
  private func fact<Value: Hashable & Sendable>(of lookUp: LookUp, _ value: (Answer.Content) -> Value?) -> Fact<Value> {
    switch lookUp {
    case .answered(let answer): fact(of: answer, value)
    case .asked: .pending
    case .refused: .skipped(.queueFull)
    }
  }

  private func fact<Value: Hashable & Sendable>(of answer: Answer, _ value: (Answer.Content) -> Value?) -> Fact<Value> {
    if let known = value(answer.content) { return .known(known, source: answer.source, age: answer.age) }
    switch answer.content {
    case .failed(let failure): return .failed(failure)
    case .absent: return .absent(source: answer.source, age: answer.age)
    case .name, .origin, .asName, .place, .publicAddress:
      return .failed(LookupFailure(.malformed, "the answer is to another question"))
    }
  }

  /// Goes on with the sources of origins, from the one whose turn it is, until one has to be waited for or all have been asked.
  private mutating func lookForOrigin(
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
  private mutating func takeOrigin(
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

  private mutating func nameOrigin(
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

  private func named(_ origin: Origin, _ name: String?, _ source: FactSource, _ age: Duration) -> Fact<Origin> {
    var origin = origin
    origin.name = name
    return .known(origin, source: source, age: age)
  }
}

// Answers and time.
extension Enricher {
  private mutating func take(
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
    for interest in interests { take(answer, to: question, for: interest, at: now, into: &effects) }
  }

  private mutating func count(_ answer: Answer, _ topic: EnrichmentStatistics.Topic) {
    switch answer.content {
    case .failed(let failure): statistics[topic].failures[failure.kind, default: 0] += 1
    case .absent: statistics[topic].absent += 1
    case .name, .origin, .asName, .place, .publicAddress: statistics[topic].known += 1
    }
  }

  private mutating func take(
    _ answer: Answer, to question: Question, for interest: Interest, at now: Instant,
    into effects: inout [EnricherEffect]
  ) {
    guard let client = clients[interest.client] else { return }
    switch interest.subject {
    case .publicAddress(let family):
      settle(fact(of: answer, \.publicAddress), family, for: interest.client, at: now, into: &effects)
    case .system(let asn):
      let fact = fact(of: answer, \.asName)
      clients[interest.client]?.systems[asn] = fact
      effects.append(.event(interest.client, .system(asn, fact)))
    case .address(let address):
      guard var subject = client.subjects[address] else { return }
      apply(answer, to: question, &subject, client.request, interest, at: now, into: &effects)
      clients[interest.client]?.subjects[address] = subject
      effects.append(.event(interest.client, .annotated(address, subject.annotation)))
    }
  }

  private mutating func apply(
    _ answer: Answer, to question: Question, _ subject: inout Subject, _ request: EnrichmentRequest,
    _ interest: Interest, at now: Instant, into effects: inout [EnricherEffect]
  ) {
    switch question {
    case .name: subject.annotation.name = fact(of: answer, \.name)
    case .place: subject.annotation.place = fact(of: answer, \.place)
    case .origin(let address, _):
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

  private mutating func wait(for interest: Interest, until instant: Instant) {
    deadlineCount += 1
    let bound = clients[interest.client]?.until ?? instant
    deadlines.insert(Deadline(instant: min(instant, bound), order: deadlineCount, interest: interest))
  }

  /// Tells who has waited long enough. What is not pending any longer is not waited for: so a deadline is there only as long as
  /// something is.
  private mutating func expire(at now: Instant, into effects: inout [EnricherEffect]) {
    while let first = deadlines.min {
      let isPending = isPending(first.interest)
      guard !isPending || first.instant <= now else { return }
      deadlines.removeMin()
      if isPending { effects.append(.event(first.interest.client, .waited(first.interest.subject))) }
    }
  }

  private func isPending(_ interest: Interest) -> Bool {
    guard let client = clients[interest.client] else { return false }
    return switch interest.subject {
    case .address(let address): !(client.subjects[address]?.annotation.isComplete ?? true)
    case .publicAddress(let family): client.publicAddresses[family]?.isPending ?? false
    case .system(let asn): client.systems[asn]?.isPending ?? false
    }
  }
}

extension Origin {
  /// What stands in the place of an origin for a special-purpose range.
  fileprivate init(_ range: SpecialRange) {
    self.init(asns: [], prefix: range.prefix, name: range.kind.description)
  }
}

extension Answer.Content {
  fileprivate var name: String? {
    if case .name(let name) = self { name } else { nil }
  }

  fileprivate var asName: String? {
    if case .asName(let name) = self { name } else { nil }
  }

  fileprivate var place: Place? {
    if case .place(let place) = self { place } else { nil }
  }

  fileprivate var publicAddress: IPAddress? {
    if case .publicAddress(let address) = self { address } else { nil }
  }
}
