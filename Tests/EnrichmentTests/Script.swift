import Enrichment
import Packets
import Testing
import Time

/// An enricher on a stage: inputs at moments in milliseconds, and its effects as one line each.
///
///     ? name 192.0.2.1                         asks
///     1 192.0.2.1 name … as AS64500 geo off    tells client 1 what it knows of an address: a fact or why there is none
///     1 public IPv4 198.51.100.7               tells it this host's public address
///     1 AS64500 EXAMPLE                        tells it the name of an AS
///     1 waited 192.0.2.1                       tells it that it has waited long enough
///
/// A fact is `…` (pending), a value with `@` and its age from a second on, `none`, `!` and a kind of failure, or `-` and the
/// reason for which nobody was asked.
struct Stage {
  var enricher = Enricher()
  private var effects: [EnricherEffect] = []

  static func moment(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

  mutating func begin(_ client: UInt64, _ request: EnrichmentRequest, until: Int? = nil) {
    enricher.handle(
      .begin(EnrichmentClient(client), request, until: until.map(Self.moment)), at: .zero, into: &effects)
  }

  mutating func offer(_ address: IPAddress, to client: UInt64 = 1, at time: Int = 0, seen: Int? = nil) -> [String] {
    send(.offer(EnrichmentClient(client), address, at: Self.moment(seen ?? time)), at: time)
  }

  mutating func wantPublicAddress(
    _ family: AddressFamily = .ipv4, toward target: IPAddress? = nil, for client: UInt64 = 1, at time: Int = 0
  ) -> [String] {
    send(
      .wantPublicAddress(EnrichmentClient(client), family, toward: target, at: Self.moment(time)), at: time)
  }

  mutating func wantSystem(_ asn: UInt32, for client: UInt64 = 1, at time: Int = 0) -> [String] {
    send(.wantSystem(EnrichmentClient(client), asn, at: Self.moment(time)), at: time)
  }

  mutating func answer(
    _ question: Question, _ content: Answer.Content, at time: Int = 0, age: Duration = .zero,
    lifetime: Duration = .seconds(60)
  ) -> [String] {
    send(.answered(question, Answer(content, from: .dns, age: age, lifetime: lifetime)), at: time)
  }

  mutating func tick(at time: Int) -> [String] { send(.tick, at: time) }
  mutating func end(_ client: UInt64, at time: Int = 0) -> [String] { send(.end(EnrichmentClient(client)), at: time) }
  mutating func retryPublicAddresses() -> [String] { send(.retryPublicAddresses, at: 0) }
  mutating func clear(at time: Int = 0) -> [String] { send(.clear, at: time) }

  /// What came of an input, in order.
  private mutating func send(_ input: EnricherInput, at time: Int) -> [String] {
    enricher.handle(input, at: Self.moment(time), into: &effects)
    defer { effects = [] }
    return effects.map(\.line)
  }
}

/// What the tests look up.
enum Sample {
  static let router = IPAddress(192, 0, 2, 1)
  static let neighbour = IPAddress(192, 0, 2, 2)
  static let gateway = IPAddress(192, 168, 1, 1)
  static let here = IPAddress(198, 51, 100, 7)

  /// A request in which documentation addresses are ordinary.
  static func request(
    _ kinds: Set<EnrichmentKind>, sources: [OriginSource] = [.cymru], places: String? = nil,
    publicAddress: IPAddress? = nil, wait: Int = 500
  ) -> EnrichmentRequest {
    EnrichmentRequest(
      kinds: kinds, originSources: sources, placeDatabase: places, specialAddresses: .lookup,
      publicAddress: publicAddress, wait: .milliseconds(wait))
  }
}

extension EnricherEffect {
  var line: String {
    switch self {
    case .ask(let question): "? \(question.line)"
    case .event(let client, let event): "\(client.value) \(event.line)"
    }
  }
}

extension Question {
  fileprivate var line: String {
    switch self {
    case .name(let address): "name \(address)"
    case .origin(let address, .cymru): "origin \(address) cymru"
    case .origin(let address, .maxMind(let file)): "origin \(address) mmdb:\(file)"
    case .origin(let address, .table(let file)): "origin \(address) table:\(file)"
    case .asName(let asn): "AS\(asn)"
    case .place(let address, let database): "place \(address) \(database)"
    case .publicAddress(let family): "public \(family)"
    }
  }
}

extension EnrichmentEvent {
  var line: String {
    switch self {
    case .annotated(let address, let annotation):
      "\(address) name \(annotation.name.line { $0 }) as \(annotation.origin.line(\.line)) "
        + "geo \(annotation.place.line { $0.city ?? "?" })"
    case .publicAddress(let family, let fact): "public \(family) \(fact.line(\.description))"
    case .system(let asn, let fact): "AS\(asn) \(fact.line { $0 })"
    case .waited(.address(let address)): "waited \(address)"
    case .waited(.publicAddress(let family)): "waited public \(family)"
    case .waited(.system(let asn)): "waited AS\(asn)"
    case .noted(let note): "noted \(note.problem)"
    case .moment(let moment): "\(moment.isAnswer ? "answered" : "asked") \(moment.topic.rawValue) \(moment.subject)"
    }
  }
}

extension Fact {
  fileprivate func line(_ text: (Value) -> String) -> String {
    switch self {
    case .skipped(let reason): "-\(reason.rawValue)"
    case .pending: "…"
    case .known(let value, source: _, let age):
      text(value) + (age < .seconds(1) ? "" : "@\(age.components.seconds)s")
    case .absent: "none"
    case .failed(let failure): "!\(failure.kind.rawValue)"
    }
  }
}

extension Origin {
  fileprivate var line: String {
    ([asns.map { "AS\($0)" }.joined(separator: "/")] + [name].compactMap { $0 }).filter { !$0.isEmpty }
      .joined(separator: "=")
  }
}
