import Packets
import Time

/// How a node treats the datagrams that it would answer, and those that pass it.
package struct NodeModel: Sendable {
  /// Of which protocols it answers probes at all.
  package var answered = ProtocolSet.all
  /// Bounds the ICMP errors that the node sends; nil leaves them unbounded.
  package var errorBucket: TokenBucket?
  package var forwarding = ForwardingModel()
  package var replies = ReplyModel()

  package init() {}

  package init(_ behaviors: [any Behavior]) {
    for behavior in behaviors { behavior.shape(&self) }
  }

  /// Takes over what the node was in the middle of, where its limit is as it was.
  mutating func resume(_ before: NodeModel) {
    guard let bucket = errorBucket, let old = before.errorBucket, bucket.isAlike(old) else { return }
    errorBucket = old
  }

  /// Whether the node may send an ICMP error at this moment; counts it if so.
  mutating func takeError(at now: Instant) -> Bool {
    errorBucket?.take(at: now) ?? true
  }
}

/// How a node treats datagrams that pass it.
package struct ForwardingModel: Sendable {
  /// Whether they pass with their TTL as it was.
  package var keepsTTL = false
  /// Whether a TTL of 1 becomes 0 and goes on, instead of ending here.
  package var forwardsZeroTTL = false
  /// What it does with labels, when it is inside an MPLS tunnel.
  package var tunnel: TunnelMode?
  /// How it chooses among ways that are equally short; nil takes the first.
  package var balance: BalanceMode?
  /// What its hash begins with; nil takes the node's name.
  package var balanceSeed: Int?
  /// What it throws away.
  package var dropped: ProtocolSet = []
  /// What it refuses, and says so.
  package var prohibited: ProtocolSet = []
  /// Its own routes, which come before what the links say; longest prefixes first.
  package var staticRoutes: [StaticRoute] = []
  /// The nodes over which answers through it go home, from here on; empty for the way that probes come.
  package var returnWay: [String] = []
  /// The address that it puts in place of a source, of each family.
  package var sources: [IPAddress] = []
  /// Destinations that it replaces.
  package var destinations: [DestinationTranslation] = []
  /// Whether ICMP errors about what it has translated come home as they were sent, with the quote untranslated.
  package var keepsQuotes = false

  package init() {}

  /// Whether a datagram that passes is treated otherwise than by counting its TTL down.
  var isUnusual: Bool {
    keepsTTL || tunnel != nil || !dropped.isEmpty || !prohibited.isEmpty || !sources.isEmpty || !destinations.isEmpty
  }
}

/// A route that a node has by configuration.
package struct StaticRoute: Hashable, Sendable {
  package let prefix: Prefix
  /// The name of a neighbour.
  package let next: String
}

/// A destination that a node replaces.
package struct DestinationTranslation: Hashable, Sendable {
  package let outside: IPAddress
  package let inside: IPAddress
}

/// How a router inside an MPLS tunnel treats the TTL, and what it says of its labels.
package enum TunnelMode: String, Hashable, Sendable, CaseIterable {
  /// The label has the TTL, and errors show the label stack (RFC 4950).
  case visible
  /// The label has the TTL, and errors say nothing of labels.
  case implicit
  /// The label has a TTL of its own, so that no probe ends inside (RFC 3443, the pipe model).
  case invisible
}

/// How a router chooses among ways that are equally short.
package enum BalanceMode: String, Hashable, Sendable, CaseIterable {
  case flow
  case packet
  case destination
}

/// How a node writes what it answers, and what becomes of it.
package struct ReplyModel: Sendable {
  /// Where ICMP errors come from in place of its own address, at most one of each family.
  package var sources: [IPAddress] = []
  /// How much of the transport-layer message errors quote, in bytes; nil as much as fits.
  package var quotedBytes: Int?
  /// Shares of answers, 0…1.
  package var duplicateShare: Double = 0
  package var lateShare: Double = 0
  /// How long the late ones wait.
  package var lateness: Duration = .zero
  package var corruptShare: Double = 0
  /// Who a forged error claims to be from that goes before each answer, at most one of each family.
  package var forgedSources: [IPAddress] = []

  package init() {}
}

/// Transport protocols, as behaviours tell them apart.
package struct ProtocolSet: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let icmp = ProtocolSet(rawValue: 1)
  package static let udp = ProtocolSet(rawValue: 2)
  package static let tcp = ProtocolSet(rawValue: 4)
  /// Every other one.
  package static let other = ProtocolSet(rawValue: 8)
  package static let all: ProtocolSet = [.icmp, .udp, .tcp, .other]

  /// Those that have words, in the order in which they are written.
  static let words: [(word: String, set: ProtocolSet)] = [("icmp", .icmp), ("udp", .udp), ("tcp", .tcp)]

  init(_ number: IPProtocol) {
    self =
      switch number {
      case .icmp, .icmpv6: .icmp
      case .udp: .udp
      case .tcp: .tcp
      default: .other
      }
  }

  /// "icmp udp"; nothing for all.
  var text: String {
    self == .all ? "" : Self.words.filter { contains($0.set) }.map(\.word).joined(separator: " ")
  }
}
