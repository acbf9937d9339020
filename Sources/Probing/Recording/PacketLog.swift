import Packets
import Time
import Tracing

/// What a `TracerTable` has to remember of a running trace to tell its packets as events, and how many it has told.
///
/// A trace that is not recorded has none, and costs nothing.
struct PacketLog {
  /// When the tracer wanted each probe sent that has not left.
  private var queued: [ProbeID: Instant] = [:]
  /// Probes that are with the transport, complete but for their departure.
  private var handedOver: [LaunchID: PacketDeparture] = [:]
  private var packets = 0
  private var bytes = 0
  private var steps = 0
  private var foreign = 0

  /// Whether nothing more is told: the bounds are those of `PacketRecord`, which counts what is left out.
  private var isFull: Bool {
    packets >= PacketRecord.mostPackets || bytes >= PacketRecord.mostBytes || steps >= PacketRecord.mostSteps
  }

  /// The tracer wants a probe sent.
  mutating func queue(_ id: ProbeID, at now: Instant) {
    if !isFull { queued[id] = now }
  }

  /// A probe has been encoded for the transport.
  mutating func handOver(_ record: DepartureBatch.Record, _ probe: Probe, _ all: [UInt8], at now: Instant) {
    guard !isFull else { return }
    var departure = PacketDeparture(
      probe: probe, method: record.method, source: record.source, destination: record.destination,
      hopLimit: record.hopLimit, queued: queued[probe.id] ?? now, handedOver: now, departure: now, stamp: .program,
      settled: now, bytes: Array(all[record.range]))
    departure.interfaceIndex = record.interfaceIndex
    departure.port = record.port
    handedOver[record.launch] = departure
  }

  /// The transport gives a probe back, unsent: it will be handed over again, or is no longer wanted.
  mutating func takeBack(_ launch: LaunchID) { handedOver[launch] = nil }

  /// A probe has left.
  ///
  /// - Returns: what to tell of it.
  mutating func depart(_ launch: LaunchID, _ departure: Instant, _ stamp: StampSource, at now: Instant) -> PacketEvent?
  {
    // Only a full log has not been told of it.
    guard var packet = handedOver.removeValue(forKey: launch) else { return .leftOut }
    queued[packet.probe.id] = nil
    packet.departure = departure
    packet.stamp = stamp
    packet.toldDeparture = departure
    packet.toldStamp = stamp
    packet.settled = now
    return count(.departed(packet), packet.bytes.count)
  }

  /// Something arrived for a probe of this trace.
  mutating func arrive(_ arrival: PacketArrival) -> PacketEvent { count(.arrived(arrival), arrival.bytes.count) }

  /// Whether one more arrival that is for no probe is to be told; counts it.
  mutating func takesForeign() -> Bool {
    foreign += 1
    return foreign <= PacketRecord.mostForeign && !isFull
  }

  /// The tracer is told something that is no packet.
  mutating func tell(_ input: TracerInput, at now: Instant) -> PacketEvent? {
    let step: TracerStep
    switch input {
    case .begin, .departed, .reply: return nil
    case .restamped(let id, let departure): step = .restamped(id, departure: departure)
    case .unsendable(let id, let failure):
      queued[id] = nil
      step = .unsendable(id, failure)
    case .ambiguous: step = .ambiguous
    case .tick: step = .tick
    case .cancel: step = .cancel
    }
    guard !isFull else { return .leftOut }
    steps += 1
    return .told(step, at: now)
  }

  private mutating func count(_ event: PacketEvent, _ size: Int) -> PacketEvent {
    guard !isFull else { return .leftOut }
    packets += 1
    steps += 1
    bytes += size
    return event
  }
}

extension PacketArrival {
  /// An arrival of a batch.
  init(_ record: ArrivalBatch.Record, _ bytes: RawSpan, read: Instant, _ match: PacketMatch) {
    self.init(
      form: record.form, family: record.family, protocolName: record.protocolName, source: record.source,
      stamp: record.stamp, stampSource: record.stampSource, read: read, match: match,
      bytes: bytes.withUnsafeBytes { Array($0) })
    quotedDestination = record.quotedDestination
    quotedPort = record.quotedPort
    localIdentity = record.localIdentity
    hopLimit = record.hopLimit
    errorType = record.errorType
    errorCode = record.errorCode
    errorInfo = record.errorInfo
    extensionOffset = record.extensionOffset
    isOnOwnSocket = record.launch != nil
  }
}

extension PacketVerdict {
  /// What an event says that a tracer made of a reply; nil for other events.
  init?(_ event: TraceEvent) {
    switch event {
    case .replied: self = .counted
    case .revised: self = .revised
    case .late: self = .late
    case .duplicate: self = .duplicate
    case .beyond: self = .beyond
    case .began, .sent, .restamped, .timedOut, .givenUp, .unsendable, .observed, .finished, .packet: return nil
    }
  }
}
