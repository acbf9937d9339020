// Theory of operation
//
// A simulated network in time, as a value without a clock: it is told the time by `send` and `receive`, so that it
// serves the real clock and a virtual one alike. It carries IP datagrams for one of two fronts: the host of the lab,
// whose probes come from our own prober (`VantageHost`), or a TUN device behind which a real kernel is
// (`TunnelNetwork`). It is a discrete-event simulation with two events a datagram:
//
//   send       the way of the datagram is worked out at once, node by node (`DatagramSimulation+Forwarding`), and with it
//              the way home of the answer (`+Returning`). Crossing the links costs their delays and jitters; a loss on
//              any of them ends the matter. Otherwise an event is queued for the moment at which it gets to the node
//              that will answer.
//   outward    the datagram is there. The node answers or stays silent (`+Answering`); errors pass its rate limit, which
//              sees the datagrams in the order of their arrival, whatever order they left in. The answer crosses the
//              links home; the name server's leaves when it has been found.
//   homeward   the answer is at the vantage point: `receive` hands it out, with the time of the event.
//
// Nothing is encoded anew at the hops between: what they do to a TTL is a subtraction. Every random choice is drawn
// from one generator in the order of events, so the seed and the calls made decide every byte and every instant. Where
// many threads send, the order is chance itself: there each datagram brings a seed of its own (`FlightChances`), and
// the order decides only what a rate limit sees, and which datagrams a burst of losses hits.
//
// A network may change while datagrams are under way: by its schedule, whose clock starts with the first datagram, or by
// `apply`. What has left goes the way that there was when it left.

import HeapModule
import Packets
import Statistics
import Time

/// A topology brought to life: datagrams in, answers out, each at its time.
struct DatagramSimulation {
  private(set) var topology: Topology
  var routes: RouteTable
  var links: [LinkCrossing]
  var nodes: [NodeModel]
  var nameService: NameService?
  private(set) var nodeIndices: [String: Int] = [:]
  /// Of each node: whether it may send a datagram another way than the shortest, and whether it does anything unusual with
  /// what passes it.
  private(set) var isSteered: [Bool] = []
  private(set) var hasForwarding: [Bool] = []
  private(set) var balanceSeeds: [UInt64] = []
  private(set) var hasReturnWays = false
  private var changes = ChangeClock()
  private var generator: SeededGenerator

  var flights: [Flight] = []
  /// Of the datagram that is just being sent.
  var passage = Passage()
  private var freeSlots: [UInt32] = []
  /// Of datagrams on their way out, and of answers on their way home; what is due first in either is next.
  private var outward = Heap<FlightEvent>()
  private var homeward = Heap<FlightEvent>()
  private var eventCount: UInt64 = 0
  private var identification: UInt16
  var writer = ByteWriter()

  private let capacity: Int

  /// Why a datagram is not taken.
  enum Refusal: Error {
    /// No node at all can be reached in its family.
    case noRoute
    /// It does not fit the vantage point's own link, which carries as many bytes as this.
    case tooLong(Int)
    /// As many are under way as there is room for.
    case full
  }

  init(_ topology: Topology, seed: UInt64, capacity: Int) {
    self.topology = topology
    self.capacity = capacity
    changes.takeStated(of: topology)
    routes = RouteTable(topology, without: changes.failures)
    links = topology.links.map { LinkCrossing(LinkModel($0.behaviors)) }
    nodes = topology.nodes.map { NodeModel($0.behaviors) }
    nameService = NameService(topology)
    generator = SeededGenerator(seed: seed)
    identification = UInt16(truncatingIfNeeded: generator.next())
    prepare()
  }

