import Lexing
import Packets

/// A route that a node has by configuration, right or wrong: `route 203.0.113.0/24 via r2`.
///
/// It comes before what the links say, also where the way would end at the node; of several routes the one with the longest
/// prefix counts. Two nodes whose routes point at each other are a routing loop.
package struct StaticRouting: Behavior {
  package static let word = "route"
  package static let usage = "route PREFIX[,PREFIX…] via NODE"
  package static let summary = "sends what is for these addresses to a neighbour, whatever the links say"
  package static let places = [BehaviorPlace.node]
  package static let isRepeatable = true

  private let prefixes: [Prefix]
  private let next: NodeMention

  package init(reading words: inout WordReader) throws(Diagnostic) {
    prefixes = try words.prefixes()
    guard words.take("via") else { throw words.missing("'via' and a neighbour") }
    let nodes = try words.nodes("a neighbour's name")
    guard nodes.count == 1 else { throw words.wrong("a route has one neighbour", at: nodes[1].word) }
    next = nodes[0]
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.staticRoutes += prefixes.map { StaticRoute(prefix: $0, next: next.name) }
    node.forwarding.staticRoutes.sort { $0.prefix.length > $1.prefix.length }
  }

  package var mentions: [NodeMention] { [next] }

  package var description: String {
    "\(Self.word) \(prefixes.map(\.description).joined(separator: ",")) via \(next.name)"
  }
}
