// Theory of operation
//
// A simulated network in time, as a value without a clock: it is told the time by `send` and `receive`, so that it
// serves the real clock and a virtual one alike. It carries IP datagrams for one of two fronts: the host of the lab,
// whose probes come from our own prober (`VantageHost`), or a TUN device behind which a real kernel is
// (`TunnelNetwork`). It is a discrete-event simulation with two events a datagram:
//
//   send       the route of the datagram and its TTL say at once how far it will come: to hop `ttl`, or to the end of
//              the route. Crossing the links up to there costs their delays and jitters; a loss on any of them ends
//              the matter. Otherwise an event is queued for the moment at which it gets there.
//   outward    the datagram is at its hop. The node answers or stays silent; errors pass its rate limit, which sees the
//              datagrams in the order of their arrival, whatever order they left in. The answer crosses the same links
//              back; the name server's leaves when it has been found.
//   homeward   the answer is at the vantage point: `receive` hands it out, with the time of the event.
//
// Nothing is encoded anew at the hops between: what they do to a TTL is a subtraction. Every random choice is drawn
// from one generator in the order of events, so the seed and the calls made decide every byte and every instant. Where
// many threads send, the order is chance itself: there each datagram brings a seed of its own (`FlightChances`), and
// the order decides only what a rate limit sees.

import HeapModule
import Packets
import Statistics
import Time

/// A topology brought to life: datagrams in, answers out, each at its time.
struct DatagramSimulation {
  private let topology: Topology
  private var routes: RouteTable
  private let links: [LinkCrossing]
  private var nodes: [NodeModel]
  private let nameService: NameService?
  private var generator: SeededGenerator

  private var flights: [Flight] = []
  private var freeSlots: [UInt32] = []
  /// Of datagrams on their way out, and of answers on their way home; what is due first in either is next.
  private var outward = Heap<FlightEvent>()
  private var homeward = Heap<FlightEvent>()
  private var eventCount: UInt64 = 0
  private var identification: UInt16
  private var writer = ByteWriter()

  private let capacity: Int

  /// Why a datagram is not taken.
  enum Refusal: Error {
    /// No node at all can be reached in its family.
    case noRoute
    /// As many are under way as there is room for.
    case full
  }

  init(_ topology: Topology, seed: UInt64, capacity: Int) {
    self.topology = topology
    self.capacity = capacity
    routes = RouteTable(topology)
    links = topology.links.map { LinkCrossing(LinkModel($0.behaviors)) }
    nodes = topology.nodes.map { NodeModel($0.behaviors) }
    nameService = NameService(topology)
    generator = SeededGenerator(seed: seed)
    identification = UInt16(truncatingIfNeeded: generator.next())
  }

  /// When the next event is due; nil when nothing is under way.
  var nextEventTime: Instant? { nextEvent?.time }

  /// When the next answer arrives at the vantage point, of those that are on their way home; nil when none is.
  var nextAnswerTime: Instant? { homeward.min?.time }

  /// Whether the next event is an answer's arrival at the vantage point.
  var isAnswerNext: Bool {
    guard let event = nextEvent, case .homeward = flights[Int(event.slot)].stage else { return false }
    return true
  }

  private var nextEvent: FlightEvent? {
    guard let out = outward.min else { return homeward.min }
    return homeward.min.map { min($0, out) } ?? out
  }

  /// A number for the identification of an IPv4 header, different from that of the datagrams before.
  mutating func nextIdentification() -> UInt16 {
    identification &+= 1
    return identification
  }

  /// Sends a datagram.
  ///
  /// - Parameters:
  ///   - bytes: begin with the datagram, from its IP header on, as it leaves the host; what follows it is not looked
  ///     at.
  ///   - header: what its header says.
  ///   - sender: given back with the answer.
  ///   - seed: decides what happens to it and to its answer; nil leaves that to the order of events.
  mutating func send(
    _ bytes: [UInt8], _ header: DatagramHeader, from sender: FlightSender = .only, seed: UInt64? = nil, at now: Instant
  ) throws(Refusal) {
    guard let route = routes.route(to: header.destination) else { throw .noRoute }
    guard flights.count - freeSlots.count < capacity else { throw .full }
    let hop = min(Int(header.timeToLive), route.reach)
    var own = seed.map { SeededGenerator(seed: $0) }
    guard let time = cross(min(hop, route.path.nodes.count), of: route.path, &own) else { return }
    let slot = claimSlot(Flight(header: header, route: route, hop: hop, sender: sender, generator: own))
    flights[slot].bytes.removeAll(keepingCapacity: true)
    flights[slot].bytes.append(contentsOf: bytes[..<header.length])
    schedule(slot, at: now + time)
  }

