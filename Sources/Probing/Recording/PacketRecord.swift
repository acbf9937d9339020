import Packets
import Time
import Tracing

/// The evidence of one trace: every probe and reply with its bytes and stamps, and what its tracer was told in which order.
///
/// A fold of `TraceEvent.packet`, as `Trace` is one of the other events. With the request and the moment at which the trace
/// began it is enough to run the same tracer again (`RecordedRun`).
package struct PacketRecord: Hashable, Sendable {
  /// What the tracer was told, one after the other; and between it what arrived for no probe, of which no tracer was told. A probe
  /// or arrival is named by its place in the lists.
  package enum Step: Hashable, Sendable {
    case departed(Int)
    case arrived(Int)
    case told(TracerStep, at: Instant)
  }

  /// Probes that left, in the order in which the tracer was told.
  package private(set) var departures: [PacketDeparture] = []
  /// What arrived, in the order in which it was read; also what was for no probe.
  package private(set) var arrivals: [PacketArrival] = []
  /// In order.
  package private(set) var steps: [Step] = []
  /// Packets and steps that were not kept, as there were too many. From the first of them on a trace cannot be computed again.
  package private(set) var leftOut = 0
  /// Arrivals for no probe that were not kept.
  package private(set) var foreignLeftOut = 0
  private var foreignCount = 0
  private var byteCount = 0
  /// By probe, the place of its departure.
  private var places: [ProbeID: Int] = [:]

  /// Most probes and replies kept of one trace: 30 hops of 270 probes, each answered.
  package static let mostPackets = 1 << 14
  /// Most arrivals kept that are for no probe: enough to see who sends them, and no more of a flood.
  package static let mostForeign = 256
  /// Most bytes kept of all packets of a trace: an answer of 576 bytes to every other one of `mostPackets`.
  package static let mostBytes = 4 << 20
  /// Most steps kept: for each packet one of its own, one of its stamp and one of the clock, and as many to spare.
  package static let mostSteps = 4 * mostPackets

  /// An empty record.
  package init() {}

  /// Whether there is nothing in it: the trace was not recorded.
  package var isEmpty: Bool { steps.isEmpty && leftOut == 0 }

  /// Probes and replies in it.
  package var count: Int { departures.count + arrivals.count }

  /// Whether everything is in it that the tracer was told.
  package var isComplete: Bool { leftOut == 0 && !steps.isEmpty }

  /// Takes an event in; one of a packet is added, others are passed over.
  package mutating func apply(_ event: TraceEvent) {
    switch event {
    case .packet(let packet): apply(packet)
    case .began: self = PacketRecord()
    case .observed(let evidence): foreignLeftOut = max(0, evidence.foreign - foreignCount)
    case .sent, .restamped, .replied, .timedOut, .givenUp, .late, .duplicate, .unsendable, .revised, .beyond, .finished:
      break
    }
  }

  /// Takes the evidence of one event in, as far as there is room.
  package mutating func apply(_ event: PacketEvent) {
    switch event {
    case .departed(let departure):
      guard hasRoom(for: departure.bytes.count) else { return leftOut += 1 }
      places[departure.probe.id] = departures.count
      steps.append(.departed(departures.count))
      departures.append(departure)
      byteCount += departure.bytes.count
    case .arrived(let arrival):
      add(arrival)
    case .told(let step, at: let instant):
      guard leftOut == 0, steps.count < Self.mostSteps else { return leftOut += 1 }
      if case .restamped(let id, let departure) = step, let place = places[id] {
        departures[place].departure = departure
        departures[place].stamp = .kernel
      }
      steps.append(.told(step, at: instant))
    case .leftOut: leftOut += 1
    }
  }

  /// Counts what was left out, of which only the number is known: that of a stored record.
  package mutating func leaveOut(_ count: Int, foreign: Int) {
    leftOut += count
    foreignLeftOut += foreign
  }

  private mutating func add(_ arrival: PacketArrival) {
    let isForeign = arrival.probe == nil
    guard !isForeign || foreignCount < Self.mostForeign else { return foreignLeftOut += 1 }
    guard hasRoom(for: arrival.bytes.count) else { return leftOut += 1 }
    if isForeign { foreignCount += 1 }
    steps.append(.arrived(arrivals.count))
    arrivals.append(arrival)
    byteCount += arrival.bytes.count
  }

  /// Nothing is kept behind something left out, so that what is kept has no gap.
  private func hasRoom(for bytes: Int) -> Bool {
    leftOut == 0 && departures.count + arrivals.count < Self.mostPackets && steps.count < Self.mostSteps
      && byteCount + bytes <= Self.mostBytes
  }

  /// The departure of a probe; nil when it did not leave, or was left out.
  package func departure(of id: ProbeID) -> PacketDeparture? { places[id].map { departures[$0] } }

  /// What arrived for a probe, in the order in which it was read.
  package func arrivals(for id: ProbeID) -> [PacketArrival] { arrivals.filter { $0.probe == id } }

  /// What arrived and was for no probe of the trace.
  package var foreignArrivals: [PacketArrival] { arrivals.filter { $0.probe == nil } }
}
