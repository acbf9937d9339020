import Enrichment
import Packets
import Results
import Tracing

extension ResultFacts {
  /// The facts of a trace: the hops of its path.
  package init(_ result: TraceResult) {
    let trace = result.trace
    let segments = result.segments
    let findings = result.findings
    let hops = trace.path.map { hop in
      var facts = HopFacts(hop)
      facts.findings = findings[hop.ttl].map { Self.word(for: $0.kind) }
      for index in facts.responders.indices {
        guard let address = IPAddress(facts.responders[index].address) else { continue }
        facts.responders[index].segment = segments[hop.ttl, address]?.rawValue
        guard let annotation = result.enrichment.annotations[address] else { continue }
        facts.responders[index].name = annotation.name.value
        facts.responders[index].systems = annotation.origin.value?.asns ?? []
      }
      return facts
    }
    self.init(
      target: result.target, isReached: result.isReached, hops: hops, end: Self.word(for: trace.end),
      elapsed: trace.elapsed ?? .zero)
    warnings = result.warnings
    asksNames = result.enrichment.request.kinds.contains(.names)
    asksSystems = result.enrichment.request.kinds.contains(.autonomousSystems)
  }

  /// The words for what is found at a hop.
  package static let findingWords = Finding.Kind.allCases.map { word(for: $0) }

  private static func word(for kind: Finding.Kind) -> String { kind.rawValue.replacing("_", with: "-") }

  /// One of `endings`.
  private static func word(for end: TraceEnd?) -> String {
    switch end {
    case .reached: "reached"
    case .unreachable: "unreachable"
    case .loop: "loop"
    case .gapLimit: "gap-limit"
    case .exhausted: "exhausted"
    case .overall: "overall"
    case .failed: "failed"
    case .cancelled, nil: "cancelled"
    }
  }
}

extension ResultFacts.HopFacts {
  init(_ hop: Hop) {
    let times = hop.probes.compactMap(\.rtt)
    self.init(
      ttl: Int(hop.ttl.value), addresses: hop.responders.map(\.address.description),
      sent: hop.probes.count(where: Self.counts), answered: times.count, slowest: times.max())
    responders = addresses.map { ResultFacts.ResponderFacts(address: $0) }
    for record in hop.probes {
      guard case .replied(let reply, rtt: _) = record.outcome,
        let index = addresses.firstIndex(of: reply.responder.description)
      else { continue }
      responders[index].add(reply)
    }
  }

  /// Whether a probe left and was waited for, so that its silence would be a loss.
  private static func counts(_ record: ProbeRecord) -> Bool {
    switch record.outcome {
    case .replied, .late: true
    case .timedOut, .givenUp: !record.isSuperseded
    case .pending, .unsendable: false
    }
  }
}

extension ResultFacts.ResponderFacts {
  fileprivate mutating func add(_ reply: Reply) {
    if replyTTL == nil { replyTTL = reply.replyTTL.map(Int.init) }
    if quotedTTL == nil { quotedTTL = reply.quotedTTL.map(Int.init) }
    if case .unreachable(let code) = reply.kind, !markers.contains(code.marker) { markers.append(code.marker) }
    guard labels.isEmpty else { return }
    for case .mpls(let stack) in reply.extensions { labels += stack.map { UInt32($0.label) } }
  }
}
