import Packets
import Probing
import Time
import Tracing

/// What a silent hop may be due to, with what speaks for and against each, the likeliest first.
struct SilenceCauses {
  private let result: TraceResult
  private let hop: Hop
  private let attempts: [ProbeRecord]

  init(_ explainer: HopExplainer) {
    result = explainer.result
    hop = explainer.hop
    attempts = explainer.hop.probes.filter { !$0.isSuperseded }
  }

  private var trace: Trace { result.trace }
  private var request: TraceRequest { result.trace.request }
  private var silent: [ProbeRecord] { attempts.filter(\.outcome.isSilent) }
  private var behind: [Hop] { trace.path.filter { $0.ttl > hop.ttl && $0.isAnswered } }
  private var before: [Hop] { trace.path.filter { $0.ttl < hop.ttl && $0.isAnswered } }
  private var largestRTT: Duration? { trace.path.flatMap(\.probes).compactMap(\.rtt).max() }
  private var isAnsweredSometimes: Bool { attempts.contains { $0.rtt != nil } }

  /// None for a hop all of whose probes were answered in time.
  var causes: [SilenceCause] {
    guard attempts.contains(where: { $0.rtt == nil }) else { return [] }
    let found = [
      notSent, stopped, late, givenUp, lostHere, shortTimeout, rateLimited, silentRouter, filtered, lost, notTold,
      damaged,
      mpls, mtu,
    ].compactMap { $0 }
    let ranks = SilenceCause.Likelihood.allCases
    // In order of likelihood, and within one in the order above.
    return ranks.flatMap { rank in found.filter { $0.likelihood == rank } }
  }

  private var notSent: SilenceCause? {
    for record in attempts {
      guard case .unsendable(let failure) = record.outcome else { continue }
      return SilenceCause(.notSent, .certain, "The probe never left this host.", for: ["\(failure)."])
    }
    return nil
  }

  private var stopped: SilenceCause? {
    guard attempts.contains(where: { $0.outcome.isPending }) else { return nil }
    return SilenceCause(
      .stopped, .certain, "The trace was stopped while the probe was waited for.",
      for: ["The probe has no outcome."])
  }

  private var late: SilenceCause? {
    for record in attempts {
      guard case .late(let reply, let rtt, let by) = record.outcome else { continue }
      return SilenceCause(
        .lateReply, .certain, "The answer came after the timeout.",
        for: [
          "\(reply.responder) answered after \(Milliseconds(rtt).brief), \(Milliseconds(by).brief) behind the timeout of "
            + "\(Milliseconds(request.timeout).exact)."
        ])
    }
    return nil
  }

  private var givenUp: SilenceCause? {
    let records = attempts.filter { $0.outcome == .givenUp }
    guard let patience = request.patience, !records.isEmpty else { return nil }
    let largest = largestRTT.map { Milliseconds($0).brief } ?? "nothing"
    return SilenceCause(
      .givenUp, .possible,
      "We stopped waiting before the timeout: the end of the path was known, and patience is \(Self.number(patience)) "
        + "times the largest RTT, at least \(Milliseconds(TraceRequest.leastPatience).exact).",
      for: ["The timeout was \(Milliseconds(request.timeout).exact), and the largest RTT \(largest)."],
      against: ["No late answer came while the probe's identity was kept."])
  }

  private var lostHere: SilenceCause? {
    // Of the host that made a capture nothing is known.
    guard !silent.isEmpty, request.method.socket != .capture else { return nil }
    let dropped = trace.evidence.dropped
    return SilenceCause(
      .lostHere, dropped > 0 ? .likely : .excluded, "The answer reached this host, and its kernel dropped it unread.",
      for: dropped > 0 ? ["The kernel dropped \(dropped) arrivals while the trace ran."] : [],
      against: dropped > 0 ? [] : ["The kernel dropped nothing while the trace ran."])
  }

