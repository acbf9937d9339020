import Statistics
import Time

/// How a link treats each datagram that crosses it, in either direction.
package struct LinkModel: Sendable {
  /// Time that a crossing takes.
  package var delay = DelayDistribution.constant(.zero)
  /// Most time that a crossing takes beyond `delay`.
  package var jitter: Duration = .zero
  /// Share of datagrams lost in a crossing, 0…1.
  package var loss: Double = 0
  /// How many datagrams in a row are lost on average; 1 loses each on its own account.
  package var burst: Double = 1
  /// What the way over it costs.
  package var cost = 1
  /// The longest datagram that it carries, in bytes; nil for any.
  package var mtu: Int?
  /// Whether what is longer vanishes without an error.
  package var dropsSilently = false

  package init() {}

  package init(_ behaviors: [any Behavior]) {
    for behavior in behaviors { behavior.shape(&self) }
  }
}

/// How a name server treats the questions that come to it.
package struct ResolverModel: Sendable {
  /// The time from a question's arrival to its answer's departure, and the share of questions that get none.
  package var turnaround = LinkModel()
  /// Share of questions answered with SERVFAIL, 0…1.
  package var failureShare: Double = 0
  /// True for a server that answers REFUSED to everything.
  package var refuses = false
  /// False for a server that never answers.
  package var answers = true

  package init() {}

  package init(_ behaviors: [any Behavior]) {
    for behavior in behaviors { behavior.shape(&self) }
  }
}
