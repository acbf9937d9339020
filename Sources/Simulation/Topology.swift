import Packets

/// A simulated network: its nodes, the links between them, and the names under which they are known.
///
/// A value without behaviour in time; `SimulatedNetwork` brings it to life. It is made by `lab` commands only
/// (`TopologyBuilder`), which have checked that the indices in it are right and that every node can be reached.
package struct Topology: Sendable {
  /// The network's own name, as in `use lab demo`.
  package internal(set) var name: String
  /// What the network teaches, one line.
  package internal(set) var summary: String
  /// In the order of their commands; the first is the vantage point, where traces start.
  package internal(set) var nodes: [Node] = []
  package internal(set) var links: [Link] = []
  /// Names beyond those of the nodes, in the order of their commands.
  package internal(set) var names: [AddressName] = []
  /// What is worth a trace, in the order of the commands.
  package internal(set) var targets: [Target] = []
  /// Who announces which addresses, in the order of the commands.
  package internal(set) var systems: [AutonomousSystem] = []
  /// The addresses with which the vantage point is seen from outside, at most one of each family; none when unstated.
  package internal(set) var publicAddresses: [IPAddress] = []
  /// nil when unstated.
  package internal(set) var nameServer: LabNameServer?
  /// What has failed and healed, in the order of the commands; only ever added to.
  package internal(set) var changes: [NetworkChange] = []
  /// What will, each at its time, in the order of the commands; only ever added to.
  package internal(set) var schedule: [ScheduledChange] = []

  /// Index of the node where traces start.
  package static let vantage = 0

  /// More than any network that a person writes; it bounds what a file given by mistake can cost.
  package static let mostNodes = 100_000
  /// Most prefixes of all autonomous systems together, for the same reason.
  package static let mostPrefixes = 100_000
  /// Most changes, stated and scheduled each: more than a day's typing.
  package static let mostChanges = 10_000

  /// What does not work when the network begins.
  package var failures: Failures {
    var failures = Failures()
    for change in changes { failures.take(change) }
    return failures
  }

  init(name: String, summary: String) {
    self.name = name
    self.summary = summary
  }

  /// A connection between two nodes, alike in both directions.
  package struct Link: Sendable {
    /// Indices into `nodes`.
    package let ends: (Int, Int)
    /// In the order in which they were stated, each kind once.
    package internal(set) var behaviors: [any Behavior]
  }

  /// A name that stands for addresses, whether or not a node has them.
  package struct AddressName: Hashable, Sendable {
    /// In lower case.
    package let name: String
    /// One or two, of different families.
    package let addresses: [IPAddress]
  }

  /// A name that is worth a trace.
  package struct Target: Hashable, Sendable {
    /// In lower case; the zone has an address of it.
    package let name: String
    /// What to look for, one line.
    package let lesson: String
  }
}

/// A host or a router of a simulated network.
package struct Node: Sendable {
  /// As in `lab link`; unique in its network.
  package let name: String
  /// One of each family at most, at least one in all.
  package internal(set) var addresses: [IPAddress]
  /// The name that its addresses have in DNS, in lower case; nil for none.
  package internal(set) var dnsName: String?
  package internal(set) var behaviors: [any Behavior] = []
  /// Blocks of addresses that lie on a link of this node. It answers host unreachable for those that no node has.
  package internal(set) var servedPrefixes: [Prefix] = []
  /// Whether it knows every route there is, and so answers network unreachable for addresses that no one serves.
  package internal(set) var isBorder = false

  /// Its address of that family; nil when it takes no part in that version of the protocol.
  package func address(_ family: AddressFamily) -> IPAddress? {
    addresses.first { $0.family == family }
  }
}
