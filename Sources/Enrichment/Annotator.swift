import Packets
import SystemIO
import Time

/// What an enricher and its source say of themselves.
package struct EnrichmentReport: Hashable, Sendable {
  package let statistics: EnrichmentStatistics
  /// Answers in memory.
  package let cachedCount: Int
  package let openCount: Int
  package let sources: [SourceReport]

  package init(
    statistics: EnrichmentStatistics, cachedCount: Int, openCount: Int, sources: [SourceReport]
  ) {
    self.statistics = statistics
    self.cachedCount = cachedCount
    self.openCount = openCount
    self.sources = sources
  }
}

/// The enrichment of a session in one network, in real time, on an event loop of its own thread.
///
/// # Theory of operation
///
/// The actor's executor is the loop's thread. What others want of it goes through an inbox, which is bounded and never makes
/// them wait; a timer armed to now wakes the loop. Whatever wakes it leads to the same turn: take the inbox and the answers,
/// tick the enricher, ask what it wants asked, hand the events out, set the timer.
package actor Annotator {
  private enum Message: Sendable {
    case input(EnricherInput)
    case attach(EnrichmentClient, AsyncStream<[EnrichmentEvent]>.Continuation)
    case configure(LookupSettings)
  }

  private struct Inbox: Sendable {
    var messages: [Message] = []
    var lastClient: UInt64 = 0
    var isShut = false
  }

  private let loop: EventLoop
  private let source: any AnswerSource
  private nonisolated let inbox = Locked(Inbox())
  /// Armed by whoever puts something into the inbox.
  private nonisolated let wake: WakeTimer
  private let timer: WakeTimer
  private var enricher = Enricher()
  private var effects: [EnricherEffect] = []
  private var answers: [(Question, Answer)] = []
  private var notes: [LookupNote] = []
  private var streams: [EnrichmentClient: AsyncStream<[EnrichmentEvent]>.Continuation] = [:]
  private var isTurning = false
  /// Who is asked for the public address.
  private var stunServers: [String] = []

  /// Most messages that wait for the loop: all responders of a thousand traces of four hops. Beyond, offers are skipped.
  package static let mostMessages = 4_096

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// - Parameter source: used by nobody else from now on.
  /// - Throws: `SystemError` when descriptors are used up.
  package init(_ source: sending any AnswerSource, on loop: EventLoop) throws(SystemError) {
    self.loop = loop
    self.source = source
    wake = WakeTimer()
    timer = WakeTimer()
    try wake.make(on: loop) { [weak self] in self?.assumeIsolated { $0.turn() } }
    try timer.make(on: loop) { [weak self] in self?.assumeIsolated { $0.turn() } }
  }

  /// Begins for one user; never waits.
  ///
  /// - Parameter until: nothing is waited for beyond this moment; nil sets no bound.
  package nonisolated func begin(_ request: EnrichmentRequest, until: Instant?) -> EnrichmentRun {
    let (events, continuation) = AsyncStream.makeStream(of: [EnrichmentEvent].self)
    let client = inbox.withLock { inbox in
      inbox.lastClient += 1
      let client = EnrichmentClient(inbox.lastClient)
      guard !inbox.isShut else { return client }
      inbox.messages.append(.attach(client, continuation))
      inbox.messages.append(.input(.begin(client, request, until: until)))
      return client
    }
    if inbox.withLock({ $0.isShut }) { continuation.finish() }
    wake.armNow()
    return EnrichmentRun(client: client, events: events, annotator: self)
  }

  /// Puts something into the inbox; false when it is full.
  nonisolated func post(_ input: EnricherInput, isBounded: Bool) -> Bool {
    let isTaken = inbox.withLock { inbox in
      guard !inbox.isShut, !isBounded || inbox.messages.count < Self.mostMessages else { return false }
      inbox.messages.append(.input(input))
      return true
    }
    if isTaken { wake.armNow() }
    return isTaken
  }

  /// Says how questions are looked up from now on; never waits.
  package nonisolated func configure(_ settings: LookupSettings) {
    inbox.withLock { $0.messages.append(.configure(settings)) }
    wake.armNow()
  }

  /// Forgets all answers, in memory and where the source keeps them.
  package func clear() {
    turn()
    enricher.handle(.clear, at: MonotonicClock.now, into: &effects)
    source.clear()
  }

  package func report() -> EnrichmentReport {
    turn()
    return EnrichmentReport(
      statistics: enricher.statistics, cachedCount: enricher.cachedCount, openCount: enricher.openCount,
      sources: source.report())
  }

  /// Ends every run and closes the source.
  package func shutDown() {
    let messages = inbox.withLock { inbox in
      inbox.isShut = true
      defer { inbox.messages.removeAll() }
      return inbox.messages
    }
    // Those who have just begun are told, too.
    for case .attach(let client, let stream) in messages { streams[client] = stream }
    wake.cancel()
    timer.cancel()
    isTurning = true  // What the source answers now is for nobody.
    source.close()
    for stream in streams.values { stream.finish() }
    streams = [:]
  }

  private var isAttached = false

  private func attach() {
    guard !isAttached else { return }
    isAttached = true
    source.attach { [weak self] question, answer in
      self?.assumeIsolated { $0.take(question, answer) }
    } note: { [weak self] note in
      self?.assumeIsolated { $0.notes.append(note) }
    }
  }

  private func take(_ question: Question, _ answer: Answer) {
    answers.append((question, answer))
    if !isTurning { turn() }
  }

  private func turn() {
    guard !isTurning else { return }
    attach()
    isTurning = true
    let messages = inbox.withLock { inbox in
      defer { inbox.messages.removeAll(keepingCapacity: true) }
      return inbox.messages
    }
    let now = MonotonicClock.now
    for message in messages {
      switch message {
      case .input(let input):
        enricher.handle(input, at: now, into: &effects)
        if case .end(let client) = input { streams.removeValue(forKey: client)?.finish() }
      case .attach(let client, let stream): streams[client] = stream
      case .configure(let settings):
        source.configure(settings)
        if settings.stunServers != stunServers { enricher.handle(.retryPublicAddresses, at: now, into: &effects) }
        stunServers = settings.stunServers
      }
    }
    source.tick(at: now)
    enricher.handle(.tick, at: now, into: &effects)
    perform()
    isTurning = false
    arm()
  }

  private func arm() {
    guard let source = source.nextTime else { return timer.arm(at: enricher.deadline) }
    timer.arm(at: enricher.deadline.map { min($0, source) } ?? source)
  }

  /// Asks, takes what is answered at once, and hands events out, until nothing is left to do.
  private func perform() {
    let now = MonotonicClock.now
    var events: [EnrichmentClient: [EnrichmentEvent]] = [:]
    while !effects.isEmpty || !answers.isEmpty {
      let wanted = effects
      effects.removeAll(keepingCapacity: true)
      for effect in wanted {
        switch effect {
        case .ask(let question): source.ask(question, at: now)
        case .event(let client, let event): events[client, default: []].append(event)
        }
      }
      let answered = answers
      answers.removeAll(keepingCapacity: true)
      for (question, answer) in answered {
        source.keep(answer, to: question)
        enricher.handle(.answered(question, answer), at: now, into: &effects)
      }
    }
    source.settle()
    if !notes.isEmpty {
      for client in streams.keys { events[client, default: []] += notes.map { .noted($0) } }
      if !streams.isEmpty { notes.removeAll() }
    }
    for (client, events) in events { streams[client]?.yield(events) }
  }
}

