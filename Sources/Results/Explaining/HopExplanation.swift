import Enrichment
import Packets
import Probing
import Time
import Tracing

extension Explanation {
  /// Probes of one hop that are explained one by one: the first of each kind of outcome and responder.
  package static let mostProbes = 4

  /// Why a hop is what it is.
  ///
  /// - Returns: nil when that TTL was never probed.
  package init?(hop ttl: TTL, of result: TraceResult) {
    guard let hop = result.trace[ttl], !hop.probes.isEmpty else { return nil }
    let explainer = HopExplainer(result: result, hop: hop)
    self.init(
      "hop \(ttl) of the trace to \(result.target)", explainer.sections, causes: SilenceCauses(explainer).causes)
  }
}

/// What is at hand to explain one hop.
struct HopExplainer {
  let result: TraceResult
  let hop: Hop

  var trace: Trace { result.trace }
  var request: TraceRequest { result.trace.request }
  var isIPv4: Bool { request.method.family == .ipv4 }
  /// What the field is called in this family.
  var ttlName: String { isIPv4 ? "TTL" : "hop limit" }

  /// Everything that is said of the hop.
  var sections: [ExplanationSection] {
    var sections = [ExplanationSection("In short", summary)]
    let shown = shownProbes
    for record in shown {
      let part = ProbeExplainer(hop: self, record: record)
      sections += part.sections(named: shown.count > 1 ? "attempt \(record.probe.id.attempt + 1): " : "")
    }
    if hop.probes.count > shown.count {
      sections.append(
        ExplanationSection(
          "The other attempts",
          ["\(hop.probes.count - shown.count) more of \(hop.probes.count) attempts went like one of these."]))
    }
    sections += PlaceExplainer(hop: self).sections
    let findings = result.findings[hop.ttl].map { $0.sentence + "." }
    let ofTrace = result.findings.ofTrace.map { $0.sentence + "." }
    if !findings.isEmpty || !ofTrace.isEmpty {
      sections.append(ExplanationSection("Findings", findings + ofTrace))
    }
    return sections
  }

  /// The first probe of each kind of outcome and responder.
  private var shownProbes: [ProbeRecord] {
    var seen: Set<String> = []
    var shown: [ProbeRecord] = []
    for record in hop.probes where shown.count < Explanation.mostProbes {
      if seen.insert(Self.kind(of: record)).inserted { shown.append(record) }
    }
    return shown
  }

  private static func kind(of record: ProbeRecord) -> String {
    switch record.outcome {
    case .pending: "pending"
    case .replied(let reply, _): "replied \(reply.responder) \(reply.kind) \(record.probe.ownSocket)"
    case .timedOut: "timed out \(record.isSuperseded)"
    case .givenUp: "given up"
    case .late(let reply, _, _): "late \(reply.responder)"
    case .unsendable: "unsendable"
    }
  }

  private var summary: [String] {
    let responders = hop.responders
    guard let first = responders.first else { return [silence] }
    let name = result.enrichment.annotations[first.address]?.name.value.map { " (\($0))" } ?? ""
    let replies = hop.probes.compactMap { record -> Reply? in
      guard case .replied(let reply, _) = record.outcome, reply.responder == first.address else { return nil }
      return reply
    }
    var sentences: [String] = []
    let who = "\(first.address)\(name)"
    let time = Milliseconds(first.times.least).brief
    switch replies.first?.kind {
    case .timeExceeded:
      sentences.append(
        "\(who) is the router where the probe's \(ttlName) of \(hop.ttl) ran out: it answered within \(time).")
    case .echoReply: sentences.append("\(who) is the target: it answered the echo request within \(time).")
    case .unreachable(let code) where code.isPort:
      sentences.append("\(who) is where the probe arrived: nobody listens on that port, it said within \(time).")
    case .unreachable(let code):
      sentences.append("\(who) says \(code.meaning) (\(code.marker)): the path ends there, after \(time).")
    case .datagram: sentences.append("\(who) is the target: a program on the probed port answered within \(time).")
    case .reset: sentences.append("\(who) is the target: it refused the connection within \(time).")
    case .synAck: sentences.append("\(who) is the target: its port is open, it answered within \(time).")
    case nil: break
    }
    if responders.count > 1 {
      let others = responders.dropFirst().map(\.address.description).joined(separator: ", ")
      sentences.append("Others answered at this distance too: \(others).")
    }
    return sentences
  }

  private var silence: String {
    let count = hop.probes.count
    let probes = count == 1 ? "the one probe" : "any of the \(count) probes"
    if hop.probes.contains(where: { if case .late = $0.outcome { true } else { false } }) {
      return "No answer to \(probes) came in time; one came late."
    }
    if hop.probes.allSatisfy({ if case .unsendable = $0.outcome { true } else { false } }) {
      return "No probe left this host for hop \(hop.ttl)."
    }
    return "No answer to \(probes) of hop \(hop.ttl) came."
  }

  /// A moment of the trace: `+12.345 ms`.
  func moment(_ instant: Instant) -> String { "+\(Milliseconds(instant - trace.began)) ms" }

  /// Who took a stamp, in words.
  func taker(_ stamp: StampSource) -> String {
    if request.method.socket == .lab { return "the lab's clock" }
    if request.method.socket == .capture { return "whoever captured it" }
    return switch stamp {
    case .kernel: "the kernel"
    case .program: "the program itself"
    }
  }
}
