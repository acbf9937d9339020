import Packets
import Results
import Time
import Tracing

/// The line above a trace: `trace to demo.test (203.0.113.80), max 30 hops, timeout 1 s, ICMP, lab demo`.
enum HeadingText {
  static func line(_ result: TraceResult) -> StyledLine {
    let address = result.address.description
    let request = result.trace.request
    var line = StyledLine("trace to \(result.target)", .heading)
    if result.target != address { line.append(" (\(address))", .address) }
    var parts = ["max \(request.lastTTL) hop\(request.lastTTL == .first ? "" : "s")"]
    if request.queries > 1 { parts.append("\(request.queries) attempts each") }
    parts.append("timeout \(Milliseconds(request.timeout).exact)\(result.hasShortTimeout ? "!" : "")")
    parts.append(method(result))
    if let size = request.size { parts.append("\(size) bytes") }
    if !request.dontFragment { parts.append("may be fragmented") }
    if request.flow != .standard { parts.append("flow \(request.flow.value)") }
    if request.variesFlow { parts.append("flows vary") }
    for part in parts { line.append(", \(part)") }
    if result.engine != .reactor { line.append(", engine \(result.engine)", .notice) }
    if let hypothesis = result.hypothesis { line.append(", \(hypothesis.phrase)", .notice) }
    return line
  }

  private static func method(_ result: TraceResult) -> String {
    let name =
      switch result.method.protocolName {
      case .icmp: "ICMP"
      case .udp: "UDP"
      case .tcp: "TCP"
      }
    switch result.method.socket {
    case .raw: return "\(name) by raw socket"
    case .ping: return "\(name) by ping socket"
    case .errqueue: return "\(name) by error queue"
    case .lab, .capture: return "\(name), \(result.network)"
    }
  }
}
