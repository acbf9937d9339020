import Lexing
import Packets

/// A router inside an MPLS tunnel: `mpls visible`, `mpls implicit`, `mpls invisible`.
///
/// Nodes with it that follow each other are one tunnel, which the node before them opens and the node behind them ends.
/// Visible and implicit: the label has the probe's TTL when it is put on, so that probes end inside, and the TTL that
/// errors quote counts up from 1, since nobody touches the IP header meanwhile. A visible router also shows the label
/// stack (RFC 4950). Errors from inside go to the end of the tunnel first (RFC 3032 section 2.3.1): all hops of a tunnel
/// have about the RTT of its end. Invisible: the label has a TTL of its own, and the routers inside are not seen.
package struct LabelSwitching: Behavior {
  package static let word = "mpls"
  package static let usage = "mpls visible|implicit|invisible"
  package static let summary = "a router inside a tunnel: shows labels, only counts, or cannot be seen"
  package static let places = [BehaviorPlace.node]
  package static let isAboutPassing = true
  package static let excluded = [KeptTTL.word, ZeroTTL.word]

  private let mode: TunnelMode

  package init(reading words: inout WordReader) throws(Diagnostic) {
    mode = try words.choice("a kind of tunnel", of: TunnelMode.self)
  }

  package func shape(_ node: inout NodeModel) {
    node.forwarding.tunnel = mode
  }

  package var description: String { "\(Self.word) \(mode.rawValue)" }
}
