import Enrichment
import Packets
import Statistics
import Tracing

/// One of the two paths of a comparison, as plain values: what is left of a result once it has been compared.
package struct PathSide: Codable, Hashable, Sendable {
  /// How the user called it: `%before`, `far.demo.test`.
  package var label: String
  /// The permanent id of the result.
  package var id: String
  package var target: String
  package var address: String
  package var network: String
  package var protocolName: String
  package var started: String
  package var reached: Bool
  @ExplicitNull package var end: TraceDocument.EndReason? = nil
  /// How long its probes were waited for; nil where a stored comparison does not say.
  package var timeout: Milliseconds?
  /// The most probes that were sent at one hop.
  package var probesPerHop: Int
  /// By TTL.
  package var hops: [PathHop]
  /// The AS numbers along the path from where both were asked for it, each once where several hops in a row have it.
  /// Empty when none is known.
  package var systems: [UInt32]

  enum CodingKeys: String, CodingKey {
    case label, id, target, address, network, started, reached, end, hops
    case protocolName = "protocol"
    case timeout = "timeout_ms"
    case probesPerHop = "probes_per_hop"
    case systems = "as_path"
  }

  /// - Parameters:
  ///   - start: the first TTL that both paths were asked for.
  ///   - timeout: replies count that came within it.
  init(_ result: TraceResult, label: String, from start: TTL, judgedAt timeout: Duration) {
    self.label = label
    id = result.id.description
    target = result.target
    address = result.address.description
    network = result.network
    protocolName = result.method.protocolName.rawValue
    started = result.started.description
    reached = result.isReached
    let findings = result.findings
    hops = result.trace.path.map { PathHop($0, findings[$0.ttl], result.enrichment, timeout) }
    self.timeout = Milliseconds(result.trace.request.timeout)
    probesPerHop = hops.map(\.sent).max() ?? 0
    systems = []
    let compared = hops.filter { $0.ttl >= Int(start.value) }
    for system in compared.compactMap(\.systems.first) where systems.last != system { systems.append(system) }
    end = result.trace.end.map { TraceDocument.EndReason($0) }
  }
}

/// One hop of a path that was compared.
package struct PathHop: Codable, Hashable, Sendable {
  package var ttl: Int
  /// Who answered within the smaller timeout of both paths, by attempt; empty for a silent hop.
  package var responders: [String]
  /// The name of the first responder.
  @ExplicitNull package var hostname: String? = nil
  /// AS numbers of the first responder; empty when they are not known.
  package var systems: [UInt32]
  /// Probes that left and were waited for.
  package var sent: Int
  /// Of those, the ones that were answered within the smaller timeout of both paths.
  package var answered: Int
  /// The middle of the round-trip times.
  @ExplicitNull package var median: Milliseconds? = nil
  /// Whether it seems to limit how often it answers, so that its silence is no loss.
  package var isRateLimited: Bool
  /// Whether an answer came to a probe on a socket of its own, and so perhaps from another path.
  package var isOtherFlow: Bool

  enum CodingKeys: String, CodingKey {
    case ttl, responders, hostname, sent, answered
    case systems = "asns"
    case median = "rtt_median_ms"
    case isRateLimited = "rate_limited"
    case isOtherFlow = "other_flow"
  }

  init(_ hop: Hop, _ findings: [Finding], _ enrichment: EnrichmentRecord, _ timeout: Duration) {
    ttl = Int(hop.ttl.value)
    var addresses: [IPAddress] = []
    for reply in hop.replies(within: timeout) where !addresses.contains(reply.responder) {
      addresses.append(reply.responder)
    }
    responders = addresses.map(\.description)
    let annotation = addresses.first.flatMap { enrichment.annotations[$0] }
    systems = annotation?.origin.value?.asns ?? []
    sent = hop.probes.count(where: \.isWaitedFor)
    let times = hop.times(within: timeout)
    answered = times.count
    isRateLimited = findings.contains { $0.kind == .rateLimited }
    isOtherFlow = findings.contains { $0.kind == .flowChanged }
    hostname = annotation?.name.value
    median = times.median.map { Milliseconds(rounding: $0) }
  }

  package var isSilent: Bool { responders.isEmpty }
}

extension ProbeRecord {
  /// Whether the probe left and was waited for, so that its silence would be a loss.
  fileprivate var isWaitedFor: Bool {
    switch outcome {
    case .replied, .late: true
    case .timedOut, .givenUp: !isSuperseded
    case .pending, .unsendable: false
    }
  }
}
