import Packets

/// A network of the simulated internet under one administration: what a registry and the routing table say of it.
package struct AutonomousSystem: Hashable, Sendable {
  /// Its number, 1…4294967295.
  package let number: UInt32
  /// As Team Cymru gives names: "EXAMPLE-NET".
  package let name: String
  /// Two capital letters (ISO 3166-1); nil when unstated.
  package let country: String?
  /// The regional registry in lower case; nil when unstated.
  package let registry: String?
  /// The blocks of addresses that it announces, in the order of the statement.
  package let prefixes: [Prefix]
}

/// The name server of a simulated network.
package struct LabNameServer: Sendable {
  /// Addresses of one node of the network, at most one of each family.
  package let addresses: [IPAddress]
  /// In the order in which they were stated, each kind once.
  package let behaviors: [any Behavior]
}
