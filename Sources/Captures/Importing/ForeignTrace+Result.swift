import Packets
import Probing
import Results
import Time
import Tracing

extension ForeignTrace {
  /// The timeout by which answers are judged: what traceroute itself waits at most.
  private static let timeout: Duration = .nanoseconds(TraceFinder.wait)

  /// The trace as a result, made by the same tracer as our own, told of the probes and answers at the moments of the capture.
  ///
  /// Probes that the tracer would not have sent, mostly those behind the target, are not part of it.
  /// - Parameters:
  ///   - commandLine: as it was typed.
  ///   - name: given by `as NAME`.
  ///   - file: what is read, for the name of the network.
  package func result(
    id: ResultID, commandLine: String, name: String?, file: String, version: String
  ) -> TraceResult {
    var run = TracerRun(self, request)
    run.play()
    var result = TraceResult(
      id: id, commandLine: commandLine, target: target.description, name: name, network: "capture \(file)",
      started: WallTime(milliseconds: began / 1_000_000), version: version, trace: run.trace)
    for packet in run.packets { result.packets.apply(packet) }
    result.localAddress = source
    return result
  }

  /// What our tracer would have been asked, to send these probes.
  private var request: TraceRequest {
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: protocolName, socket: .capture, family: target.family))
    let ttls = probes.map(\.ttl)
    request.firstTTL = ttls.min() ?? .first
    request.lastTTL = ttls.max() ?? .first
    var attempts: [TTL: Int] = [:]
    for ttl in ttls { attempts[ttl, default: 0] += 1 }
    request.queries = min(TraceRequest.mostQueries, attempts.values.max() ?? 1)
    request.source = source
    request.port = probes.first?.packet.port ?? 0
    request.timeout = Self.timeout
    request.window = TraceRequest.mostWindow
    request.attemptInterval = .zero
    request.patience = nil
    request.keepsPackets = true
    let last = probes.map(\.packet.stamp).max() ?? began
    // Until the last probe has had its time, and a second more: then what the tool did not send is not waited for. What would
    // have come behind the end of the capture nobody knows: there the waiting ends, a microsecond after its last packet.
    request.overall = min(
      .nanoseconds(last - began) + Self.timeout + .seconds(1), .nanoseconds(captureEnd - began) + .microseconds(1))
    return request
  }
}

extension ForeignTrace.Packet {
  /// The destination port of a probe; 0 for ICMP and when it is cut off.
  fileprivate var port: UInt16 {
    guard offset + 4 <= bytes.count else { return 0 }
    return UInt16(bytes[offset + 2]) << 8 | UInt16(bytes[offset + 3])
  }
}

/// A tracer that is told what a capture shows, and what it makes of it.
private struct TracerRun {
  private let foreign: ForeignTrace
  private let request: TraceRequest
  private var tracer: Tracer
  private var effects: [TracerEffect] = []
  private(set) var packets: [PacketEvent] = []
  private var launched: Set<ProbeID> = []

  var trace: Trace { tracer.trace }

  /// Something in the capture: a probe, or an answer to one, by their places.
  private enum Moment {
    case probe(Int)
    case answer(Int, Int)
    case unclear(Int)
  }

  init(_ foreign: ForeignTrace, _ request: TraceRequest) {
    self.foreign = foreign
    self.request = request
    tracer = Tracer(request, at: .zero)
  }

  /// The stamps of the capture as instants: its first probe is the zero of the clock.
  private func instant(_ packet: ForeignTrace.Packet) -> Instant {
    Instant(nanoseconds: packet.stamp - foreign.began)
  }

