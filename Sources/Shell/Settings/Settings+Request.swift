import Lexing
import Packets
import Tracing

extension Settings {
  /// The request for one target, as far as settings tell it.
  ///
  /// - Parameters:
  ///   - source: the setting of that name as an address.
  ///   - interfaceIndex: that of the setting `interface`; 0 for none.
  ///   - distanceHint: the TTL at which the target answered before.
  package func request(
    target: IPAddress, method: ProbeMethod, source: IPAddress?, interfaceIndex: UInt32, distanceHint: TTL?
  ) -> TraceRequest {
    var request = TraceRequest(target: target, method: method)
    request.port = UInt16(clamping: port)
    request.source = source
    request.interfaceIndex = interfaceIndex
    request.firstTTL = TTL(firstTTL) ?? .first
    request.lastTTL = TTL(maxTTL) ?? .usualLast
    request.queries = queries
    request.timeout = timeout
    request.overall = overall
    request.window = window
    request.interval = interval
    request.attemptInterval = attemptInterval
    request.gapLimit = gapLimit
    request.patience = patience
    request.distanceHint = distanceHint
    return request
  }

  /// What a change of settings should be told about: values that are each legal but do not go together.
  package var conflicts: [Diagnostic] {
    var found: [Diagnostic] = []
    if firstTTL > maxTTL {
      found.append(
        Diagnostic(
          "first-ttl \(firstTTL) is beyond max-ttl \(maxTTL): nothing would be probed",
          try: "'set max-ttl \(firstTTL)' or more", severity: .warning))
    }
    if let overall, overall < longest {
      found.append(
        Diagnostic(
          "overall \(Literal.text(for: overall)) may end a trace before its probes have",
          why: "the other settings need up to \(Literal.text(for: longest)) when nothing answers",
          try: "'set overall auto', or a smaller timeout", severity: .warning))
    }
    return found
  }

  /// What `overall auto` allows for a trace to a target that is not known yet, over the slowest way of probing.
  private var longest: Duration {
    let method = ProbeMethod(protocolName: protocolName ?? .icmp, socket: .raw, family: .ipv4)
    return ProbeSchedule.longest(
      request(target: .unspecified(.ipv4), method: method, source: nil, interfaceIndex: 0, distanceHint: nil))
  }
}
