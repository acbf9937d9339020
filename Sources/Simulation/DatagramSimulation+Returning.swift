import Packets

/// The way home: worked out together with the way out, because both follow from the same routes.
extension DatagramSimulation {
  /// Fills in the way home of a datagram that has passed out.
  mutating func findWayHome(_ fate: Passage.Fate, _ family: AddressFamily) {
    if isInTunnel(fate) || hasReturnWays {
      walkHome(fate, family)
    } else {
      passage.home.append(contentsOf: withoutCircles(passage.trail))
    }
    passage.homeCount = 0
    // All nodes on the way but the one that answers, which is the last here.
    for step in passage.home.dropLast() where countsTTL(step.node) { passage.homeCount += 1 }
  }

  /// A way without the parts that come back to a node that it was at before: an answer from a routing loop is for the
  /// vantage point, and the routes that loop are for somebody else.
  private func withoutCircles(_ way: [Passage.Step]) -> [Passage.Step] {
    guard passage.mayTurnBack else { return way }
    var short: [Passage.Step] = []
    for step in way {
      if step.node == Topology.vantage {
        short.removeAll()
      } else if let first = short.firstIndex(where: { $0.node == step.node }) {
        short.removeSubrange((first + 1)...)
      } else {
        short.append(step)
      }
    }
    return short
  }

  private func countsTTL(_ node: Int) -> Bool {
    !nodes[node].forwarding.keepsTTL && nodes[node].forwarding.tunnel != .invisible
  }

  private func isInTunnel(_ fate: Passage.Fate) -> Bool {
    switch nodes[fate.node].forwarding.tunnel {
    case .visible, .implicit:
      if case .timeExceeded = fate.kind { return true }
      return false
    case .invisible, nil: return false
    }
  }

  /// Goes home step by step, with the detours that nodes on the way make.
  private mutating func walkHome(_ fate: Passage.Fate, _ family: AddressFamily) {
    // Homeward; each step's node is the one that it leaves.
    var steps: [Passage.Step] = []
    var back = passage.trail
    if isInTunnel(fate) {
      // On through the tunnel first, and from its end all the way back.
      var node = fate.node
      for step in passage.ahead {
        steps.append(Passage.Step(link: step.link, node: node, isBackward: !step.isBackward))
        node = step.node
      }
      back += passage.ahead
    }
    back = withoutCircles(back)
    var used: Set<Int> = []
    while let last = back.last, steps.count < Passage.mostSteps {
      guard hasReturnWays, !nodes[last.node].forwarding.returnWay.isEmpty, used.insert(last.node).inserted,
        let way = returnWay(from: last.node, family)
      else {
        steps.append(last)
        back.removeLast()
        continue
      }
      steps += way.steps
      back = way.rest
    }
    passage.home.append(contentsOf: steps.reversed())
  }

  /// A way as steps from its beginning.
  func steps(of path: Path, from start: Int) -> [Passage.Step] {
    var steps: [Passage.Step] = []
    var node = start
    for (next, link) in zip(path.nodes, path.links) {
      steps.append(Passage.Step(link: link, node: next, isBackward: topology.links[link].ends.1 == node))
      node = next
    }
    return steps
  }

  /// The way home that a node states.
  ///
  /// - Returns: the steps to the last node of its list, homeward, and the way from the vantage point to that one; nil when a
  ///   link of it does not work.
  private mutating func returnWay(
    from start: Int, _ family: AddressFamily
  ) -> (steps: [Passage.Step], rest: [Passage.Step])? {
    var found: [Passage.Step] = []
    var node = start
    for name in nodes[start].forwarding.returnWay {
      guard let next = nodeIndices[name], let link = routes.link(from: node, to: next, family) else { return nil }
      // As seen from the vantage point the link leads to the node that the answer leaves.
      found.append(Passage.Step(link: link, node: node, isBackward: topology.links[link].ends.1 == next))
      node = next
    }
    guard let rest = routes.path(to: node, family) else { return nil }
    return (found, steps(of: rest, from: Topology.vantage))
  }
}
