import Enrichment
import Packets
import Time
import Tracing

/// Traces in virtual time and their enrichment, played together in the order of that time.
///
/// A trace on a virtual clock is over when it has begun: its events are all there, each with its moment. They are walked
/// through in order of time, over all traces of the command, and between two of them the enrichment is stepped. So who is known
/// when does not depend on which task runs first, and a transcript is the same byte for byte.
struct RehearsedPlayback: Sendable {
  /// One trace.
  struct Part: Sendable {
    let slot: Int
    let events: AsyncStream<[TraceEvent]>
    let request: EnrichmentRequest
    let target: IPAddress
    /// The bound on the whole trace; nil when it has none of its own.
    let overall: Duration?
    /// How long behind its end late replies are waited for when it has silent probes; zero when they are not.
    let lateWait: Duration
  }

  enum Item: Sendable {
    case trace([TraceEvent])
    case enrichment([EnrichmentEvent])
  }

  private struct Moment {
    let instant: Instant
    let part: Int
    let event: TraceEvent
  }

  private let annotator: RehearsedAnnotator
  private let parts: [Part]

  /// - Parameter parts: in the order of their slots.
  init(_ annotator: RehearsedAnnotator, _ parts: [Part]) {
    self.annotator = annotator
    self.parts = parts
  }

  /// Hands out everything up to the end of the last trace and of what is waited for behind it. What comes later stays in the streams.
  ///
  /// - Returns: how long was waited behind the end of the last trace: time that is still to pass on the network's clock.
  func play(_ show: @escaping @Sendable (Int, Item) -> Void) async -> Duration {
    var moments: [Moment] = []
    for (index, part) in parts.enumerated() { moments += await Self.untilFinished(part.events, part: index) }
    // A stable order: of what happens at one moment, the first part comes first.
    let order = moments.indices.sorted { left, right in
      (moments[left].instant, moments[left].part, left) < (moments[right].instant, moments[right].part, right)
    }
    return max(perform(order.map { moments[$0] }, show), lateWait(moments))
  }

  /// How long late replies are waited for: the longest that a part with silent probes wants.
  private func lateWait(_ moments: [Moment]) -> Duration {
    var longest = Duration.zero
    for moment in moments {
      switch moment.event {
      case .timedOut, .givenUp: longest = max(longest, parts[moment.part].lateWait)
      case .began, .sent, .restamped, .replied, .late, .duplicate, .unsendable, .revised, .beyond, .observed, .finished,
        .packet:
        break
      }
    }
    return longest
  }

  private static func untilFinished(_ stream: AsyncStream<[TraceEvent]>, part: Int) async -> [Moment] {
    var moments: [Moment] = []
    var last = Instant.zero
    var isFinished = false
    var iterator = stream.makeAsyncIterator()
    while !isFinished, let events = await iterator.next() {
      for event in events {
        last = max(last, event.moment ?? last)
        moments.append(Moment(instant: last, part: part, event: event))
        if case .finished = event { isFinished = true }
      }
    }
    return moments
  }

  /// - Returns: how long behind the last event of a trace was waited for what is known of addresses.
  private func perform(_ moments: [Moment], _ show: (Int, Item) -> Void) -> Duration {
    guard let start = moments.first?.instant, let end = moments.last?.instant else { return .zero }
    let clients = begin(at: start)
    for moment in moments {
      step(to: moment.instant, clients, show)
      show(parts[moment.part].slot, .trace([moment.event]))
      guard let client = clients[moment.part], let reply = moment.event.replyOnPath else { continue }
      annotator.use { $0.offer(reply.responder, for: client, at: moment.instant) }
    }
    var now = end
    step(to: now, clients, show)
    while annotator.use({ $0.isWaitedFor }), let next = annotator.use({ $0.nextTime }) {
      now = max(now, next)
      step(to: now, clients, show)
    }
    annotator.use { rehearsal in for client in clients.values { rehearsal.end(client) } }
    return now - end
  }

  /// - Returns: the clients by the index of their part; none for a part that wants nothing.
  private func begin(at start: Instant) -> [Int: EnrichmentClient] {
    annotator.use { rehearsal in
      var clients: [Int: EnrichmentClient] = [:]
      for (index, part) in parts.enumerated() where !part.request.kinds.isEmpty {
        let client = rehearsal.begin(part.request, until: part.overall.map { start + $0 })
        clients[index] = client
        rehearsal.wantPublicAddress(part.target.family, toward: part.target, for: client, at: start)
        rehearsal.offer(part.target, for: client, at: start)
      }
      return clients
    }
  }

  /// Lets everything happen that is due by then.
  private func step(to instant: Instant, _ clients: [Int: EnrichmentClient], _ show: (Int, Item) -> Void) {
    while true {
      let happened = annotator.use { $0.advance(to: instant) }
      guard !happened.isEmpty else { return }
      for (client, event) in happened {
        guard let index = clients.first(where: { $0.value == client })?.key else { continue }
        show(parts[index].slot, .enrichment([event]))
      }
    }
  }
}
