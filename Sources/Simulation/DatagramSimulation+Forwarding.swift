import Packets
import Statistics

/// The way out: what each node does with a datagram that is not for it.
///
/// The order at a node is that of a forwarding Linux (net/ipv4/ip_forward.c, ip6_output.c): the route, the TTL, the MTU of
/// the link that comes next, and only then is the TTL counted down; the firewall, the translation, and last the
/// neighbour, who may be missing.
extension DatagramSimulation {
  /// Where a datagram is on its way.
  private struct Position {
    var node = Topology.vantage
    var ttl: Int
    /// The TTL of the label, inside a tunnel.
    var labelTTL: Int?
    /// What is ahead, and how much of it lies behind.
    var plan: Path
    var planned = 0
    var fate: Passage.Fate

    var next: Adjacency? {
      planned < plan.nodes.count ? Adjacency(node: plan.nodes[planned], link: plan.links[planned]) : nil
    }
  }

  /// Sends a datagram along its way.
  ///
  /// - Parameter own: the datagram's own generator; nil takes the simulation's.
  /// - Returns: what becomes of it; nil when it is lost on a link. `passage` has the way.
  mutating func pass(
    _ bytes: [UInt8], _ header: DatagramHeader, by route: Route, _ own: inout SeededGenerator?
  ) -> Passage.Fate? {
    passage.reset()
    let ttl = Int(header.timeToLive)
    var position = Position(ttl: ttl, plan: route.path, fate: .here(ttl: ttl))
    guard let end = route.path.nodes.last else { return position.fate }
    while passage.trail.count < Passage.mostSteps {
      switch forward(&position, by: route, to: end, bytes, header, &own) {
      case .end(let kind):
        position.fate.kind = kind
        position.fate.node = position.node
        if hasForwarding[position.node], nodes[position.node].forwarding.tunnel != nil { lookAhead(position) }
        return position.fate
      case .next(let next):
        if next.node == position.next?.node {
          position.planned += 1
        } else {
          guard let plan = routes.path(from: next.node, to: end, header.family) else { return nil }
          position.plan = plan
          position.planned = 0
        }
        guard cross(next, from: position.node, &own) else { return nil }
        position.node = next.node
      }
    }
    return nil
  }

  /// What a node does with a datagram.
  private enum Step {
    case next(Adjacency)
    case end(Passage.Fate.Kind)
  }

  /// What the node does where a datagram is.
  private mutating func forward(
    _ position: inout Position, by route: Route, to end: Int, _ bytes: [UInt8], _ header: DatagramHeader,
    _ own: inout SeededGenerator?
  ) -> Step {
    let node = position.node
    let ending = node == end ? route.ending : nil
    position.fate.ttl = position.ttl
    position.fate.label = nil
    if case .delivered = ending {
      leaveTunnel(&position)
      return .end(.delivered)
    }
    let staticRoute = staticRoute(of: node, header.destination)
    /// A route of the node's own also leads on where the way would end.
    let goesOn = ending == nil || staticRoute != nil
    let isRouted = !passage.trail.isEmpty
    if isRouted, let kind = spend(&position, ending, goesOn: goesOn) { return .end(kind) }
    var next: Adjacency?
    if goesOn {
      guard let chosen = choose(at: position, by: staticRoute, to: end, bytes, header, &own) else {
        return .end(.dropped)
      }
      if let kind = obstacle(of: header, on: chosen.link) { return .end(kind) }
      next = chosen
    }
    guard isRouted else { return next.map(Step.next) ?? .end(.dropped) }
    countDown(&position, goesOn: goesOn)
    if hasForwarding[node] {
      let protocols = ProtocolSet(header.protocolNumber)
      guard nodes[node].forwarding.dropped.isDisjoint(with: protocols) else { return .end(.dropped) }
      guard nodes[node].forwarding.prohibited.isDisjoint(with: protocols) else {
        position.fate.ttl = position.ttl
        return .end(.prohibited)
      }
      translate(&position, header)
    }
    guard let next else {
      position.fate.ttl = position.ttl
      return .end(.hostUnreachable)
    }
    return .next(next)
  }

  /// The rest of the tunnel that a datagram is in.
  private mutating func lookAhead(_ position: Position) {
    let rest = Path(
      nodes: Array(position.plan.nodes[position.planned...]), links: Array(position.plan.links[position.planned...]))
    for step in steps(of: rest, from: position.node) {
      passage.ahead.append(step)
      if nodes[step.node].forwarding.tunnel == nil { return }
    }
  }

  /// The route that a node has of its own; nil for none.
  private func staticRoute(of node: Int, _ destination: IPAddress) -> StaticRoute? {
    guard isSteered[node] else { return nil }
    return nodes[node].forwarding.staticRoutes.first { $0.prefix.contains(destination) }
  }

