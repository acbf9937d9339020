import Packets
import Time
import Tracing

extension HopDocument {
  init(_ hop: Hop, _ findings: [Finding]) {
    let responders = hop.responders
    ttl = Int(hop.ttl.value)
    self.findings = findings.map { FindingDocument(id: $0.kind.rawValue, text: $0.sentence) }
    self.responders = responders.map {
      Responder(address: $0.address.description, replies: $0.replies, rtt: TimesDocument($0.times))
    }
    probes = hop.probes.map { ProbeDocument($0) }
    address = responders.first?.address.description
    rtt = responders.first.map { Milliseconds($0.times.mean) }
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