  /// Goes on with another form of the same network: nodes and links that it had before keep their places in it.
  ///
  /// What is under way stays so. A rate limit, a burst of losses goes on where nothing was changed about it.
  mutating func apply(_ new: Topology) {
    let old = topology
    topology = new
    changes.takeStated(of: new)
    routes = RouteTable(new, without: changes.failures)
    var links = new.links.map { LinkCrossing(LinkModel($0.behaviors)) }
    for index in links.indices where index < old.links.count { links[index].resume(self.links[index]) }
    self.links = links
    var nodes = new.nodes.map { NodeModel($0.behaviors) }
    for index in nodes.indices where index < old.nodes.count {
      nodes[index].resume(self.nodes[index])
    }
    self.nodes = nodes
    let oldService = nameService
    nameService = NameService(new)
    if let oldService { nameService?.resume(oldService) }
    prepare()
  }

  /// Works out what forwarding looks at.
  private mutating func prepare() {
    nodeIndices = Dictionary(
      zip(topology.nodes.map(\.name), topology.nodes.indices), uniquingKeysWith: { first, _ in first })
    isSteered = nodes.map { $0.forwarding.balance != nil || !$0.forwarding.staticRoutes.isEmpty }
    hasForwarding = nodes.map(\.forwarding.isUnusual)
    hasReturnWays = nodes.contains { !$0.forwarding.returnWay.isEmpty }
    balanceSeeds = zip(topology.nodes, nodes).map { node, model in
      model.forwarding.balanceSeed.map { UInt64($0) } ?? Self.seed(of: node.name)
    }
  }

  /// A number that follows from a name (FNV-1a), so that a network balances the same way however it is written.
  private static func seed(of name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
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
    if changes.advance(to: now, of: topology) { routes = RouteTable(topology, without: changes.failures) }
    guard let route = routes.route(to: header.destination) else { throw .noRoute }
    guard hasRoom else { throw .full }
    var own = seed.map { SeededGenerator(seed: $0) }
    guard let fate = pass(bytes, header, by: route, &own), fate.kind != .dropped else { return }
    if passage.trail.isEmpty, case .tooBig(let mtu) = fate.kind { throw .tooLong(mtu) }
    findWayHome(fate, header.family)
    let slot = claimSlot(
      Flight(header: header, fate: fate, homeCount: passage.homeCount, sender: sender, generator: own))
    flights[slot].bytes.removeAll(keepingCapacity: true)
    flights[slot].bytes.append(contentsOf: bytes[..<header.length])
    swap(&flights[slot].home, &passage.home)
    schedule(slot, at: now + Duration(nanoseconds: passage.elapsed))
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

  /// How long a crossing takes; nil when the datagram is lost.
  ///
  /// - Parameter own: the datagram's own generator; nil takes the simulation's.
  mutating func nanoseconds(
    ofCrossing link: Int, isBackward: Bool, _ own: inout SeededGenerator?
  ) -> Int64? {
    // Not by `draw`, whose closure could not change the link beside the generator.
    guard var generator = own else { return links[link].nanoseconds(isBackward: isBackward, using: &self.generator) }
    defer { own = generator }
    return links[link].nanoseconds(isBackward: isBackward, using: &generator)
  }

  /// Draws from a datagram's own generator, or from the simulation's.
  mutating func draw<Value>(_ own: inout SeededGenerator?, _ body: (inout SeededGenerator) -> Value) -> Value {
    guard var generator = own else { return body(&self.generator) }
    defer { own = generator }
    return body(&generator)
  }
}

// Slots and events.
extension DatagramSimulation {
  var hasRoom: Bool { flights.count - freeSlots.count < capacity }

  /// Puts a flight into a slot, whose storage stays.
  mutating func claimSlot(_ flight: Flight) -> Int {
    guard let free = freeSlots.popLast() else {
      flights.append(flight)
      return flights.count - 1
    }
    var flight = flight
    swap(&flight.bytes, &flights[Int(free)].bytes)
    swap(&flight.home, &flights[Int(free)].home)
    flights[Int(free)] = flight
    return Int(free)
  }

  mutating func release(_ slot: Int) {
    freeSlots.append(UInt32(slot))
  }

  mutating func schedule(_ slot: Int, at time: Instant) {
    eventCount += 1
    let event = FlightEvent(time: time, number: eventCount, slot: UInt32(slot))
    switch flights[slot].stage {
    case .outward: outward.insert(event)
    case .homeward: homeward.insert(event)
    }
  }
}
