import Packets
import Tracing

/// Whether two traces were one flow to the load balancers on the way, so that another router means another path.
///
/// Balancers hash addresses, protocol, and ports or, for ICMP, the checksum, which stands for our flow number; some
/// hash the ICMP identifier as well (B. Augustin et al., "Avoiding traceroute anomalies with Paris traceroute", IMC
/// 2006).
package struct FlowRelation: Codable, Hashable, Sendable {
  package var isSame: Bool
  /// What differs, in words: "target", "destination port". Empty for the same flow.
  package var differences: [String]
  /// What could differ and is not known; nil when all is known.
  @ExplicitNull package var doubt: String? = nil

  enum CodingKeys: String, CodingKey {
    case isSame = "same"
    case differences, doubt
  }

  /// - Parameter shareSockets: whether both left by the same sockets, as the traces of one session do: UDP source port
  ///   and ICMP identifier are then the same, and are not known otherwise.
  package init(_ first: TraceResult, _ second: TraceResult, shareSockets: Bool) {
    let (one, other) = (first.trace.request, second.trace.request)
    let isUDP =
      switch other.method.protocolName {
      case .icmp: false
      case .udp, .tcp: true
      }
    let isLab =
      switch other.method.socket {
      case .lab: true
      case .raw, .ping, .errqueue, .capture: false
      }
    let kept = shareSockets || isLab
    let (from, otherFrom) = (one.source ?? first.localAddress, other.source ?? second.localAddress)
    let isSourceKnown = from == otherFrom ? from != nil || isLab : from != nil && otherFrom != nil
    let found: [(String, Bool)] = [
      ("network", first.network != second.network), ("target", one.target != other.target),
      ("protocol", one.method.protocolName != other.method.protocolName),
      ("socket", one.method.socket != other.method.socket), ("flow number", one.flow != other.flow),
      ("flow from probe to probe", one.variesFlow || other.variesFlow),
      ("source address", isSourceKnown && from != otherFrom),
      ("interface", one.interfaceIndex != other.interfaceIndex),
      ("destination port", isUDP && one.port != other.port), ("source port", isUDP && !kept),
    ]
    differences = found.filter(\.1).map(\.0)
    isSame = differences.isEmpty
    let doubts = [
      isSourceKnown ? nil : "the source address of \(from == otherFrom ? "both" : "one") is not known",
      kept ? nil : "the ICMP identifier is that of another run, and a balancer that hashes it may choose anew",
    ].compactMap { $0 }
    doubt = isSame && !doubts.isEmpty ? doubts.joined(separator: "; ") : nil
  }
}
