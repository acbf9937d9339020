import Lexing
import Packets

/// A router that spreads datagrams over ways that are equally short: `balance flow`.
///
/// What it looks at is what real routers hash (Augustin et al., "Avoiding traceroute anomalies with Paris traceroute",
/// IMC 2006): `flow` the two addresses, the protocol, IPv6's flow label and the first four bytes of the transport header,
/// which are the ports of UDP and TCP, and type, code and checksum of ICMP; `destination` the two addresses; `packet`
/// nothing, so that each datagram goes by lot. Two routers with different seeds choose independently; unless stated the
/// seed follows from the node's name.
package struct Balancing: Behavior {
  package static let word = "balance"
  package static let usage = "balance flow|packet|destination [seed COUNT]"
  package static let summary = "spreads datagrams over ways of equal cost, by flow, by destination, or each by lot"
  package static let places = [BehaviorPlace.node]

  private let mode: BalanceMode
  private let seed: Int?

  /// Seeds that a person would choose.
  private static let seeds = 0...1_000_000

  package init(reading words: inout WordReader) throws(Diagnostic) {
    mode = try words.choice("a way of balancing", of: BalanceMode.self)
    seed = words.take("seed") ? try words.count(what: "a seed", in: Self.seeds) : nil
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.balance = mode
    node.forwarding.balanceSeed = seed
  }

  package var description: String {
    "\(Self.word) \(mode.rawValue)" + (seed.map { " seed \($0)" } ?? "")
  }
}
