import Packets

/// What a datagram meets on its way from the vantage point to a destination.
struct Route {
  /// How the way ends, for a datagram whose TTL lasts.
  enum Ending {
    /// At the destination itself.
    case delivered
    /// At the router on whose link the destination would be, if there were such a host.
    case noHost
    /// At the router that knows every route, and none to the destination.
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
/// A way has as few links as can be; among equals the neighbour that was declared first wins. A node takes part in
/// a family when it has an address of it, so that the two families can go different ways. Replies take the same way back.
struct RouteTable {
  private let topology: Topology
  private let owners: [IPAddress: Int]
  private let blocks: [(prefix: Prefix, node: Int)]
  private var familyIPv4: FamilyRoutes
  private var familyIPv6: FamilyRoutes

  init(_ topology: Topology) {
    self.topology = topology
    var owners: [IPAddress: Int] = [:]
    var blocks: [(prefix: Prefix, node: Int)] = []
    for (index, node) in topology.nodes.enumerated() {
      for address in node.addresses { owners[address] = index }
      for prefix in node.servedPrefixes { blocks.append((prefix, index)) }
    }
    self.owners = owners
    self.blocks = blocks.sorted { $0.prefix.length > $1.prefix.length }
    familyIPv4 = FamilyRoutes(topology, .ipv4)
    familyIPv6 = FamilyRoutes(topology, .ipv6)
  }

  /// The way to a destination; nil when the vantage point has no link at all in its family.
  mutating func route(to destination: IPAddress) -> Route? {
    if let node = owners[destination], let path = path(to: node, destination.family) {
      return Route(path: path, ending: .delivered)
    }
    let block = blocks.first { $0.prefix.contains(destination) }
    if let block, let path = path(to: block.node, destination.family) {
      return Route(path: path, ending: .noHost)
    }
    guard let last = lastResort(destination.family), let path = path(to: last, destination.family) else { return nil }
    return Route(path: path, ending: .noRoute)
  }

  /// The way to a node; nil when there is none in that family.
  mutating func path(to node: Int, _ family: AddressFamily) -> Path? {
    switch family {
    case .ipv4: familyIPv4.path(to: node)
    case .ipv6: familyIPv6.path(to: node)
    }
  }

  private func lastResort(_ family: AddressFamily) -> Int? {
    switch family {
    case .ipv4: familyIPv4.lastResort
    case .ipv6: familyIPv6.lastResort
    }
  }
}

/// The tree of shortest ways of one family, and the ways taken out of it so far.
private struct FamilyRoutes {
  /// For each node, the node before it and the link between them; nil for the vantage point and where no way leads.
  private var parents: [(node: Int, link: Int)?]
  private var paths: [Path?]
  /// Where datagrams go for which nothing better is known: the border, or else the vantage point's first neighbour.
  let lastResort: Int?

  init(_ topology: Topology, _ family: AddressFamily) {
    let count = topology.nodes.count
    let border = topology.nodes.firstIndex { $0.isBorder && $0.address(family) != nil }
    lastResort = border ?? Self.gateway(of: topology, family)
    parents = Array(repeating: nil, count: count)
    paths = Array(repeating: nil, count: count)
    guard topology.nodes.first?.address(family) != nil else { return }
    var neighbours: [[(node: Int, link: Int)]] = Array(repeating: [], count: count)
    for (index, link) in topology.links.enumerated() {
      neighbours[link.ends.0].append((link.ends.1, index))
      neighbours[link.ends.1].append((link.ends.0, index))
    }
    paths[Topology.vantage] = Path()
    var queue = [Topology.vantage]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for (neighbour, link) in neighbours[node]
      where neighbour != Topology.vantage && parents[neighbour] == nil
        && topology.nodes[neighbour].address(family) != nil
      {
        parents[neighbour] = (node, link)
        queue.append(neighbour)
      }
    }
  }

  mutating func path(to node: Int) -> Path? {
    if let known = paths[node] { return known }
    var path = Path()
    var current = node
    while let parent = parents[current] {
      path.nodes.append(current)
      path.links.append(parent.link)
      current = parent.node
    }
    guard current == Topology.vantage, !path.nodes.isEmpty else { return nil }
    path.nodes.reverse()
    path.links.reverse()
    paths[node] = path
    return path
  }

  private static func gateway(of topology: Topology, _ family: AddressFamily) -> Int? {
    for link in topology.links {
      let (first, second) = link.ends
      guard first == Topology.vantage || second == Topology.vantage else { continue }
      let neighbour = first == Topology.vantage ? second : first
      if topology.nodes[neighbour].address(family) != nil { return neighbour }
    }
    return nil
  }
}