  private var shortTimeout: SilenceCause? {
    guard attempts.contains(where: { $0.outcome == .timedOut }) else { return nil }
    let timeout = Milliseconds(request.timeout).exact
    guard let largestRTT else {
      return SilenceCause(
        .shortTimeout, .possible, "The answer takes longer than the timeout of \(timeout).",
        for: ["No hop answered, so nothing tells how long answers take here."])
    }
    let largest = Milliseconds(largestRTT).brief
    if largestRTT * 2 > request.timeout {
      return SilenceCause(
        .shortTimeout, .likely, "The answer takes longer than the timeout of \(timeout).",
        for: ["Other hops took up to \(largest), more than half of the timeout."],
        against: ["No late answer came while the probe's identity was kept."])
    }
    return SilenceCause(
      .shortTimeout, .unlikely, "The answer takes longer than the timeout of \(timeout).", for: [],
      against: ["The slowest hop took \(largest)."])
  }

  private var rateLimited: SilenceCause? {
    guard !silent.isEmpty else { return nil }
    let sentence = "The router limits how often it answers, and this probe came beyond the limit."
    let found = result.findings[hop.ttl].first { $0.kind == .rateLimited }
    if let found { return SilenceCause(.rateLimited, .likely, sentence, for: [found.sentence + "."]) }
    if isAnsweredSometimes {
      let answered = attempts.count { $0.rtt != nil }
      let isFirst = attempts.prefix { $0.rtt != nil }.count == answered
      return SilenceCause(
        .rateLimited, .possible, sentence,
        for: ["It answered \(answered) of \(attempts.count) attempts\(isFirst ? ", the first" : "")."],
        against: [
          isFirst
            ? "No hop behind it answered later attempts, so nothing tells a limit from loss."
            : "They are not just the first ones, as a limit would have it."
        ])
    }
    return SilenceCause(
      .rateLimited, attempts.count > 1 || behind.isEmpty ? .unlikely : .possible, sentence,
      for: ["Other traces may have used the limit up: a stock Linux router answers 6 at once and then one a second."],
      against: attempts.count > 1 ? ["It answered none of \(attempts.count) attempts, not even the first."] : [])
  }

  private var silentRouter: SilenceCause? {
    guard !isAnsweredSometimes, !silent.isEmpty else { return nil }
    let sentence = "The router forwards, but is set not to answer, or not to answer this kind of probe."
    guard let next = behind.first else {
      return SilenceCause(
        .silentRouter, .possible, sentence, for: [],
        against: ["No hop behind it answered, so nothing shows that it forwards."])
    }
    return SilenceCause(
      .silentRouter, .likely, sentence,
      for: [
        "Hop \(next.ttl) behind it answered, so probes pass it.",
        attempts.count > 1
          ? "None of \(attempts.count) attempts was answered."
          : "Try 'trace \(result.target) -q 5': a router "
            + "that is set so stays silent each time.",
      ], against: [])
  }

  private var filtered: SilenceCause? {
    guard !isAnsweredSometimes, !silent.isEmpty else { return nil }
    let sentence = "Something at or before this hop drops the probes, or their answers: a filter, or a black hole."
    let other = request.method.protocolName == .icmp ? "udp" : "icmp"
    guard behind.isEmpty else {
      return SilenceCause(
        .filtered, .excluded, sentence, for: [], against: ["Probes get through to \(behind.count) hops behind it."])
    }
    return SilenceCause(
      .filtered, .likely, sentence,
      for: [
        "Nobody behind it answered either.",
        "Try 'trace \(result.target) --protocol \(other)': a filter may let that pass.",
      ])
  }

  private var lost: SilenceCause? {
    guard !silent.isEmpty else { return nil }
    let sentence = "The probe or its answer was lost on the way, as any packet may be."
    if isAnsweredSometimes {
      return SilenceCause(
        .lost, .possible, sentence, for: ["\(silent.count) of \(attempts.count) attempts got no answer."])
    }
    guard attempts.count > 1 else {
      return SilenceCause(
        .lost, .possible, sentence, for: ["There was one attempt only: 'trace \(result.target) -q 5' tells more."])
    }
    return SilenceCause(
      .lost, .unlikely, sentence, for: [], against: ["All \(attempts.count) attempts would have been lost."])
  }

