// Theory of operation
//
// A simulated network in time, as a value without a clock: it is told the time by `send` and `receive`, so that it serves
// the real clock and a virtual one alike. It is a discrete-event simulation with two events a probe:
//
//   send       the probe gets its IP header. Its route and TTL say at once how far it will come: to hop `ttl`, or to the
//              end of the route. Crossing the links up to there costs their delays and jitters; a loss on any of them
//              ends the matter. Otherwise an event is queued for the moment at which it gets there.
//   outward    the probe is at its hop. The node answers or stays silent; errors pass its rate limit, which sees the
//              probes in the order of their arrival, whatever order they left in. The answer crosses the same links back.
//   homeward   the reply is at the vantage point: `receive` hands it out, stamped with the time of the event.
//
// Nothing is encoded anew at the hops between: what they do to a TTL is a subtraction. Every random choice is drawn from
// one generator in the order of events, so the seed and the calls made decide every byte and every instant.

import HeapModule
import Packets
import Probing
import Time
import Tracing

/// A topology brought to life: probes in, replies out, each at its time.
struct DatagramSimulation {
  private let topology: Topology
  private var routes: RouteTable
  private let links: [LinkCrossing]
  private var nodes: [NodeModel]
  private var generator: SeededGenerator

  private var flights: [Flight] = []
  private var freeSlots: [UInt32] = []
  private var events = Heap<FlightEvent>()
  private var eventCount: UInt64 = 0
  private var identification: UInt16
  private var writer = ByteWriter()

  private let capacity: Int

  init(_ topology: Topology, seed: UInt64, capacity: Int) {
    self.topology = topology
    self.capacity = capacity
    routes = RouteTable(topology)
    links = topology.links.map { LinkCrossing(LinkModel($0.behaviors)) }
    nodes = topology.nodes.map { NodeModel($0.behaviors) }
    generator = SeededGenerator(seed: seed)
    identification = UInt16(truncatingIfNeeded: generator.next())
  }

  /// When the next event is due; nil when nothing is under way.
  var nextEventTime: Instant? { events.min?.time }

  /// Sends a probe.
  ///
  /// - Parameter bytes: the batch's, of which `record.range` is the transport-layer message.
  /// - Throws: what a kernel would refuse.
  mutating func send(_ record: DepartureBatch.Record, message bytes: [UInt8], at now: Instant) throws(SendFailure) {
    let source = try VantageHost.source(of: record, in: topology)
    guard let route = routes.route(to: record.destination) else { throw VantageHost.noRoute(to: record.destination) }
    guard flights.count - freeSlots.count < capacity else { throw VantageHost.noRoom(for: capacity) }
    let ttl = Int(record.hopLimit)
    let hop = min(ttl, route.reach)
    identification &+= 1
    guard let time = cross(min(hop, route.path.nodes.count), of: route.path) else { return }
    writer.removeAll()
    ProbeDatagram.write(record, message: bytes, source: source, identification: identification, into: &writer)
    let slot = claimSlot(
      Flight(
        route: route, family: record.destination.family, protocolName: record.method.protocolName, hop: hop,
        departureTTL: ttl))
    keepWritten(in: slot)
    schedule(slot, at: now + time)
  }

  /// Appends to `batch` what has reached the vantage point by `now`, as far as the batch has room.
  mutating func receive(into batch: inout ArrivalBatch, by now: Instant) {
    while let event = events.min, event.time <= now, batch.records.count < ArrivalBatch.mostRecords {
      events.removeMin()
      let slot = Int(event.slot)
      switch flights[slot].stage {
      case .outward: answer(slot, at: event.time)
      case .homeward(let responder, let ttl):
        deliver(flights[slot], from: responder, ttl: ttl, at: event.time, into: &batch)
        release(slot)
      }
    }
  }

  /// A probe is where it gets to: its node answers, or the flight ends here.
  private mutating func answer(_ slot: Int, at now: Instant) {
    let path = flights[slot].route.path
    let position = min(flights[slot].hop, path.nodes.count)
    let node = position == 0 ? Topology.vantage : path.nodes[position - 1]
    let answer = ProbeAnswer(to: flights[slot])
    guard nodes[node].answers, let responder = topology.nodes[node].address(flights[slot].family),
      !answer.isError || nodes[node].takeError(at: now),
      let ttl = answer.arrivalTTL(fromHop: position),
      write(answer, to: slot, from: responder, ttl: ttl),
      let time = cross(position, of: path)
    else { return release(slot) }
    keepWritten(in: slot)
    flights[slot].stage = .homeward(responder: responder, ttl: ttl)
    schedule(slot, at: now + time)
  }

  /// Writes the bytes of an answer; false for a probe that no host would answer.
  private mutating func write(_ answer: ProbeAnswer, to slot: Int, from responder: IPAddress, ttl: UInt8) -> Bool {
    identification &+= 1
    writer.removeAll()
    let quotedTTL = flights[slot].departureTTL - max(0, flights[slot].hop - 1)
    ProbeDatagram.setTTL(UInt8(clamping: quotedTTL), of: &flights[slot].bytes)
    return answer.write(
      to: flights[slot].bytes, family: flights[slot].family, from: responder, ttl: ttl, identification: identification,
      into: &writer)
  }

  private func deliver(
    _ flight: Flight, from responder: IPAddress, ttl: UInt8, at time: Instant, into batch: inout ArrivalBatch
  ) {
    let start = batch.bytes.count
    batch.bytes.append(contentsOf: flight.bytes)
    var record = ArrivalBatch.Record(
      form: flight.family == .ipv4 ? .ipv4Datagram : .icmpMessage, family: flight.family, protocolName: .icmp,
      source: responder, stamp: time, stampSource: .kernel, range: start..<batch.bytes.count)
    if flight.family == .ipv6 { record.hopLimit = ttl }
    batch.records.append(record)
  }

  /// The time to cross the first `count` links of a path, in either direction; nil when the datagram is lost on one.
  private mutating func cross(_ count: Int, of path: Path) -> Duration? {
    var nanoseconds: Int64 = 0
    for index in 0..<count {
      guard let time = links[path.links[index]].nanoseconds(using: &generator) else { return nil }
      nanoseconds += time
    }
    return Duration(nanoseconds: nanoseconds)
  }
}

// Slots and events.
extension DatagramSimulation {
  /// Puts a flight into a slot, whose storage for bytes stays.
  private mutating func claimSlot(_ flight: Flight) -> Int {
    guard let free = freeSlots.popLast() else {
      flights.append(flight)
      return flights.count - 1
    }
    var flight = flight
    swap(&flight.bytes, &flights[Int(free)].bytes)
    flights[Int(free)] = flight
    return Int(free)
  }

  private mutating func release(_ slot: Int) {
    freeSlots.append(UInt32(slot))
  }

  private mutating func keepWritten(in slot: Int) {
    flights[slot].bytes.removeAll(keepingCapacity: true)
    flights[slot].bytes.append(contentsOf: writer.storage[..<writer.count])
  }

  private mutating func schedule(_ slot: Int, at time: Instant) {
    eventCount += 1
    events.insert(FlightEvent(time: time, number: eventCount, slot: UInt32(slot)))
  }
}
