import Lexing
import Packets

/// A simulated network as text, for `lab show` and `lab list`.
package enum LabDrawing {
  /// One line for each network: name, hops to its first target, and what it teaches.
  package static func list(_ catalog: LabCatalog) -> [String] {
    let rows = catalog.entries.map { entry in
      [entry.topology.name, hopCount(to: entry.topology.targets.first, in: entry), entry.topology.summary]
    }
    return Self.aligned(rows)
  }

  /// The whole network: its nodes in the order of the paths, each behind its distance, then what it knows of itself,
  /// then its targets.
  ///
  /// The longest branch stays at the left edge; shorter ones stand before it, behind a bar, under the node where they
  /// leave:
  ///
  ///     2  backbone
  ///     3  ├ library
  ///     4  │ tablet
  ///     3  science
  package static func show(_ entry: LabCatalog.Entry) -> [String] {
    let topology = entry.topology
    var lines = ["\(topology.name): \(topology.summary)", ""]
    var rows = [["hop", "node", "IPv4", "IPv6", "name", "behaviour"]]
    let tree = PathTree(topology)
    rows += tree.branches.map { branch in row(for: branch, in: topology) }
    let distanceWidth = rows.map { $0[0].count }.max() ?? 0
    for index in rows.indices {
      rows[index][0] = String(repeating: " ", count: distanceWidth - rows[index][0].count) + rows[index][0]
    }
    lines += aligned(rows)
    lines += further(than: tree, in: topology)
    lines += changes(of: topology)
    lines += knowledge(of: topology)
    guard !topology.targets.isEmpty else { return lines }
    lines += ["", "targets"]
    lines += aligned(topology.targets.map { ["  " + $0.name, hopCount(to: $0, in: entry), $0.lesson] })
    return lines
  }

  /// The links that are no part of the tree: where ways come together again.
  private static func further(than tree: PathTree, in topology: Topology) -> [String] {
    let drawn = Set(tree.branches.compactMap(\.link))
    let rows = topology.links.indices.filter { !drawn.contains($0) }.map { index in
      let link = topology.links[index]
      let notes = link.behaviors.map(\.description) + (topology.failures.links.contains(index) ? ["failed"] : [])
      return [
        "  " + topology.nodes[link.ends.0].name, topology.nodes[link.ends.1].name, notes.joined(separator: ", "),
      ]
    }
    return rows.isEmpty ? [] : ["", "further links"] + aligned(rows)
  }

  /// What will fail and heal.
  private static func changes(of topology: Topology) -> [String] {
    let rows = topology.schedule.map { change in
      ["  at \(Literal.text(for: change.time))", LabScript.text(of: change.change, in: topology)]
    }
    return rows.isEmpty ? [] : ["", "changes, from the first probe on"] + aligned(rows)
  }

  /// What the network knows of itself: who announces its addresses, how it is seen, whom it asks for names.
  private static func knowledge(of topology: Topology) -> [String] {
    var lines: [String] = []
    if !topology.systems.isEmpty {
      lines += ["", "autonomous systems"]
      lines += aligned(
        topology.systems.map { system in
          [
            "  AS\(system.number)", system.name, system.country ?? "-", system.registry ?? "-",
            system.prefixes.map(\.description).joined(separator: ", "),
          ]
        })
    }
    var rows: [[String]] = []
    if !topology.publicAddresses.isEmpty { rows.append(["public", list(topology.publicAddresses), ""]) }
    if let server = topology.nameServer {
      rows.append(["resolver", list(server.addresses), server.behaviors.map(\.description).joined(separator: ", ")])
    }
    return rows.isEmpty ? lines : lines + [""] + aligned(rows)
  }

  private static func list(_ addresses: [IPAddress]) -> String {
    addresses.map(\.description).joined(separator: ", ")
  }

  private static func row(for branch: PathTree.Branch, in topology: Topology) -> [String] {
    let node = topology.nodes[branch.node]
    var notes = branch.link.map { topology.links[$0].behaviors.map(\.description) } ?? ["traces start here"]
    notes += node.behaviors.map(\.description)
    let failures = topology.failures
    if let link = branch.link, failures.links.contains(link) { notes.append("link failed") }
    if failures.nodes.contains(branch.node) { notes.append("failed") }
    if node.isBorder { notes.append(NodeProperty.border.rawValue) }
    notes += node.servedPrefixes.map { "\(NodeProperty.serves.rawValue) \($0)" }
    return [
      String(branch.depth), branch.bars + node.name,
      node.address(.ipv4)?.description ?? "-", node.address(.ipv6)?.description ?? "-", node.dnsName ?? "-",
      notes.joined(separator: ", "),
    ]
  }

  /// "12 hops" as a trace shows them, "no host" for a name without one, and nothing where a node has a route of its own.
  private static func hopCount(to target: Topology.Target?, in entry: LabCatalog.Entry) -> String {
    guard let target, let address = entry.zone.addresses(of: target.name).first else { return "" }
    var routes = RouteTable(entry.topology)
    guard let route = routes.route(to: address), case .delivered = route.ending else { return "no host" }
    let models = route.path.nodes.map { NodeModel(entry.topology.nodes[$0].behaviors).forwarding }
    guard !models.contains(where: { $0.staticRoutes.contains { $0.prefix.contains(address) } }) else { return "" }
    // The destination answers whatever it does with what passes it.
    let count = models.dropLast().count { !$0.keepsTTL && $0.tunnel != .invisible } + 1
    return count == 1 ? "1 hop" : "\(count) hops"
  }

  /// Rows as lines, their columns padded to the widest entry and two spaces apart; all characters here are one column wide.
  private static func aligned(_ rows: [[String]]) -> [String] {
    var widths: [Int] = []
    for row in rows {
      for (column, text) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], text.count)
      }
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        line += text
        if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - text.count + 2) }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