  /// Hands out what reaches the vantage point by `now`, in the order of time.
  ///
  /// - Parameters:
  ///   - count: the most answers that are handed out.
  ///   - take: is given the answer from its IP header on, when it arrives, and who sent what it answers.
  mutating func receive(atMost count: Int, by now: Instant, _ take: ([UInt8], Instant, FlightSender) -> Void) {
    var left = count
    while left > 0, let event = nextEvent, event.time <= now {
      let slot = Int(event.slot)
      switch flights[slot].stage {
      case .outward:
        outward.removeMin()
        answer(slot, at: event.time)
      case .homeward:
        homeward.removeMin()
        take(flights[slot].bytes, event.time, flights[slot].sender)
        left -= 1
        release(slot)
      }
    }
  }

  /// A datagram is where it gets to: its node answers, or the flight ends here.
  private mutating func answer(_ slot: Int, at now: Instant) {
    let path = flights[slot].route.path
    let position = min(flights[slot].hop, path.nodes.count)
    let node = position == 0 ? Topology.vantage : path.nodes[position - 1]
    guard var answer = NodeAnswer(to: flights[slot]), nodes[node].answers,
      let responder = topology.nodes[node].address(flights[slot].header.family)
    else { return release(slot) }
    var own = flights[slot].generator
    var turnaround = Duration.zero
    if case .portUnreachable = answer, let nameService, nameService.takes(flights[slot]) {
      let flight = flights[slot]
      let found = draw(&own) { nameService.answer(to: flight, using: &$0) }
      guard let (message, time) = found else { return release(slot) }
      answer = .datagram(message)
      turnaround = time
    }
    guard !answer.isError || nodes[node].takeError(at: now), let ttl = answer.arrivalTTL(fromHop: position) else {
      return release(slot)
    }
    write(answer, to: slot, from: responder, ttl: ttl)
    guard writer.count > 0, let time = cross(position, of: path, &own) else { return release(slot) }
    flights[slot].bytes.removeAll(keepingCapacity: true)
    flights[slot].bytes.append(contentsOf: writer.storage[..<writer.count])
    flights[slot].stage = .homeward
    schedule(slot, at: now + turnaround + time)
  }

  /// Writes the bytes of an answer, with the datagram's TTL as it was at the node.
  private mutating func write(_ answer: NodeAnswer, to slot: Int, from responder: IPAddress, ttl: UInt8) {
    writer.removeAll()
    let ttlThere = Int(flights[slot].header.timeToLive) - max(0, flights[slot].hop - 1)
    ProbeDatagram.setTTL(UInt8(clamping: ttlThere), of: &flights[slot].bytes)
    let number = nextIdentification()
    answer.write(to: flights[slot], from: responder, ttl: ttl, identification: number, into: &writer)
  }

  /// The time to cross the first `count` links of a path, in either direction; nil when the datagram is lost on one.
  ///
  /// - Parameter own: the datagram's own generator; nil takes the simulation's.
  private mutating func cross(_ count: Int, of path: Path, _ own: inout SeededGenerator?) -> Duration? {
    var nanoseconds: Int64 = 0
    for index in 0..<count {
      let link = links[path.links[index]]
      guard let time = draw(&own, { link.nanoseconds(using: &$0) }) else { return nil }
      nanoseconds += time
    }
    return Duration(nanoseconds: nanoseconds)
  }

  /// Draws from a datagram's own generator, or from the simulation's.
  private mutating func draw<Value>(_ own: inout SeededGenerator?, _ body: (inout SeededGenerator) -> Value) -> Value {
    guard var generator = own else { return body(&self.generator) }
    defer { own = generator }
    return body(&generator)
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

  private mutating func schedule(_ slot: Int, at time: Instant) {
    eventCount += 1
    let event = FlightEvent(time: time, number: eventCount, slot: UInt32(slot))
    switch flights[slot].stage {
    case .outward: outward.insert(event)
    case .homeward: homeward.insert(event)
    }
  }
}