  mutating func play() {
    tell(.begin, at: .zero)
    var moments: [(at: Instant, number: Int, moment: Moment)] = []
    for (index, probe) in foreign.probes.enumerated() {
      moments.append((instant(probe.packet), probe.packet.number, .probe(index)))
      for (place, answer) in probe.answers.enumerated() {
        moments.append((instant(answer), answer.number, .answer(index, place)))
      }
    }
    for (index, packet) in foreign.unclear.enumerated() {
      moments.append((instant(packet), packet.number, .unclear(index)))
    }
    moments.sort { ($0.at, $0.number) < ($1.at, $1.number) }
    var ids: [Int: ProbeID] = [:]
    for (at, _, moment) in moments {
      tick(until: at)
      switch moment {
      case .probe(let index): ids[index] = depart(foreign.probes[index], at: at)
      case .answer(let index, let place):
        guard let id = ids[index] else { continue }
        arrive(foreign.probes[index].answers[place], for: id, at: at)
      case .unclear(let index):
        packets.append(.arrived(arrival(foreign.unclear[index], at: at, .ambiguous)))
      }
    }
    if let overall = request.overall { tick(until: .zero + overall) }
  }

  /// Lets the tracer notice what falls due up to a moment. Bounded by what it waits for: every tick ends a wait.
  private mutating func tick(until moment: Instant) {
    var last: Instant?
    while let deadline = tracer.deadline, deadline <= moment, deadline != last {
      handle(.tick, .told(.tick, at: deadline), at: deadline)
      last = deadline
    }
  }

  /// - Returns: nil when the tracer does not want this probe: it lies behind the target, or a router is spared.
  private mutating func depart(_ probe: ForeignTrace.Probe, at now: Instant) -> ProbeID? {
    let attempt = tracer.trace[probe.ttl]?.probes.count ?? 0
    let ours = Probe(id: ProbeID(ttl: probe.ttl, attempt: UInt16(clamping: attempt)), flow: request.flow)
    guard launched.contains(ours.id), tracer.wants(ours) else { return nil }
    var departure = PacketDeparture(
      probe: ours, method: request.method, source: foreign.source, destination: foreign.target,
      hopLimit: probe.ttl.value, queued: now, handedOver: now, departure: now, stamp: .kernel, settled: now,
      bytes: Array(probe.packet.bytes.dropFirst(probe.packet.offset).prefix(ArrivalBatch.mostBytes)))
    departure.port = foreign.protocolName == .icmp ? 0 : probe.packet.port
    handle(
      .departed(ours.id, departure: now, stamp: .kernel), .departed(departure), at: now)
    return ours.id
  }

  private mutating func arrive(_ answer: ForeignTrace.Packet, for id: ProbeID, at now: Instant) {
    var packet = arrival(answer, at: now, .probe(id, by: answer.key))
    guard let reply = packet.reply else { return }
    let place = packets.count
    tell(.reply(id, reply), at: now)
    for case .event(let event) in effects where packet.verdict == nil { packet.verdict = event.verdict }
    packets.insert(.arrived(packet), at: place)
  }

  private func arrival(_ packet: ForeignTrace.Packet, at now: Instant, _ match: PacketMatch) -> PacketArrival {
    let family = foreign.target.family
    let form: ArrivalForm = packet.isDatagram ? .udpDatagram : family == .ipv4 ? .ipv4Datagram : .ipv6Datagram
    var arrival = PacketArrival(
      form: form, family: family, protocolName: foreign.protocolName, source: packet.source, stamp: now,
      stampSource: .kernel, read: now, match: match,
      bytes: packet.isDatagram ? [] : Array(packet.bytes.prefix(ArrivalBatch.mostBytes)))
    arrival.quotedPort = packet.isDatagram ? packet.port : 0
    return arrival
  }

  private mutating func handle(_ input: TracerInput, _ packet: PacketEvent, at now: Instant) {
    packets.append(packet)
    tell(input, at: now)
  }

  private mutating func tell(_ input: TracerInput, at now: Instant) {
    effects.removeAll(keepingCapacity: true)
    tracer.handle(input, at: now, into: &effects)
    for case .launch(let probe) in effects { launched.insert(probe.id) }
  }
}
