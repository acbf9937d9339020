import Enrichment
import Packets
import Time
import Tracing

extension TraceDocument {
  /// The command that makes these documents.
  package static let command = "trace"

  /// The JSON form of a result; of one whose trace has not ended too.
  package init(_ result: TraceResult) {
    let trace = result.trace
    let findings = result.findings
    schema = ResultCoding.schema
    command = Self.command
    version = result.version
    id = result.id.description
    target = result.target
    targetIP = result.address.description
    family = result.method.family.word
    network = result.network
    protocolName = result.method.protocolName.rawValue
    socket = result.method.socket.rawValue
    engine = result.engine.rawValue
    started = result.started.description
    options = Options(trace.request)
    reached = result.isReached
    warnings = result.warnings + result.enrichment.notes.map(\.problem) + findings.ofTrace.map(\.sentence)
    evidence = Evidence(result)
    counts = Counts(result.counts)
    let segments = result.segments
    hops = trace.path.map { HopDocument($0, findings[$0.ttl], result.enrichment, segments) }
    name = result.name
    elapsed = trace.elapsed.map { Milliseconds($0) }
    end = trace.end.map { End($0) }
    publicIP = result.publicAddress?.description
    isp = result.publicAddress.flatMap { ProviderDocument(result.enrichment.annotations[$0]) }
    destinationASN = OriginDocument(result.enrichment.annotations[result.address]?.origin)
  }
}

extension TraceDocument.Options {
  init(_ request: TraceRequest) {
    firstTTL = Int(request.firstTTL.value)
    maxTTL = Int(request.lastTTL.value)
    queries = request.queries
    timeout = Milliseconds(request.timeout)
    window = request.window
    interval = Milliseconds(request.interval)
    attemptInterval = Milliseconds(request.attemptInterval)
    flow = Int(request.flow.value)
    variesFlow = request.variesFlow
    dontFragment = request.dontFragment
    size = request.size
    overall = request.overall.map { Milliseconds($0) }
    gapLimit = request.gapLimit
    patience = request.patience
    port =
      switch request.method.protocolName {
      case .icmp: nil
      case .udp, .tcp: Int(request.port)
      }
    source = request.source?.description
    interfaceIndex = request.interfaceIndex == 0 ? nil : Int(request.interfaceIndex)
    distanceHint = request.distanceHint.map { Int($0.value) }
  }
}

extension TraceDocument.End {
  init(_ end: TraceEnd) {
    reason = TraceDocument.EndReason(end)
    ttl = end.ttl.map { Int($0.value) }
    guard case .unreachable(_, let unreachable) = end else { return }
    code = Int(unreachable.code)
    marker = unreachable.marker
  }
}

extension TraceDocument.EndReason {
  /// The reason of an end.
  package init(_ end: TraceEnd) {
    switch end {
    case .reached: self = .reached
    case .unreachable: self = .unreachable
    case .loop: self = .loop
    case .gapLimit: self = .gapLimit
    case .exhausted: self = .exhausted
    case .cancelled: self = .cancelled
    case .overall: self = .overall
    case .failed: self = .failed
    }
  }
}

extension TraceDocument.Evidence {
  init(_ result: TraceResult) {
    let delays = result.trace.delaysOfLateReplies
    late = delays.count
    largestLag = Milliseconds(result.trace.evidence.largestLag)
    lookupsOpen = result.enrichment.openCount
    dropped = result.trace.evidence.dropped
    largestLate = delays.max().map { Milliseconds($0) }
  }
}

extension Trace {
  /// By how much each late reply of the path missed its timeout.
  package var delaysOfLateReplies: [Duration] {
    path.flatMap(\.probes).compactMap { record in
      guard case .late(_, rtt: _, let by) = record.outcome else { return nil }
      return by
    }
  }
}

extension TraceDocument.Counts {
  init(_ counts: ProbeCounts) {
    sent = counts.sent
    replies = counts.replies
    silent = counts.silent
    givenUp = counts.givenUp
    late = counts.late
    revised = counts.revised
    duplicate = counts.duplicate
    unsendable = counts.unsendable
    foreign = counts.foreign
    dropped = counts.dropped
    beyond = counts.beyond
  }
}

extension AddressFamily {
  /// The family as one word of JSON.
  package var word: String {
    switch self {
    case .ipv4: "ipv4"
    case .ipv6: "ipv6"
    }
  }
}
