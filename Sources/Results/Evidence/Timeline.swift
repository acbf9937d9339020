import Enrichment
import Packets
import Probing
import Time
import Tracing

/// What happened in a trace, in the order of time.
///
/// Of a recorded trace it is everything from the launch of each probe to the judgement of each packet; of one that was not
/// recorded, what its result knows.
package struct Timeline: Hashable, Sendable {
  /// In order of time; what happened at one moment, in the order in which it followed from each other.
  package private(set) var events: [TimelineEvent] = []
  /// Whether the packets were kept, all of them.
  package let isComplete: Bool

  private let began: Instant
  private let request: TraceRequest

  /// The timeline of a result.
  package init(_ result: TraceResult) {
    began = result.trace.began
    request = result.trace.request
    let run = RecordedRun(result.packets, of: request, from: began)
    isComplete = run != nil
    add(began, .began, nil, "to \(request.target), \(request.queries) of each hop up to \(request.lastTTL)")
    if let run {
      for packet in result.packets.departures { add(packet) }
      for packet in result.packets.arrivals { add(packet) }
      for event in run.events { addEnding(event, run.trace) }
    } else {
      for record in result.trace.hops.flatMap(\.probes) { add(record) }
      if let ended = result.trace.ended, let end = result.trace.end { add(ended, .ended, nil, Self.words(end)) }
    }
    for moment in result.enrichment.moments { add(moment) }
    // Stable: what is of one moment stays in order.
    events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  /// Those of one hop, or of one kind.
  package func events(at ttl: TTL?, of kind: TimelineEvent.Kind?) -> [TimelineEvent] {
    events.filter { event in
      (ttl.map { $0 == event.probe?.ttl } ?? true) && (kind.map { $0 == event.kind } ?? true)
    }
  }

  private mutating func add(_ instant: Instant, _ kind: TimelineEvent.Kind, _ probe: ProbeID?, _ text: String) {
    events.append(TimelineEvent(at: instant - began, kind, probe, text))
  }

  private mutating func add(_ packet: PacketDeparture) {
    let id = packet.probe.id
    add(packet.queued, .queued, id, packet.probe.ownSocket ? "again, on a socket of its own" : "wanted by the tracer")
    let waited = packet.handedOver - packet.queued
    let pacing = waited > .zero ? ", \(Milliseconds(waited).brief) after it was wanted" : ""
    add(
      packet.toldDeparture, .sent, id,
      "\(packet.bytes.count) bytes behind the IP header, with TTL \(packet.hopLimit)\(pacing), by \(packet.toldStamp.clock)"
    )
    guard packet.stamp == .kernel, packet.toldStamp == .program else { return }
    add(packet.departure, .stamped, id, "its departure by \(packet.stamp.clock), which the RTT is made from")
  }

  private mutating func add(_ packet: PacketArrival) {
    let id = packet.probe
    let source = packet.source.map { " from \($0)" } ?? ""
    let lag = packet.read - packet.stamp
    add(
      packet.stamp, .arrival, id, "\(packet.reply?.kind.words ?? "a packet")\(source), by \(packet.stampSource.clock)")
    add(packet.read, .read, id, lag > .zero ? "\(Milliseconds(lag).brief) behind its stamp" : "at once")
    switch packet.match {
    case .probe(_, let key): add(packet.read, .matched, id, "by \(key.words): \(packet.verdict?.words ?? "nothing")")
    case .ambiguous: add(packet.read, .foreign, nil, "it may be for any of several probes\(source)")
    case .unknown: add(packet.read, .foreign, nil, "a reply to no probe that is known\(source)")
    case .unreadable: add(packet.read, .foreign, nil, "no reply: another program's, or damaged\(source)")
    }
  }

  /// A probe of a trace whose packets were not kept.
  private mutating func add(_ record: ProbeRecord) {
    let id = record.probe.id
    if case .unsendable(let failure) = record.outcome { return add(record.departure, .unsendable, id, "\(failure)") }
    add(record.departure, .sent, id, "with TTL \(id.ttl)")
    guard let reply = record.outcome.reply else { return }
    add(reply.arrival, .arrival, id, "\(reply.kind.words) from \(reply.responder)")
  }

  private mutating func addEnding(_ event: TraceEvent, _ trace: Trace) {
    switch event {
    case .timedOut(let id, let instant):
      add(instant, .timeout, id, "nothing had come within \(Milliseconds(request.timeout).exact)")
    case .givenUp(let id, let instant): add(instant, .gaveUp, id, reason(for: id, at: instant, trace))
    case .unsendable(let id, let failure):
      add(trace[id]?.departure ?? began, .unsendable, id, "\(failure)")
    case .finished(let end, let instant): add(instant, .ended, nil, Self.words(end))
    case .began, .sent, .restamped, .replied, .late, .duplicate, .revised, .beyond, .observed, .packet: break
    }
  }

  /// Why a probe was given up.
  private func reason(for id: ProbeID, at instant: Instant, _ trace: Trace) -> String {
    let waited = trace[id].map { Milliseconds(instant - $0.departure).brief } ?? "a while"
    if trace.ended == instant, trace.end == .overall { return "after \(waited), as the time of the whole trace was up" }
    let patience = request.patience.map { " (patience \($0 == $0.rounded() ? "\(Int($0))" : "\($0)"))" } ?? ""
    return "after \(waited), as the end of the path is known\(patience)"
  }

  private mutating func add(_ moment: LookUpMoment) {
    add(moment.at, moment.isAnswer ? .answered : .asked, nil, "\(moment.topic.rawValue) of \(moment.subject)")
  }

  private static func words(_ end: TraceEnd) -> String {
    switch end {
    case .reached(let ttl): "the target answered at hop \(ttl)"
    case .unreachable(let ttl, let code): "\(code.meaning) at hop \(ttl)"
    case .loop(let ttl): "a loop shows at hop \(ttl)"
    case .gapLimit: "too many silent hops follow each other"
    case .exhausted: "every hop was tried"
    case .cancelled: "it was stopped"
    case .overall: "its time was up"
    case .failed(let failure): "\(failure)"
    }
  }
}

extension StampSource {
  /// Whose time it is.
  fileprivate var clock: String {
    switch self {
    case .kernel: "the kernel's stamp"
    case .program: "the program's clock"
    }
  }
}

extension ReplyKind {
  /// For sentences: "time exceeded".
  package var words: String {
    switch self {
    case .timeExceeded: "time exceeded"
    case .echoReply: "echo reply"
    case .unreachable(let code): code.meaning
    case .datagram: "UDP datagram"
    case .reset: "TCP reset"
    case .synAck: "TCP SYN-ACK"
    }
  }
}

extension PacketKey {
  /// What it was known by.
  package var words: String {
    switch self {
    case .quote: "what it quotes"
    case .echo: "its sender, identifier and number"
    case .echoElsewhere: "its identifier and number, from another host than was asked"
    case .socket: "the socket, which is the probe's own"
    case .onlyOutstanding: "being the only probe waited for"
    }
  }
}

extension PacketVerdict {
  /// What was made of it.
  package var words: String {
    switch self {
    case .counted: "in time, it counts"
    case .revised: "in time, it counts although it was read late"
    case .late: "behind the timeout"
    case .duplicate: "one more of an answered probe"
    case .beyond: "from behind the target"
    }
  }
}
