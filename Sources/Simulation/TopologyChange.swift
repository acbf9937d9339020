import Time

/// What can fail in a network.
package enum NetworkPart: Hashable, Sendable {
  /// A node, by its index: nothing passes it, and it says nothing.
  case node(Int)
  /// A link, by its index, in both directions.
  case link(Int)
}

/// A change of what works in a network.
package enum NetworkChange: Hashable, Sendable {
  case fail(NetworkPart)
  case heal(NetworkPart)
  /// Everything works again.
  case healAll
}

/// A change at a time of its own.
package struct ScheduledChange: Hashable, Sendable {
  /// Since the first datagram entered the network.
  package let time: Duration
  package let change: NetworkChange
}

/// What does not work in a network at a moment.
package struct Failures: Hashable, Sendable {
  /// Indices of nodes.
  package private(set) var nodes: Set<Int> = []
  /// Indices of links.
  package private(set) var links: Set<Int> = []

  package init() {}

  package var isEmpty: Bool { nodes.isEmpty && links.isEmpty }

  mutating func take(_ change: NetworkChange) {
    switch change {
    case .fail(.node(let node)): nodes.insert(node)
    case .fail(.link(let link)): links.insert(link)
    case .heal(.node(let node)): nodes.remove(node)
    case .heal(.link(let link)): links.remove(link)
    case .healAll: self = Failures()
    }
  }
}

/// Which changes of a topology have happened in a network that is running.
///
/// A topology only ever gains changes while it is in use, so counting those that have been taken is enough to tell which
/// are new when it is given again.
struct ChangeClock {
  private(set) var failures = Failures()
  private var statedCount = 0
  /// Indices into the schedule.
  private var done: Set<Int> = []
  private var start: Instant?

  /// Takes what the topology states, and has not stated before.
  mutating func takeStated(of topology: Topology) {
    if topology.changes.count < statedCount {
      // Another network, or one made anew.
      let begun = start
      self = ChangeClock()
      start = begun
    }
    for change in topology.changes.dropFirst(statedCount) { failures.take(change) }
    statedCount = topology.changes.count
  }

  /// Takes what falls due by `now`; the first call starts the clock.
  ///
  /// - Returns: whether anything has changed.
  mutating func advance(to now: Instant, of topology: Topology) -> Bool {
    guard done.count < topology.schedule.count else {
      if start == nil { start = now }
      return false
    }
    let begun = start ?? now
    start = begun
    let due = topology.schedule.indices
      .filter { !done.contains($0) && topology.schedule[$0].time <= now - begun }
      .sorted { (topology.schedule[$0].time, $0) < (topology.schedule[$1].time, $1) }
    let before = failures
    for index in due {
      failures.take(topology.schedule[index].change)
      done.insert(index)
    }
    return failures != before
  }
}