  /// The next hop; nil where a route of the node's own leads nowhere.
  private mutating func choose(
    at position: Position, by route: StaticRoute?, to end: Int, _ bytes: [UInt8], _ header: DatagramHeader,
    _ own: inout SeededGenerator?
  ) -> Adjacency? {
    guard isSteered[position.node] else { return position.next }
    let node = position.node
    let family = header.family
    if let route {
      guard let next = nodeIndices[route.next], let link = routes.link(from: node, to: next, family) else { return nil }
      passage.mayTurnBack = true
      return Adjacency(node: next, link: link)
    }
    guard let mode = nodes[node].forwarding.balance else { return position.next }
    let ways = routes.nextHops(from: node, to: end, family)
    guard ways.count > 1 else { return position.next }
    switch mode {
    case .packet: return ways[draw(&own) { $0.index(below: ways.count) }]
    case .flow, .destination:
      let fields = FlowFields(bytes, header, mode)
      return ways[fields.index(below: ways.count, seed: balanceSeeds[node])]
    }
  }

  /// What a link's MTU does to a datagram; nil when it fits.
  private func obstacle(of header: DatagramHeader, on link: Int) -> Passage.Fate.Kind? {
    guard let mtu = links[link].mtu, header.length > mtu, header.dontFragment else { return nil }
    return links[link].dropsSilently ? .dropped : .tooBig(mtu)
  }

  /// Crosses a link; false when the datagram is lost on it.
  private mutating func cross(_ next: Adjacency, from node: Int, _ own: inout SeededGenerator?) -> Bool {
    let isBackward = topology.links[next.link].ends.1 == node
    guard let time = nanoseconds(ofCrossing: next.link, isBackward: isBackward, &own) else { return false }
    passage.trail.append(Passage.Step(link: next.link, node: next.node, isBackward: isBackward))
    passage.elapsed += time
    return true
  }

  /// Looks for a route, and at the TTL.
  ///
  /// - Parameters:
  ///   - ending: how the way ends here; nil when it does not.
  ///   - goesOn: whether there is a next hop.
  /// - Returns: what ends the datagram here; nil when its TTL lasts.
  private mutating func spend(
    _ position: inout Position, _ ending: Route.Ending?, goesOn: Bool
  ) -> Passage.Fate.Kind? {
    let node = position.node
    switch tunnel(at: node, goesOn: goesOn) {
    case .visible, .implicit:
      guard (position.labelTTL ?? position.ttl) <= 1 else { return nil }
      if nodes[node].forwarding.tunnel == .visible { position.fate.label = Self.label(of: node) }
      return .timeExceeded
    case .invisible: return nil
    case nil: break
    }
    leaveTunnel(&position)
    if case .noRoute = ending, !goesOn { return .networkUnreachable }
    if nodes[node].forwarding.keepsTTL { return nil }
    let least = nodes[node].forwarding.forwardsZeroTTL ? 0 : 1
    return position.ttl > least ? nil : .timeExceeded
  }

  /// Counts the TTL down, at a node that does.
  private func countDown(_ position: inout Position, goesOn: Bool) {
    switch tunnel(at: position.node, goesOn: goesOn) {
    case .visible, .implicit: position.labelTTL = (position.labelTTL ?? position.ttl) - 1
    case .invisible: break
    case nil: if !nodes[position.node].forwarding.keepsTTL { position.ttl -= 1 }
    }
  }

  /// The tunnel that a node is inside of; where the way ends, so does the tunnel.
  private func tunnel(at node: Int, goesOn: Bool) -> TunnelMode? {
    hasForwarding[node] && goesOn ? nodes[node].forwarding.tunnel : nil
  }

  /// Behind a tunnel the IP header has the TTL that the label had left (RFC 3443 section 3.1).
  private func leaveTunnel(_ position: inout Position) {
    guard let label = position.labelTTL else { return }
    position.ttl = label
    position.fate.ttl = label
    position.labelTTL = nil
  }

  /// Puts other addresses into a datagram that passes, as far as anybody can see them.
  private func translate(_ position: inout Position, _ header: DatagramHeader) {
    let forwarding = nodes[position.node].forwarding
    if let source = forwarding.sources.first(where: { $0.family == header.family }), forwarding.keepsQuotes {
      position.fate.quotedSource = source
    }
    if let translation = forwarding.destinations.first(where: { $0.outside == header.destination }) {
      position.fate.mask = translation.outside
      if forwarding.keepsQuotes { position.fate.quotedDestination = translation.inside }
    }
  }

  /// The label with which probes come to a router: of the range that IOS XR begins with.
  private static func label(of node: Int) -> UInt32 { 24_000 + UInt32(truncatingIfNeeded: node) }
}

/// What a load balancer looks at.
private struct FlowFields {
  private var state: UInt64

  init(_ bytes: [UInt8], _ header: DatagramHeader, _ mode: BalanceMode) {
    state = header.source.high ^ header.source.low
    mix(header.destination.high)
    mix(header.destination.low)
    guard mode == .flow else { return }
    mix(UInt64(header.protocolNumber.rawValue))
    if header.family == .ipv6 { mix(UInt64(bytes[1] & 0xf) << 16 | UInt64(bytes[2]) << 8 | UInt64(bytes[3])) }
    guard !header.isFragment, header.length >= header.transportOffset + 4 else { return }
    var word: UInt64 = 0
    for byte in bytes[header.transportOffset..<(header.transportOffset + 4)] { word = word << 8 | UInt64(byte) }
    mix(word)
  }

  private mutating func mix(_ value: UInt64) {
    var generator = SeededGenerator(seed: state ^ value)
    state = generator.next()
  }

  func index(below count: Int, seed: UInt64) -> Int {
    var generator = SeededGenerator(seed: state ^ seed)
    return generator.index(below: count)
  }
}
