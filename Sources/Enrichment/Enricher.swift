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

  struct Deadline: Comparable, Sendable {
    let instant: Instant
    let order: UInt64
    let interest: Interest

    static func < (left: Deadline, right: Deadline) -> Bool {
      left.instant != right.instant ? left.instant < right.instant : left.order < right.order
    }

    static func == (left: Deadline, right: Deadline) -> Bool { left.order == right.order }
  }

  package internal(set) var statistics = EnrichmentStatistics()
  var cache = AnnotationCache()
  var clients: [EnrichmentClient: Client] = [:]
  /// Questions that have been asked, and who is interested.
  var open: [Question: [Interest]] = [:]
  var deadlines = Heap<Deadline>()
  var deadlineCount: UInt64 = 0
  /// Public addresses are asked once in the life of an enricher; a failure is an answer, too.
  var publicAddresses: [AddressFamily: Answer] = [:]

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
    if let target, let range = SpecialAddresses.range(of: target, policy: request.specialAddresses), range.kind.isLocal
    {
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
  mutating func settle(
    _ fact: Fact<IPAddress>, _ family: AddressFamily, for client: EnrichmentClient, at now: Instant,
    into effects: inout [EnricherEffect]
  ) {
    clients[client]?.publicAddresses[family] = fact
    effects.append(.event(client, .publicAddress(family, fact)))
    if let address = fact.value { offer(address, for: client, seen: now, at: now, into: &effects) }
  }
}

extension Origin {
  /// What stands in the place of an origin for a special-purpose range.
  fileprivate init(_ range: SpecialRange) {
    self.init(asns: [], prefix: range.prefix, name: range.kind.description)
  }
}
