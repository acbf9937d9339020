import Lexing
import Time

/// The statements that change a network which is there.
extension TopologyBuilder {
  /// The longest time from now at which something can be scheduled: a day.
  private static let latest = Duration.seconds(86_400)

  /// Reads what follows `fail` or `heal`.
  func change(_ statement: LabStatement, _ reader: inout WordReader) throws(Diagnostic) -> NetworkChange {
    guard let verb = reader.previous else { preconditionFailure("a change begins with its verb") }
    guard (topology?.changes.count ?? 0) < Topology.mostChanges else {
      throw reader.wrong("a network has at most \(Topology.mostChanges) changes", at: verb)
    }
    if statement == .heal, reader.next == nil { return .healAll }
    let part = try part(&reader)
    return statement == .heal ? .heal(part) : .fail(part)
  }

  /// Reads `at DURATION fail|heal …`.
  func scheduledChange(_ reader: inout WordReader) throws(Diagnostic) -> ScheduledChange {
    let word = reader.next
    let time = try reader.duration(what: "a time", atMost: Self.latest)
    if let word, (topology?.schedule.count ?? 0) >= Topology.mostChanges {
      throw reader.wrong("a network has at most \(Topology.mostChanges) changes in its schedule", at: word)
    }
    let verbs: [LabStatement] = [.fail, .heal]
    let verb = try reader.word("'fail' or 'heal'")
    guard let statement = verbs.first(where: { $0.rawValue == verb.text }) else {
      throw reader.unknown("change", verb, known: verbs.map(\.rawValue))
    }
    reader.usage = statement.usage
    return ScheduledChange(time: time, change: try change(statement, &reader))
  }

  /// Reads a node, or `link` and its two nodes.
  private func part(_ reader: inout WordReader) throws(Diagnostic) -> NetworkPart {
    if nodeIndices["link"] == nil, reader.take("link") { return .link(try knownLink(&reader)) }
    let (index, word) = try knownNode(&reader)
    guard index != Topology.vantage else {
      throw reader.wrong("'\(word.text)' cannot fail", at: word, why: "traces start there")
    }
    return .node(index)
  }

  private func knownLink(_ reader: inout WordReader) throws(Diagnostic) -> Int {
    let first = try knownNode(&reader)
    let second = try knownNode(&reader)
    guard let link = linkIndices[LinkedPair(first.index, second.index)] else {
      throw reader.wrong("'\(first.word.text)' and '\(second.word.text)' are not linked", at: second.word)
    }
    return link
  }

  /// Reads `set …`.
  func setting(_ reader: inout WordReader, _ source: SourceText) throws(Diagnostic) -> Addition {
    if nodeIndices["resolver"] == nil, let word = reader.next, reader.take("resolver") {
      guard let server = topology?.nameServer else {
        throw reader.wrong("the network has no resolver", at: word, try: "'\(LabStatement.resolver.usage)'")
      }
      return .nameServerBehaviors(try restated(server.behaviors, .resolver, &reader))
    }
    if nodeIndices["link"] == nil, reader.take("link") {
      let link = try knownLink(&reader)
      let behaviors = try restated(topology?.links[link].behaviors ?? [], .link, &reader)
      let ends = topology?.links[link].ends
      try check(behaviors, between: ends.map { nodes([$0.0, $0.1]) } ?? [], reader)
      return .linkBehaviors(link, behaviors)
    }
    let (node, word) = try knownNode(&reader)
    let behaviors = try restated(topology?.nodes[node].behaviors ?? [], .node, of: node, &reader)
    try check(behaviors, of: node, at: word, reader)
    return .nodeBehaviors(node, behaviors, source)
  }

  /// Behaviours with some stated anew or taken away.
  ///
  /// - Parameter node: whose they are; nil for what is no node.
  private func restated(
    _ before: [any Behavior], _ place: BehaviorPlace, of node: Int? = nil, _ reader: inout WordReader
  ) throws(Diagnostic) -> [any Behavior] {
    var behaviors = before
    var stated: Set<String> = []
    repeat {
      let isRemoval = reader.take("no")
      let word = try reader.word("a property")
      let words = Behaviors.all.filter { $0.places.contains(place) }.map { $0.word }
      guard words.contains(word.text) else {
        if place == .node, NodeProperty(rawValue: word.text) != nil {
          throw reader.wrong("'\(word.text)' cannot be changed", at: word, why: "it is stated with its node, once")
        }
        throw reader.unknown("property", word, known: words)
      }
      // Another of the same statement comes on top of what it has stated, where it may.
      let isFirst = stated.insert(word.text).inserted
      if isFirst || isRemoval { behaviors.removeAll { type(of: $0).word == word.text } }
      if isRemoval { continue }
      if node == Topology.vantage { try checkHost(word, reader) }
      reader.back()
      guard try take(place, in: &reader, into: &behaviors) else {
        preconditionFailure("A word that begins a behaviour of this place is taken.")
      }
    } while reader.next != nil
    return behaviors
  }
}
