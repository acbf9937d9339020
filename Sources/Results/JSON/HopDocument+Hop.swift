import Enrichment
import Packets
import Time
import Tracing

extension HopDocument {
  init(_ hop: Hop, _ findings: [Finding], _ enrichment: EnrichmentRecord, _ segments: PathSegments) {
    ttl = Int(hop.ttl.value)
    self.findings = findings.map { FindingDocument(id: $0.kind.rawValue, text: $0.sentence) }
    responders = hop.responders.map { responder in
      Responder(
        responder, enrichment.annotations[responder.address], segments[hop.ttl, responder.address])
    }
    probes = hop.probes.map { ProbeDocument($0) }
    guard let first = responders.first else { return }
    segment = first.segment
    address = first.address
    hostname = first.hostname
    asnInfo = first.asnInfo
    geo = first.geo
    rtt = first.rtt.avg
  }
}

extension HopDocument.Responder {
  init(_ responder: Hop.Responder, _ annotation: Annotation?, _ segment: Segment?) {
    address = responder.address.description
    replies = responder.replies
    rtt = TimesDocument(responder.times)
    hostname = annotation?.name.value
    asnInfo = OriginDocument(annotation?.origin)
    geo = PlaceDocument(annotation?.place)
    self.segment = segment?.rawValue
  }
}

extension TimesDocument {
  package init(_ times: RoundTripTimes) {
    last = Milliseconds(times.last)
    min = Milliseconds(times.least)
    avg = Milliseconds(times.mean)
    max = Milliseconds(times.largest)
    stddev = times.deviation.map { Milliseconds($0) }
  }
}

extension ProbeDocument {
  init(_ record: ProbeRecord) {
    attempt = Int(record.probe.id.attempt)
    flow = Int(record.probe.flow.value)
    state = State(record.outcome)
    let reply = record.outcome.reply
    extensions = (reply?.extensions ?? []).map { ExtensionDocument($0) }
    switch record.outcome {
    case .replied(_, let rtt): self.rtt = Milliseconds(rtt)
    case .late(_, let rtt, let by):
      self.rtt = Milliseconds(rtt)
      late = Milliseconds(by)
    case .pending, .timedOut, .givenUp, .unsendable: break
    }
    address = reply?.responder.description
    icmpType = reply?.icmpType.map(Int.init)
    icmpCode = reply?.icmpCode.map(Int.init)
    replyTTL = reply?.replyTTL.map(Int.init)
    quotedTTL = reply?.quotedTTL.map(Int.init)
    stamp = reply?.stamp.rawValue
  }
}

extension ProbeDocument.State {
  init(_ outcome: ProbeOutcome) {
    switch outcome {
    case .pending: self = .pending
    case .replied: self = .replied
    case .timedOut: self = .timeout
    case .givenUp: self = .givenUp
    case .late: self = .late
    case .unsendable: self = .unsendable
    }
  }
}
