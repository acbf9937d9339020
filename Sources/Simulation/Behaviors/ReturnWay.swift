import Lexing

/// A router from which answers go home another way than probes come: `return via b1,b2`.
///
/// It concerns its own answers and all that come back through it: they go to the nodes named, one after the other, and
/// from the last of them home on the shortest way.
package struct ReturnWay: Behavior {
  package static let word = "return"
  package static let usage = "return via NODE[,NODE…]"
  package static let summary = "answers go home over these nodes, the first of which is its neighbour"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true

  private let way: [NodeMention]

  package init(reading words: inout WordReader) throws(Diagnostic) {
    guard words.take("via") else { throw words.missing("'via' and a node") }
    way = try words.nodes("a node's name")
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.returnWay = way.map(\.name)
  }

  package var mentions: [NodeMention] { way }

  package var description: String {
    "\(Self.word) via \(way.map(\.name).joined(separator: ","))"
  }
}
