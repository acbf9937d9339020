import Packets
import SystemIO
import Time

/// An enricher in virtual time: it is stepped along the instants of a trace that has been computed.
package struct EnrichmentRehearsal: Sendable {
  package private(set) var enricher = Enricher()
  private var answers: any RehearsedAnswers
  /// The latest moment that has been played.
  package private(set) var now = Instant.zero
  private var effects: [EnricherEffect] = []
  private var lastClient: UInt64 = 0

  package init(_ answers: some RehearsedAnswers) { self.answers = answers }

  /// - Parameter until: nothing is waited for beyond this moment; nil sets no bound.
  package mutating func begin(_ request: EnrichmentRequest, until: Instant?) -> EnrichmentClient {
    lastClient += 1
    let client = EnrichmentClient(lastClient)
    handle(.begin(client, request, until: until))
    return client
  }

  package mutating func offer(_ address: IPAddress, for client: EnrichmentClient, at instant: Instant) {
    now = max(now, instant)
    handle(.offer(client, address, at: instant))
  }

  package mutating func wantPublicAddress(
    _ family: AddressFamily, toward target: IPAddress?, for client: EnrichmentClient, at instant: Instant
  ) {
    now = max(now, instant)
    handle(.wantPublicAddress(client, family, toward: target, at: instant))
  }

  package mutating func wantSystem(_ asn: UInt32, for client: EnrichmentClient, at instant: Instant) {
    now = max(now, instant)
    handle(.wantSystem(client, asn, at: instant))
  }

  package mutating func end(_ client: EnrichmentClient) { handle(.end(client)) }

  package mutating func configure(_ settings: LookupSettings) { answers.configure(settings) }

  package mutating func clear() { handle(.clear) }

  /// Whether a client still waits for something.
  package var isWaitedFor: Bool { enricher.deadline != nil }

  /// When something happens next of its own accord; nil when nothing does.
  package var nextTime: Instant? {
    guard let answer = answers.nextTime else { return enricher.deadline }
    return enricher.deadline.map { min($0, answer) } ?? answer
  }

  /// Lets time pass until the first thing that happens, at most until `end`, and returns what has happened by then, that
  /// since the last call included; empty when nothing more happens by `end`.
  package mutating func advance(to end: Instant) -> [(client: EnrichmentClient, event: EnrichmentEvent)] {
    var events = takeEvents()
    while events.isEmpty, let next = nextTime, next <= end {
      now = max(now, next)
      for (question, answer) in answers.take(by: now) { handle(.answered(question, answer)) }
      handle(.tick)
      events = takeEvents()
    }
    if events.isEmpty, end < .distantFuture { now = max(now, end) }
    return events
  }

  /// Lets time pass while nobody asks: answers that come in it are kept.
  package mutating func elapse(_ duration: Duration) {
    let end = now + duration
    while !advance(to: end).isEmpty {}
  }

  private mutating func handle(_ input: EnricherInput) {
    enricher.handle(input, at: now, into: &effects)
    for case .ask(let question) in effects { answers.ask(question, at: now) }
    effects.removeAll { if case .ask = $0 { true } else { false } }
  }

  private mutating func takeEvents() -> [(client: EnrichmentClient, event: EnrichmentEvent)] {
    defer { effects.removeAll(keepingCapacity: true) }
    return effects.compactMap { if case .event(let client, let event) = $0 { (client, event) } else { nil } }
  }
}