/// The nodes of a network as a tree of shortest paths, in the order in which they are drawn.
private struct PathTree {
  /// A node of the drawing.
  struct Branch {
    let node: Int
    /// The link that leads to it; nil for the vantage point.
    let link: Int?
    let depth: Int
    /// What stands before the node's name, and before those of the nodes behind it.
    let bars: String
    let barsBehind: String
  }

  private(set) var branches: [Branch] = []
  private var children: [[(node: Int, link: Int)]]
  /// For each node, how many hops its longest branch has.
  private var heights: [Int]

  init(_ topology: Topology) {
    children = Array(repeating: [], count: topology.nodes.count)
    heights = Array(repeating: 0, count: topology.nodes.count)
    var routes = RouteTable(topology)
    for (index, node) in topology.nodes.enumerated() where index != Topology.vantage {
      guard let path = node.addresses.lazy.compactMap({ routes.path(to: index, $0.family) }).first,
        let link = path.links.last
      else { continue }
      let parent = path.nodes.dropLast().last ?? Topology.vantage
      children[parent].append((index, link))
      for (distance, ancestor) in ([Topology.vantage] + path.nodes).reversed().enumerated() {
        heights[ancestor] = max(heights[ancestor], distance)
      }
    }
    guard !topology.nodes.isEmpty else { return }
    draw()
  }

  /// Walks the tree with a stack of its own, so that a long chain costs no recursion: short branches first, the longest last.
  private mutating func draw() {
    var stack = [Branch(node: Topology.vantage, link: nil, depth: 0, bars: "", barsBehind: "")]
    while let branch = stack.popLast() {
      branches.append(branch)
      let sorted = children[branch.node].sorted { heights[$0.node] > heights[$1.node] }
      for (rank, child) in sorted.enumerated() {
        stack.append(
          Branch(
            node: child.node, link: child.link, depth: branch.depth + 1,
            bars: branch.barsBehind + (rank == 0 ? "" : "├ "),
            barsBehind: branch.barsBehind + (rank == 0 ? "" : "│ ")))
      }
    }
  }
}
