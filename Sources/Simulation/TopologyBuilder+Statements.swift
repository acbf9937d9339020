import Lexing
import Packets

/// The reading of each statement: what it says is checked against the network as it stands, and nothing changes.
extension TopologyBuilder {
  func read(
    _ statement: LabStatement, at verb: LabWord, _ reader: inout WordReader, _ source: SourceText
  ) throws(Diagnostic) -> Addition {
    switch statement {
    case .new: try network(&reader)
    case .node: try node(&reader, source)
    case .hop: try hop(at: verb, &reader, source)
    case .link: try link(&reader)
    case .name: try name(&reader)
    case .target: try target(&reader, source)
    case .autonomousSystem: try system(&reader)
    case .publicAddress: try publicAddresses(at: verb, &reader)
    case .resolver: try nameServer(at: verb, &reader)
    case .fail, .heal: .change(try change(statement, &reader))
    case .at: .scheduled(try scheduledChange(&reader))
    case .set: try setting(&reader, source)
    }
  }

  private func network(_ reader: inout WordReader) throws(Diagnostic) -> Addition {
    let name = try reader.identifier("the network's name")
    if let topology { throw reader.wrong("network '\(topology.name)' is begun already", at: name) }
    let summary = try reader.word("what the network teaches, in quotes,")
    return .network(Topology(name: name.text, summary: summary.text))
  }

  private func node(_ reader: inout WordReader, _ source: SourceText) throws(Diagnostic) -> Addition {
    var (node, word) = try declaredNode(&reader)
    while let word = reader.next {
      if nodeIndices.isEmpty { try checkHost(word, reader) }
      guard try take(nodePropertyIn: &reader, into: &node) else { throw misplaced(word, reader, in: .node) }
    }
    try check(node.behaviors, of: nil, at: word, reader)
    return .node(node, Place(word: word, source: source))
  }

  private func hop(
    at verb: LabWord, _ reader: inout WordReader, _ source: SourceText
  ) throws(Diagnostic) -> Addition {
    guard var neighbour = topology?.nodes.indices.last else {
      throw reader.wrong("a hop needs a node before it", at: verb, try: "'\(LabStatement.node.usage)' first")
    }
    var (node, word) = try declaredNode(&reader)
    var behaviors: [any Behavior] = []
    while let word = reader.next {
      if reader.take("from") {
        neighbour = try knownNode(&reader).index
        continue
      }
      if try take(nodePropertyIn: &reader, into: &node) { continue }
      if try take(.link, in: &reader, into: &behaviors) { continue }
      throw misplaced(word, reader, in: .hop)
    }
    try check(node.behaviors, of: nil, at: word, reader)
    try check(behaviors, between: nodes([neighbour]) + [node], reader)
    return .hop(node, Place(word: word, source: source), from: neighbour, behaviors)
  }

  private func link(_ reader: inout WordReader) throws(Diagnostic) -> Addition {
    let first = try knownNode(&reader)
    let second = try knownNode(&reader)
    guard first.index != second.index else {
      throw reader.wrong("a node cannot be linked to itself", at: second.word)
    }
    guard linkIndices[LinkedPair(first.index, second.index)] == nil else {
      throw reader.wrong("'\(first.word.text)' and '\(second.word.text)' are linked already", at: second.word)
    }
    var behaviors: [any Behavior] = []
    while let word = reader.next {
      guard try take(.link, in: &reader, into: &behaviors) else { throw misplaced(word, reader, in: .link) }
    }
    try check(behaviors, between: nodes([first.index, second.index]), reader)
    return .link(first.index, second.index, behaviors)
  }

  private func name(_ reader: inout WordReader) throws(Diagnostic) -> Addition {
    let name = try newDNSName(&reader)
    let addresses = try reader.addresses(of: "a name").map(\.address)
    return .name(Topology.AddressName(name: name, addresses: addresses))
  }

  private func target(_ reader: inout WordReader, _ source: SourceText) throws(Diagnostic) -> Addition {
    let name = try reader.dnsName()
    if topology?.targets.contains(where: { $0.name == name.text }) == true {
      throw reader.wrong("'\(name.text)' is a target already", at: name)
    }
    let lesson = try reader.word("what to look for, in quotes,")
    return .target(Topology.Target(name: name.text, lesson: lesson.text), Place(word: name, source: source))
  }
}

