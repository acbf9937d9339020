import SystemIO

/// Where a changed network is left for the thread that runs it, which takes it in its next turn.
package final class TopologyMailbox: Sendable {
  private let waiting = Locked<Topology?>(nil)

  package init() {}

  /// Leaves a network; one that was not taken yet is replaced, because the later one has its changes, too.
  package func leave(_ topology: Topology) {
    waiting.withLock { $0 = topology }
  }

  /// Takes what was left; nil when nothing was.
  func take() -> Topology? {
    waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
  }
}