  /// Answers that came and could not be told apart.
  private var notTold: SilenceCause? {
    let unclear = result.packets.foreignArrivals.filter { $0.match == .ambiguous }
    guard !silent.isEmpty, !unclear.isEmpty else { return nil }
    return SilenceCause(
      .notTold, .possible, "The answer came, but did not say for which of several probes it was.",
      for: ["\(unclear.count) such answers came: their senders quote no more than 8 bytes of the probe."])
  }

  /// Answers that came with a checksum which does not hold: nothing in them can be trusted, not even whose they are.
  private var damaged: SilenceCause? {
    let senders = result.packets.foreignArrivals.compactMap { arrival -> IPAddress? in
      guard arrival.form == .ipv4Datagram, ICMPReply.isDamaged(ipv4Datagram: arrival.bytes.span.bytes) else {
        return nil
      }
      return arrival.source ?? IPAddress(ipv4: arrival.bytes.span.bytes.uint32(at: 12))
    }
    guard !silent.isEmpty, let first = senders.first else { return nil }
    let sender = senders.allSatisfy { $0 == first } ? "\(first)" : "several addresses"
    return SilenceCause(
      .damaged, .possible, "The answer came, but something on the way had changed it.",
      for: [
        "\(senders.count == 1 ? "An ICMP message" : "\(senders.count) ICMP messages") from \(sender) came while the trace "
          + "ran, with a checksum that does not hold: such a message counts for nothing (RFC 792)."
      ])
  }

  private var mpls: SilenceCause? {
    guard !silent.isEmpty else { return nil }
    let near = trace.path.filter { abs(Int($0.ttl.value) - Int(hop.ttl.value)) <= 2 }
    let labelled = near.first { hop in
      hop.probes.contains { record in
        record.outcome.reply?.extensions.contains { if case .mpls = $0 { true } else { false } } ?? false
      }
    }
    let sentence = "It is inside an MPLS tunnel whose routers know no way back, or may not answer."
    guard let labelled else {
      return SilenceCause(
        .mpls, .unlikely, sentence, for: [],
        against: ["No hop near it told of labels; a tunnel that hides its routers leaves no stars, but nothing at all."]
      )
    }
    return SilenceCause(.mpls, .possible, sentence, for: ["Hop \(labelled.ttl) near it arrived with labels."])
  }

  private var mtu: SilenceCause? {
    guard !silent.isEmpty else { return nil }
    let header = request.method.family == .ipv4 ? 20 : 40
    let length = header + (result.packets.departures.first?.bytes.count ?? 40)
    let sentence = "The probe is too long for a link, and the router that drops it does not say so."
    let least = request.method.family == .ipv4 ? 68 : 1_280
    guard length <= least else {
      if behind.isEmpty, request.size != nil {
        return SilenceCause(
          .mtu, .likely, sentence,
          for: [
            "It has \(length) bytes, by its size, and a link may take as few as \(least).",
            "Try 'trace \(result.target)' without a size: if hop \(hop.ttl) answers to that, this is it.",
          ])
      }
      return SilenceCause(
        .mtu, behind.isEmpty ? .possible : .excluded, sentence,
        for: behind.isEmpty ? ["It has \(length) bytes, and a link may take as few as \(least)."] : [],
        against: behind.isEmpty ? [] : ["Probes of that length get through to hops behind it."])
    }
    return SilenceCause(
      .mtu, .excluded, sentence, for: [],
      against: [
        "It has \(length) bytes; every link takes \(least) "
          + (request.method.family == .ipv4 ? "(RFC 791 section 3.2)." : "(RFC 8200 section 5).")
      ])
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }
}