// The parts of statements.
extension TopologyBuilder {
  /// Reads `NAME ADDRESS [ADDRESS6]`.
  private func declaredNode(_ reader: inout WordReader) throws(Diagnostic) -> (Node, LabWord) {
    let name = try reader.identifier("the node's name")
    guard nodeIndices[name.text] == nil else {
      throw reader.wrong("there is a node '\(name.text)' already", at: name)
    }
    guard nodeIndices.count < Topology.mostNodes else {
      throw reader.wrong("a network has at most \(Topology.mostNodes) nodes", at: name)
    }
    var node = Node(name: name.text, addresses: [])
    while let (address, word) = reader.addressIfPresent() {
      try check(address, at: word, of: node, reader)
      node.addresses.append(address)
    }
    guard !node.addresses.isEmpty else {
      throw reader.wrong(
        "node '\(name.text)' has no address", at: reader.next ?? name,
        try: "an address like 192.0.2.1 or 2001:db8::1 behind its name")
    }
    return (node, name)
  }

  private func check(
    _ address: IPAddress, at word: LabWord, of node: Node, _ reader: WordReader
  ) throws(Diagnostic) {
    if let taken = takenAddress(address, by: nil) { throw reader.wrong(taken, at: word) }
    guard node.address(address.family) == nil else {
      throw reader.wrong("a node has one \(address.family) address at most", at: word)
    }
    guard address.isUsable else {
      throw reader.wrong("\(address) cannot be the address of a node", at: word)
    }
  }

  /// The complaint that an address belongs to another node than this one; nil when it does not.
  private func takenAddress(_ address: IPAddress, by node: Int?) -> String? {
    if let index = addressOwners[address], index != node, let owner = topology?.nodes[index] {
      return "\(address) is the address of '\(owner.name)' already"
    }
    if let index = translators[address], index != node, let owner = topology?.nodes[index] {
      return "\(address) is an address that '\(owner.name)' translates already"
    }
    return nil
  }

  /// Checks what the behaviours of a node say of addresses.
  ///
  /// - Parameters:
  ///   - node: nil when it is only being stated.
  ///   - word: its name.
  func check(
    _ behaviors: [any Behavior], of node: Int?, at word: LabWord, _ reader: WordReader
  ) throws(Diagnostic) {
    let model = NodeModel(behaviors)
    let outsides = model.forwarding.destinations.map(\.outside)
    for address in model.replies.sources + outsides {
      if let taken = takenAddress(address, by: node) { throw reader.wrong(taken, at: word) }
    }
    if let twice = Self.twice(outsides) {
      throw reader.wrong("\(twice) is translated twice", at: reader.last(DestinationNAT.word) ?? word)
    }
    if let twice = Self.twice(model.forwarding.staticRoutes.map(\.prefix)) {
      throw reader.wrong("\(twice) has two routes", at: reader.last(StaticRouting.word) ?? word)
    }
    guard let node, let owner = topology?.nodes[node] else { return }
    for address in topology?.nameServer?.addresses ?? [] where addressOwners[address] == node {
      guard !owner.addresses.contains(address), !model.replies.sources.contains(address) else { continue }
      throw reader.wrong("'\(owner.name)' needs its address \(address)", at: word, why: "it is the resolver's")
    }
  }

  private static func twice<Value: Hashable>(_ values: [Value]) -> Value? {
    var seen: Set<Value> = []
    return values.first { !seen.insert($0).inserted }
  }

  /// Checks what the behaviours of a link ask of its two ends.
  func check(_ behaviors: [any Behavior], between ends: [Node], _ reader: WordReader) throws(Diagnostic) {
    guard let mtu = LinkModel(behaviors).mtu, mtu < MTU.leastOfIPv6, ends.allSatisfy({ $0.address(.ipv6) != nil }),
      let word = reader.last(MTU.word)
    else { return }
    throw reader.wrong(
      "a link of \(mtu) bytes cannot carry IPv6", at: word,
      why: "both ends have an IPv6 address, and IPv6 needs \(MTU.leastOfIPv6) bytes (RFC 8200 section 5)",
      try: "'\(MTU.word) \(MTU.leastOfIPv6)', or an end without an IPv6 address")
  }

