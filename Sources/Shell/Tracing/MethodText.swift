import Packets
import Probing
import Results
import Tracing

/// How probes are sent here, for `show network` and `trace -v`.
enum MethodText {
  /// Which method a trace takes and why, and what the better ones would add.
  static func choice(_ method: ProbeMethod, among reports: [MethodReport]) -> [StyledLine] {
    let family = reports.filter { $0.method.family == method.family }
    guard let taken = family.first(where: { $0.method == method }) else { return [] }
    var lines = [StyledLine("probes: \(name(method)): \(taken.reason)", .dim)]
    for better in family.prefix(while: { $0.method != method }) {
      lines.append(StyledLine("better: \(name(better.method)) would add \(better.adds); \(better.reason)", .dim))
    }
    return lines
  }

  /// Every method, best first, with what it needs and gives.
  static func all(_ reports: [MethodReport]) -> [StyledLine] {
    reports.flatMap { report -> [StyledLine] in
      var line = StyledLine("  " + (report.isUsable ? "usable  " : "-       "), report.isUsable ? .good : .dim)
      line.append(name(report.method), .name)
      return [
        line, StyledLine("          \(report.reason)"), StyledLine("          \(report.adds)", .dim),
      ]
    }
  }

  private static func name(_ method: ProbeMethod) -> String {
    let family = method.family == .ipv4 ? "IPv4" : "IPv6"
    let carrier =
      switch method.protocolName {
      case .icmp: "ICMP"
      case .udp: "UDP"
      case .tcp: "TCP"
      }
    switch method.socket {
    case .raw: return "\(carrier) by raw socket, \(family)"
    case .ping: return "\(carrier) by ping socket, \(family)"
    case .errqueue: return "\(carrier) by error queue, \(family)"
    case .lab: return "\(carrier) in the lab, \(family)"
    case .capture: return "\(carrier) in a capture, \(family)"
    }
  }
}
