import Lexing
import Packets

/// The names of one simulated network: what its DNS would answer.
package struct LabZone: Sendable {
  private let forward: [String: [IPAddress]]
  private let reverse: [IPAddress: String]

  /// The zone of a network: the names of its nodes, and those of its `lab name` statements.
  package init(_ topology: Topology) {
    var forward: [String: [IPAddress]] = [:]
    var reverse: [IPAddress: String] = [:]
    for node in topology.nodes {
      guard let name = node.dnsName else { continue }
      forward[name] = node.addresses
      for address in node.addresses { reverse[address] = name }
    }
    for entry in topology.names {
      forward[entry.name] = entry.addresses
      for address in entry.addresses where reverse[address] == nil { reverse[address] = entry.name }
    }
    self.forward = forward
    self.reverse = reverse
  }

  /// Every name, sorted.
  package var names: [String] { forward.keys.sorted() }

  /// The addresses of a name, at most one of each family; none for a name that is not in the zone.
  ///
  /// Letters of either case are alike, and a dot at the end makes no difference.
  package func addresses(of name: String) -> [IPAddress] {
    forward[Self.canonical(name)] ?? []
  }

  /// The name that was probably meant by one that is not in the zone.
  package func nearestName(to name: String) -> String? {
    Spelling.nearest(to: Self.canonical(name), among: names)
  }

  /// The name of an address; nil when it has none.
  package func name(of address: IPAddress) -> String? {
    reverse[address]
  }

  /// A name as the zone keeps it: in lower case, without a dot at the end.
  static func canonical(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }
}
