import HeapModule
import Packets

/// A neighbour of a node, and the link to it.
struct Adjacency {
  let node: Int
  let link: Int
}

/// The ways of one family: the tree of shortest ones from the vantage point, and what else is asked for.
///
/// Ways from other nodes than the vantage point are needed only where a node balances, has a route of its own, or answers
/// over another way: for them the distances to a destination are worked out once, and kept.
struct FamilyRoutes {
  private let family: AddressFamily
  /// Of each node, its neighbours that work, in the order of the links.
  private let neighbours: [[Adjacency]]
  private let costs: [Int]
  /// For each node, the node before it and the link between them; nil for the vantage point and where no way leads.
  private var parents: [Adjacency?]
  private var paths: [Path?]
  /// To each node that was asked for: the distance from every node; `Self.unreachable` where there is none.
  private var distances: [Int: [Int]] = [:]
  /// Where datagrams go for which nothing better is known: the border, or else the vantage point's first neighbour.
  let lastResort: Int?

  private static let unreachable = Int.max
  /// Most distances kept, at 8 bytes each; then they are worked out anew.
  private static let mostDistances = 4_000_000

  init(_ topology: Topology, _ family: AddressFamily, without failures: Failures) {
    self.family = family
    let count = topology.nodes.count
    let border = topology.nodes.firstIndex { $0.isBorder && $0.address(family) != nil }
    lastResort = border ?? Self.gateway(of: topology, family)
    parents = Array(repeating: nil, count: count)
    paths = Array(repeating: nil, count: count)
    costs = topology.links.map { LinkModel($0.behaviors).cost }
    var neighbours: [[Adjacency]] = Array(repeating: [], count: count)
    let works = topology.nodes.indices.map { index in
      topology.nodes[index].address(family) != nil && !failures.nodes.contains(index)
    }
    for (index, link) in topology.links.enumerated() {
      let (first, second) = link.ends
      guard works[first], works[second], !failures.links.contains(index) else { continue }
      neighbours[first].append(Adjacency(node: second, link: index))
      neighbours[second].append(Adjacency(node: first, link: index))
    }
    self.neighbours = neighbours
    guard topology.nodes.first?.address(family) != nil, !failures.nodes.contains(Topology.vantage) else { return }
    paths[Topology.vantage] = Path()
    growTree(of: visit(from: Topology.vantage))
  }

  /// Fills in `parents`: depth first, each node's neighbours in their order, over links that are part of a shortest way.
  ///
  /// What is reached first is reached by the way whose every step is the first of the equally short ones, which is the way
  /// that `path(from:to:)` takes, too.
  private mutating func growTree(of distances: [Int]) {
    var isReached = Array(repeating: false, count: neighbours.count)
    var stack: [(node: Int, parent: Adjacency?)] = [(Topology.vantage, nil)]
    while let (node, parent) = stack.popLast() {
      guard !isReached[node] else { continue }
      isReached[node] = true
      parents[node] = parent
      for next in neighbours[node].reversed()
      where !isReached[next.node] && distances[node] + costs[next.link] == distances[next.node] {
        stack.append((next.node, Adjacency(node: node, link: next.link)))
      }
    }
  }

  /// Whether a way leads to a node from the vantage point.
  func reaches(_ node: Int) -> Bool { parents[node] != nil || paths[node] != nil }

  /// The way from the vantage point.
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

  /// The way from one node to another.
  mutating func path(from start: Int, to node: Int) -> Path? {
    var path = Path()
    var current = start
    // Each step is nearer, so there are fewer steps than nodes.
    while current != node {
      guard let next = nextHops(from: current, to: node).first else { return nil }
      path.nodes.append(next.node)
      path.links.append(next.link)
      current = next.node
    }
    return path
  }

  /// The neighbours over which the way is equally short.
  mutating func nextHops(from start: Int, to node: Int) -> [Adjacency] {
    let distances = distances(to: node)
    guard distances[start] != Self.unreachable else { return [] }
    return neighbours[start].filter { next in
      distances[next.node] != Self.unreachable && distances[next.node] + costs[next.link] == distances[start]
    }
  }

  /// The link to a neighbour.
  func link(from start: Int, to node: Int) -> Int? {
    neighbours[start].first { $0.node == node }?.link
  }

  private mutating func distances(to node: Int) -> [Int] {
    if let known = distances[node] { return known }
    if distances.count * neighbours.count > Self.mostDistances { distances = [:] }
    let found = visit(from: node)
    distances[node] = found
    return found
  }

  /// What is next in order of distance; of equals, what was found first.
  private struct Candidate: Comparable {
    let distance: Int
    let number: Int
    let node: Int

    static func < (a: Candidate, b: Candidate) -> Bool { (a.distance, a.number) < (b.distance, b.number) }
  }

  /// Dijkstra's algorithm.
  ///
  /// - Returns: the distance of every node.
  private func visit(from start: Int) -> [Int] {
    var distances = Array(repeating: Self.unreachable, count: neighbours.count)
    var candidates = Heap<Candidate>()
    var number = 0
    distances[start] = 0
    candidates.insert(Candidate(distance: 0, number: 0, node: start))
    while let nearest = candidates.popMin() {
      guard nearest.distance == distances[nearest.node] else { continue }
      for next in neighbours[nearest.node] {
        let distance = nearest.distance + costs[next.link]
        guard distance < distances[next.node] else { continue }
        distances[next.node] = distance
        number += 1
        candidates.insert(Candidate(distance: distance, number: number, node: next.node))
      }
    }
    return distances
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