/// The enrichment of one trace under way.
package struct EnrichmentRun: Sendable {
  let client: EnrichmentClient
  /// Events in order, one batch for each turn of the loop; ends after `end`.
  package let events: AsyncStream<[EnrichmentEvent]>
  let annotator: Annotator

  /// Wants to know about an address that was seen at `instant`; never waits.
  ///
  /// - Returns: what is known of it at once when nobody could be asked: that the queue was full.
  package func offer(_ address: IPAddress, at instant: Instant) -> EnrichmentEvent? {
    guard annotator.post(.offer(client, address, at: instant), isBounded: true) else {
      return .annotated(
        address,
        Annotation(name: .skipped(.queueFull), origin: .skipped(.queueFull), place: .skipped(.queueFull)))
    }
    return nil
  }

  /// Wants to know this host's public address; never waits.
  ///
  /// - Parameter target: where packets go; see `EnricherInput.wantPublicAddress`.
  package func wantPublicAddress(_ family: AddressFamily, toward target: IPAddress?, at instant: Instant) {
    _ = annotator.post(.wantPublicAddress(client, family, toward: target, at: instant), isBounded: false)
  }

  /// Wants to know the name of an AS; never waits.
  package func wantSystem(_ asn: UInt32, at instant: Instant) {
    _ = annotator.post(.wantSystem(client, asn, at: instant), isBounded: false)
  }

  /// Wants nothing more.
  package func end() { _ = annotator.post(.end(client), isBounded: false) }
}
