import Packets
import Results
import Simulation

/// The JSON form of `lab show`: a network as its statements made it.
struct LabDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "lab"
  var version = Version.number
  var name: String
  var summary: String
  /// In the order of their statements; traces start at the first.
  var nodes: [Node]
  var links: [Link]
  var targets: [LabTargetDocument]
  /// Who announces which addresses.
  var systems: [System]
  /// The addresses that the first node is seen with from outside.
  var publicAddresses: [String]
  @ExplicitNull var resolver: Resolver? = nil

  enum CodingKeys: String, CodingKey {
    case schema, command, version, name, summary, nodes, links, targets, systems, resolver
    case publicAddresses = "public_addresses"
  }

  /// An autonomous system.
  struct System: Codable, Hashable, Sendable {
    var asn: UInt32
    var name: String
    @ExplicitNull var countryCode: String? = nil
    @ExplicitNull var registry: String? = nil
    var prefixes: [String]

    enum CodingKeys: String, CodingKey {
      case asn, name, registry, prefixes
      case countryCode = "country_code"
    }
  }

  /// The network's name server.
  struct Resolver: Codable, Hashable, Sendable {
    var addresses: [String]
    /// As they are stated in a `lab` command.
    var behaviors: [String]
  }

  /// A host or a router.
  struct Node: Codable, Hashable, Sendable {
    var name: String
    @ExplicitNull var ipv4: String? = nil
    @ExplicitNull var ipv6: String? = nil
    /// The name that its addresses have in DNS.
    @ExplicitNull var hostname: String? = nil
    /// As they are stated in a `lab` command.
    var behaviors: [String]
    /// Prefixes on a link of this node.
    var serves: [String]
    /// Whether it knows every route there is.
    var border: Bool
  }

  /// A connection, alike in both directions.
  struct Link: Codable, Hashable, Sendable {
    /// The names of two nodes.
    var ends: [String]
    /// As they are stated in a `lab` command.
    var behaviors: [String]
  }

  init(_ topology: Topology) {
    name = topology.name
    summary = topology.summary
    nodes = topology.nodes.map { node in
      Node(
        name: node.name, ipv4: node.address(.ipv4)?.description, ipv6: node.address(.ipv6)?.description,
        hostname: node.dnsName, behaviors: node.behaviors.map(\.description),
        serves: node.servedPrefixes.map(\.description), border: node.isBorder)
    }
    links = topology.links.map { link in
      Link(
        ends: [topology.nodes[link.ends.0].name, topology.nodes[link.ends.1].name],
        behaviors: link.behaviors.map(\.description))
    }
    targets = topology.targets.map { LabTargetDocument($0) }
    systems = topology.systems.map { system in
      System(
        asn: system.number, name: system.name, countryCode: system.country, registry: system.registry,
        prefixes: system.prefixes.map(\.description))
    }
    publicAddresses = topology.publicAddresses.map(\.description)
    resolver = topology.nameServer.map { server in
      Resolver(addresses: server.addresses.map(\.description), behaviors: server.behaviors.map(\.description))
    }
  }
}
