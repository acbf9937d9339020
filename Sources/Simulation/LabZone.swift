import Lexing
import Packets

/// What one simulated network knows of itself: the names of its addresses, who announces them, and how it is seen.
package struct LabZone: Sendable {
  private let forward: [String: [IPAddress]]
  private let reverse: [IPAddress: String]
  /// What stands above the names: of `a.b.test`, `b.test` and `test`.
  private let branches: Set<String>
  /// Who announces which addresses.
  let origins: OriginTable
  private let publicAddresses: [IPAddress]
  /// How the network's name server behaves; nil when none is stated.
  let resolverModel: ResolverModel?

  /// The zone of a network: the names of its nodes, those of its `lab name` statements, and what else it states of
  /// itself.
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
    branches = Self.branches(of: forward.keys)
    origins = OriginTable(topology.systems)
    publicAddresses = topology.publicAddresses
    resolverModel = topology.nameServer.map { ResolverModel($0.behaviors) }
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

  /// The address of that family with which the vantage point is seen from outside; nil when none is stated.
  package func publicAddress(_ family: AddressFamily) -> IPAddress? {
    publicAddresses.first { $0.family == family }
  }

  /// Whether there are names below this one.
  func isBranch(_ name: String) -> Bool {
    branches.contains(Self.canonical(name))
  }

  /// What stands above the names, and above those of the reverse trees, of which any part may be asked for.
  private static func branches(of names: some Sequence<String>) -> Set<String> {
    var branches: Set = ["", "in-addr.arpa", "ip6.arpa", "arpa", "origin.asn.cymru.com", "origin6.asn.cymru.com"]
    branches.formUnion(["asn.cymru.com", "cymru.com", "com"])
    for name in names {
      var rest = name[...]
      while let dot = rest.firstIndex(of: ".") {
        rest = rest[rest.index(after: dot)...]
        branches.insert(String(rest))
      }
    }
    return branches
  }

  /// A name as the zone keeps it: in lower case, without a dot at the end.
  static func canonical(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }
}