  func nodes(_ indices: [Int]) -> [Node] { indices.compactMap { topology?.nodes[$0] } }

  /// The first node is where traces start, and nothing passes it.
  func checkHost(_ word: LabWord, _ reader: WordReader) throws(Diagnostic) {
    guard Behaviors.named(word.text)?.isAboutPassing == true else { return }
    throw reader.wrong(
      "'\(word.text)' does nothing here", at: word, why: "traces start at the first node: nothing passes it")
  }

  /// Takes a property or a behaviour of a node, if the next word begins one.
  private func take(nodePropertyIn reader: inout WordReader, into node: inout Node) throws(Diagnostic) -> Bool {
    guard let word = reader.next, let property = NodeProperty(rawValue: word.text) else {
      return try take(.node, in: &reader, into: &node.behaviors)
    }
    reader.skip()
    switch property {
    case .name:
      guard node.dnsName == nil else { throw reader.wrong("'name' is given twice", at: word) }
      node.dnsName = try newDNSName(&reader)
    case .serves:
      node.servedPrefixes.append(try reader.prefix().prefix)
    case .border:
      if let other = topology?.nodes.first(where: \.isBorder) {
        throw reader.wrong("'\(other.name)' is the border already", at: word, why: "a network has one border")
      }
      node.isBorder = true
    }
    return true
  }

  /// Takes a behaviour, if the next word begins one that belongs there.
  func take(
    _ place: BehaviorPlace, in reader: inout WordReader, into behaviors: inout [any Behavior]
  ) throws(Diagnostic) -> Bool {
    guard let word = reader.next, let kind = Behaviors.named(word.text), kind.places.contains(place) else {
      return false
    }
    guard kind.isRepeatable || !behaviors.contains(where: { type(of: $0).word == word.text }) else {
      throw reader.wrong("'\(word.text)' is given twice", at: word)
    }
    if let other = behaviors.map({ type(of: $0) }).first(where: {
      kind.excluded.contains($0.word) || $0.excluded.contains(word.text)
    }) {
      throw reader.wrong(
        "'\(word.text)' and '\(other.word)' contradict each other", at: word, why: "\(other.word): \(other.summary)")
    }
    reader.skip()
    let usage = reader.usage
    reader.usage = kind.usage
    behaviors.append(try kind.init(reading: &reader))
    reader.usage = usage
    return true
  }

  /// The complaint about a word that is no property, or not one of what the statement adds.
  func misplaced(_ word: LabWord, _ reader: WordReader, in statement: LabStatement) -> Diagnostic {
    if let place = Behaviors.named(word.text)?.places.first {
      let homes = place == .resolver ? "'lab resolver'" : "'lab hop' or 'lab \(place.rawValue)'"
      return reader.wrong("'\(word.text)' belongs to a \(place.rawValue)", at: word, try: "it in \(homes)")
    }
    let places = BehaviorPlace.allCases.filter {
      statement == .hop ? $0 != .resolver : $0.rawValue == statement.rawValue
    }
    var known = Behaviors.all.filter { kind in places.contains { kind.places.contains($0) } }.map { $0.word }
    if places.contains(.node) { known += NodeProperty.allCases.map(\.rawValue) }
    if statement == .hop { known.append("from") }
    return reader.unknown("property", word, known: known)
  }

  func knownNode(_ reader: inout WordReader) throws(Diagnostic) -> (index: Int, word: LabWord) {
    let name = try reader.word("a node's name")
    if let index = nodeIndices[name.text] { return (index, name) }
    let meant = Spelling.nearest(to: name.text, among: nodeIndices.keys.sorted()).map { "; did you mean '\($0)'?" }
    throw reader.wrong("there is no node '\(name.text)'\(meant ?? "")", at: name)
  }

  private func newDNSName(_ reader: inout WordReader) throws(Diagnostic) -> String {
    let name = try reader.dnsName()
    guard !dnsNames.contains(name.text) else {
      throw reader.wrong("the name '\(name.text)' is given already", at: name)
    }
    return name.text
  }
}
