import Packets

/// What a datagram meets on its way out, node by node, and the way on which its answer comes home.
///
/// Worked out when the datagram leaves, on the ways that there are at that moment; storage is kept from one to the next.
struct Passage {
  /// One link of a way.
  struct Step {
    /// Index of the link.
    let link: Int
    /// Where it leads, seen from the vantage point.
    let node: Int
    /// Whether the datagram that goes out crosses it against the direction in which it was stated.
    let isBackward: Bool
  }

  /// What happens to a datagram whose links lose nothing.
  struct Fate {
    enum Kind: Equatable {
      case delivered
      case timeExceeded
      case networkUnreachable
      case hostUnreachable
      case prohibited
      /// With the MTU of the link that it does not fit.
      case tooBig(Int)
      /// Nobody says anything.
      case dropped
    }

    var kind: Kind
    /// Who answers.
    var node: Int
    /// What is left of the TTL there, as an error quotes it.
    var ttl: Int
    /// Behind a translation: the address that answers from inside show.
    var mask: IPAddress?
    /// What a quote shows in place of the source and the destination, where nobody translates it back.
    var quotedSource: IPAddress?
    var quotedDestination: IPAddress?
    /// The label that the probe came with, for an error that shows it; nil for none.
    var label: UInt32?

    /// At the vantage point itself.
    static func here(ttl: Int) -> Fate { Fate(kind: .delivered, node: Topology.vantage, ttl: ttl) }
  }

  /// The links crossed on the way out.
  var trail: [Step] = []
  /// Whether a node's own route has led it off the shortest way, so that a node may stand in `trail` twice.
  var mayTurnBack = false
  /// From a router inside a tunnel on to its end.
  var ahead: [Step] = []
  /// The way home, in order from the vantage point.
  var home: [Step] = []
  /// Nodes on the way home that count a TTL down.
  var homeCount = 0
  /// Nanoseconds of all links crossed.
  var elapsed: Int64 = 0

  /// Most links of a way out: 255 nodes that count the TTL down, and as many that do not. It ends a loop of nodes of the
  /// second kind.
  static let mostSteps = 510

  mutating func reset() {
    trail.removeAll(keepingCapacity: true)
    mayTurnBack = false
    ahead.removeAll(keepingCapacity: true)
    home.removeAll(keepingCapacity: true)
    homeCount = 0
    elapsed = 0
  }
}
