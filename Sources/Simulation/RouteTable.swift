import Packets

/// What a datagram meets on its way from the vantage point to a destination.
struct Route {
  /// How the way ends, for a datagram whose TTL lasts.
  enum Ending {
    /// At the destination itself.
    case delivered
    /// At the router on whose link the destination would be, if there were such a host, or if it worked.
    case noHost
    /// At the router that knows every route, and none to the destination; or at the last one before a failure.
    case noRoute
  }

  let path: Path
  let ending: Ending

  /// How many hops a probe gets, however large its TTL.
  ///
  /// A router that misses a host on its link looks at the TTL first: it answers time exceeded at its own TTL, and host
  /// unreachable one beyond it, as a forwarding Linux does (net/ipv4/ip_forward.c).
  var reach: Int {
    switch ending {
    case .delivered, .noRoute: path.nodes.count
    case .noHost: path.nodes.count + 1
    }
  }
}

/// The nodes behind the vantage point in order, and the links between them.
struct Path {
  /// `nodes[k - 1]` is hop k. Empty for the vantage point itself.
  var nodes: [Int] = []
  /// `links[k - 1]` leads to hop k.
  var links: [Int] = []
}

/// Ways through a topology, worked out when they are first asked for.
///
/// A way costs as little as can be (a link's `cost`, 1 unless stated); where several are equally short, each node on it
/// sends to the neighbour whose link was stated first. A node takes part in a family when it has an address of it, so that
/// the two families can go different ways.
/// What has failed takes no part at all; where nothing leads round it, the way ends in front of it.
struct RouteTable {
  private let topology: Topology
  private let failures: Failures
  private let owners: [IPAddress: Int]
  private let blocks: [(prefix: Prefix, node: Int)]
  private var familyIPv4: FamilyRoutes
  private var familyIPv6: FamilyRoutes
  /// The same without failures; nil when nothing has failed.
  private var intactIPv4: FamilyRoutes?
  private var intactIPv6: FamilyRoutes?

  init(_ topology: Topology, without failures: Failures = Failures()) {
    self.topology = topology
    self.failures = failures
    var owners: [IPAddress: Int] = [:]
    var blocks: [(prefix: Prefix, node: Int)] = []
    for (index, node) in topology.nodes.enumerated() {
      for address in node.addresses { owners[address] = index }
      for prefix in node.servedPrefixes { blocks.append((prefix, index)) }
    }
    for (index, node) in topology.nodes.enumerated() {
      let model = NodeModel(node.behaviors)
      for address in model.replies.sources where owners[address] == nil { owners[address] = index }
      // Who sends to a translated address reaches the host behind it.
      for translation in model.forwarding.destinations {
        if let owner = owners[translation.inside] { owners[translation.outside] = owner }
      }
    }
    self.owners = owners
    self.blocks = blocks.sorted { $0.prefix.length > $1.prefix.length }
    familyIPv4 = FamilyRoutes(topology, .ipv4, without: failures)
    familyIPv6 = FamilyRoutes(topology, .ipv6, without: failures)
    if !failures.isEmpty {
      intactIPv4 = FamilyRoutes(topology, .ipv4, without: Failures())
      intactIPv6 = FamilyRoutes(topology, .ipv6, without: Failures())
    }
  }

  /// The way to a destination; nil when the vantage point has no link at all in its family.
  mutating func route(to destination: IPAddress) -> Route? {
    let family = destination.family
    if let node = owners[destination] {
      if let path = path(to: node, family) { return Route(path: path, ending: .delivered) }
      if let route = brokenRoute(to: node, family, isHost: true) { return route }
    }
    if let block = blocks.first(where: { $0.prefix.contains(destination) }) {
      if let path = path(to: block.node, family) { return Route(path: path, ending: .noHost) }
      if let route = brokenRoute(to: block.node, family, isHost: false) { return route }
    }
    guard let last = lastResort(family) else { return nil }
    if let path = path(to: last, family) { return Route(path: path, ending: .noRoute) }
    return brokenRoute(to: last, family, isHost: false)
  }

  /// Whether a way leads to a node in that family.
  func reaches(_ node: Int, _ family: AddressFamily) -> Bool {
    switch family {
    case .ipv4: familyIPv4.reaches(node)
    case .ipv6: familyIPv6.reaches(node)
    }
  }

  /// The way to a node; nil when there is none in that family.
  mutating func path(to node: Int, _ family: AddressFamily) -> Path? {
    switch family {
    case .ipv4: familyIPv4.path(to: node)
    case .ipv6: familyIPv6.path(to: node)
    }
  }

  /// The way from one node on to another; nil when there is none.
  mutating func path(from start: Int, to node: Int, _ family: AddressFamily) -> Path? {
    switch family {
    case .ipv4: familyIPv4.path(from: start, to: node)
    case .ipv6: familyIPv6.path(from: start, to: node)
    }
  }

  /// The neighbours over which the way from one node to another is equally short, in the order of their links.
  mutating func nextHops(from start: Int, to node: Int, _ family: AddressFamily) -> [Adjacency] {
    switch family {
    case .ipv4: familyIPv4.nextHops(from: start, to: node)
    case .ipv6: familyIPv6.nextHops(from: start, to: node)
    }
  }

  /// The link to a neighbour; nil when there is none that works in that family.
  func link(from start: Int, to node: Int, _ family: AddressFamily) -> Int? {
    switch family {
    case .ipv4: familyIPv4.link(from: start, to: node)
    case .ipv6: familyIPv6.link(from: start, to: node)
    }
  }

  /// As far as the usual way to a node still works; nil when not even the first hop does.
  private mutating func brokenRoute(to node: Int, _ family: AddressFamily, isHost: Bool) -> Route? {
    let intact: Path? =
      switch family {
      case .ipv4: intactIPv4?.path(to: node)
      case .ipv6: intactIPv6?.path(to: node)
      }
    guard let intact else { return nil }
    var path = Path()
    for (node, link) in zip(intact.nodes, intact.links) {
      guard !failures.nodes.contains(node), !failures.links.contains(link) else { break }
      path.nodes.append(node)
      path.links.append(link)
    }
    guard let link = intact.links.dropFirst(path.links.count).first, !path.nodes.isEmpty else { return nil }
    // A host that is gone from a link that works is missed only by its neighbour; otherwise the route itself is gone.
    let isOnlyHost = isHost && path.nodes.count == intact.nodes.count - 1 && !failures.links.contains(link)
    return Route(path: path, ending: isOnlyHost ? .noHost : .noRoute)
  }

  private func lastResort(_ family: AddressFamily) -> Int? {
    switch family {
    case .ipv4: familyIPv4.lastResort
    case .ipv6: familyIPv6.lastResort
    }
  }
}
