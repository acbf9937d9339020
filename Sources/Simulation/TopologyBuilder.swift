import Lexing
import Packets

/// Makes a network out of `lab` statements, one at a time: those of a file, or those typed at the prompt.
///
/// A statement is read whole before anything changes, so that after an error the builder is as it was. `finish` checks
/// what only the whole network shows, and may be called after any statement.
package struct TopologyBuilder: Sendable {
  private(set) var topology: Topology?
  private(set) var nodeIndices: [String: Int] = [:]
  private(set) var addressOwners: [IPAddress: Int] = [:]
  /// The nodes that give what is sent to an address to a host behind them.
  private(set) var translators: [IPAddress: Int] = [:]
  private(set) var dnsNames: Set<String> = []
  private(set) var linkIndices: [LinkedPair: Int] = [:]
  private(set) var systemNumbers: Set<UInt32> = []
  private(set) var prefixCount = 0
  /// Where each node and each target was stated, for the checks of `finish`.
  private var nodePlaces: [Place] = []
  private var targetPlaces: [Place] = []
  /// The nodes that the behaviours of each node name.
  private var mentions: [Int: [(mention: NodeMention, source: SourceText)]] = [:]

  package init() {}

  /// A word that a later complaint may be about.
  struct Place {
    let word: LabWord
    let source: SourceText
  }

  /// Two nodes with a link between them, whichever is named first.
  struct LinkedPair: Hashable {
    private let low: Int
    private let high: Int

    init(_ a: Int, _ b: Int) {
      low = min(a, b)
      high = max(a, b)
    }
  }

  /// What one statement adds.
  enum Addition {
    case network(Topology)
    case node(Node, Place)
    /// A node and its link to a node that is there already.
    case hop(Node, Place, from: Int, [any Behavior])
    case link(Int, Int, [any Behavior])
    case name(Topology.AddressName)
    case target(Topology.Target, Place)
    case system(AutonomousSystem)
    case publicAddresses([IPAddress])
    case nameServer(LabNameServer)
    case change(NetworkChange)
    case scheduled(ScheduledChange)
    /// What is stated anew.
    case nodeBehaviors(Int, [any Behavior], SourceText)
    case linkBehaviors(Int, [any Behavior])
    case nameServerBehaviors([any Behavior])
  }

  /// Takes one statement.
  ///
  /// - Parameters:
  ///   - words: what follows `lab`; at least one word.
  ///   - source: the text that the words stand in, for messages.
  package mutating func apply(_ words: [LabWord], in source: SourceText) throws(Diagnostic) {
    var reader = WordReader(words, in: source)
    let verb = try reader.word("a word like 'node' or 'link'")
    guard let statement = LabStatement(rawValue: verb.text) else {
      throw reader.unknown("lab statement", verb, known: LabStatement.allCases.map(\.rawValue))
    }
    guard statement == .new || topology != nil else {
      throw reader.wrong("there is no network yet", at: verb, try: "begin with '\(LabStatement.new.usage)'")
    }
    reader.usage = statement.usage
    let addition = try read(statement, at: verb, &reader, source)
    try reader.end()
    add(addition)
  }

  private mutating func add(_ addition: Addition) {
    switch addition {
    case .network(let new): topology = new
    case .node(let node, let place): _ = add(node, place)
    case .hop(let node, let place, let neighbour, let behaviors): link(neighbour, add(node, place), behaviors)
    case .link(let first, let second, let behaviors): link(first, second, behaviors)
    case .name(let name):
      dnsNames.insert(name.name)
      topology?.names.append(name)
    case .target(let target, let place):
      topology?.targets.append(target)
      targetPlaces.append(place)
    case .system(let system):
      systemNumbers.insert(system.number)
      prefixCount += system.prefixes.count
      topology?.systems.append(system)
    case .publicAddresses(let addresses): topology?.publicAddresses = addresses
    case .nameServer(let server): topology?.nameServer = server
    case .change(let change): topology?.changes.append(change)
    case .scheduled(let change): topology?.schedule.append(change)
    case .nodeBehaviors(let node, let behaviors, let source):
      forget(node)
      topology?.nodes[node].behaviors = behaviors
      remember(behaviors, of: node, in: source)
    case .linkBehaviors(let link, let behaviors): topology?.links[link].behaviors = behaviors
    case .nameServerBehaviors(let behaviors):
      let addresses = topology?.nameServer?.addresses ?? []
      topology?.nameServer = LabNameServer(addresses: addresses, behaviors: behaviors)
    }
  }

  /// Gives free what the behaviours of a node took up.
  private mutating func forget(_ node: Int) {
    guard let old = topology?.nodes[node] else { return }
    let model = NodeModel(old.behaviors)
    for address in model.replies.sources where addressOwners[address] == node && !old.addresses.contains(address) {
      addressOwners[address] = nil
    }
    for translation in model.forwarding.destinations { translators[translation.outside] = nil }
  }

  /// What behaviours of a node take up elsewhere: addresses, and the nodes that they name.
  private mutating func remember(_ behaviors: [any Behavior], of node: Int, in source: SourceText) {
    let model = NodeModel(behaviors)
    for address in model.replies.sources where addressOwners[address] == nil { addressOwners[address] = node }
    for translation in model.forwarding.destinations { translators[translation.outside] = node }
    let named = behaviors.flatMap(\.mentions)
    mentions[node] = named.isEmpty ? nil : named.map { ($0, source) }
  }

  private mutating func add(_ node: Node, _ place: Place) -> Int {
    let index = nodeIndices.count
    nodeIndices[node.name] = index
    for address in node.addresses { addressOwners[address] = index }
    if let name = node.dnsName { dnsNames.insert(name) }
    topology?.nodes.append(node)
    nodePlaces.append(place)
    remember(node.behaviors, of: index, in: place.source)
    return index
  }

  private mutating func link(_ first: Int, _ second: Int, _ behaviors: [any Behavior]) {
    linkIndices[LinkedPair(first, second)] = topology?.links.count
    topology?.links.append(Topology.Link(ends: (first, second), behaviors: behaviors))
  }

  /// The network as it stands.
  ///
  /// - Throws: when there is none, when a node cannot be reached from the vantage point in a family that both have
  ///   addresses of, when a behaviour names a node that is not there or not beside it, or when a target's name stands for
  ///   no address.
  package func finish() throws(Diagnostic) -> Topology {
    guard let topology else { throw Diagnostic("there is no network", try: "begin with '\(LabStatement.new.usage)'") }
    guard let vantage = topology.nodes.first else {
      throw Diagnostic("network '\(topology.name)' has no node", try: "'\(LabStatement.node.usage)'")
    }
    var routes = RouteTable(topology)
    for (index, node) in topology.nodes.enumerated() {
      for family in node.addresses.map(\.family)
      where vantage.address(family) != nil && !routes.reaches(index, family) {
        throw complaint(
          "no \(family) path leads from '\(vantage.name)' to '\(node.name)'", about: nodePlaces[index],
          why: "every node between them needs a link and an \(family) address")
      }
    }
    try checkMentions(of: topology)
    try checkTranslations(of: topology, &routes)
    let zone = LabZone(topology)
    for (target, place) in zip(topology.targets, targetPlaces) where zone.addresses(of: target.name).isEmpty {
      let meant = zone.nearestName(to: target.name).map { "; did you mean '\($0)'?" } ?? ""
      throw complaint("no address has the name '\(target.name)'\(meant)", about: place, why: nil)
    }
    return topology
  }

  /// Nodes that behaviours name: they must be there, and the ways over them must have links.
  private func checkMentions(of topology: Topology) throws(Diagnostic) {
    for (node, named) in mentions.sorted(by: { $0.key < $1.key }) {
      for (mention, source) in named where nodeIndices[mention.name] == nil {
        let meant = Spelling.nearest(to: mention.name, among: nodeIndices.keys.sorted())
        throw complaint(
          "there is no node '\(mention.name)'\(meant.map { "; did you mean '\($0)'?" } ?? "")",
          about: Place(word: mention.word, source: source), why: nil)
      }
      let forwarding = NodeModel(topology.nodes[node].behaviors).forwarding
      for way in [forwarding.returnWay] + forwarding.staticRoutes.map({ [$0.next] }) {
        var before = node
        for name in way {
          guard let next = nodeIndices[name] else { continue }
          guard linkIndices[LinkedPair(before, next)] != nil else {
            let found = named.first { $0.mention.name == name }
            let place = found.map { Place(word: $0.mention.word, source: $0.source) } ?? nodePlaces[node]
            throw complaint(
              "'\(topology.nodes[before].name)' and '\(name)' are not linked", about: place,
              why: "a way leads from neighbour to neighbour")
          }
          before = next
        }
      }
    }
  }

  /// Hosts behind a translation must be behind the node that translates.
  private func checkTranslations(of topology: Topology, _ routes: inout RouteTable) throws(Diagnostic) {
    for (index, node) in topology.nodes.enumerated() {
      for translation in NodeModel(node.behaviors).forwarding.destinations {
        guard let host = addressOwners[translation.inside] else {
          throw complaint("no node has the address \(translation.inside)", about: nodePlaces[index], why: nil)
        }
        let path = routes.path(to: host, translation.inside.family)
        guard host != index, path?.nodes.contains(index) == true else {
          throw complaint(
            "'\(topology.nodes[host].name)' is not behind '\(node.name)'", about: nodePlaces[index],
            why: "what is sent to \(translation.outside) has to pass the node that translates it")
        }
      }
    }
  }

  private func complaint(_ summary: String, about place: Place, why: String?) -> Diagnostic {
    Diagnostic(summary, why: why).at(place.word.range, in: place.source)
  }
}
