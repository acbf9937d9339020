import Packets
import Time

/// What became of a probe.
package enum ProbeOutcome: Hashable, Sendable {
  case pending
  case replied(Reply, rtt: Duration)
  /// Nothing arrived inside the probe's timeout.
  case timedOut
  /// Our decision, by patience or because the trace ended: nothing had arrived when we stopped waiting.
  case givenUp
  /// A reply arrived, this much after the timeout.
  case late(Reply, rtt: Duration, by: Duration)
  // Boxed, so that the copy of every other outcome is not that of three strings.
  indirect case unsendable(SendFailure)

  package var isPending: Bool {
    if case .pending = self { true } else { false }
  }

  package var reply: Reply? {
    switch self {
    case .replied(let reply, rtt: _), .late(let reply, rtt: _, by: _): reply
    case .pending, .timedOut, .givenUp, .unsendable: nil
    }
  }

  /// Whether nothing is known to have come back for it, in time or late.
  package var isSilent: Bool {
    switch self {
    case .timedOut, .givenUp: true
    case .pending, .replied, .late, .unsendable: false
    }
  }
}

/// Why a probe could not be sent.
package struct SendFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system call or the part of the program that refused.
  package let call: String
  /// 0 when no system call refused.
  package let errno: Int32
  /// Why, for people: "Network is unreachable".
  package let reason: String
  /// What to do about it, when that is known.
  package let advice: String?

  package init(call: String, errno: Int32, reason: String, advice: String? = nil) {
    self.call = call
    self.errno = errno
    self.reason = reason
    self.advice = advice
  }

  package var description: String { "\(call): \(reason)" }
}

/// Where and why a path ended: one record.
package enum TraceEnd: Hashable, Sendable {
  case reached(TTL)
  case unreachable(TTL, UnreachableCode)
  /// The TTL at which a responder was seen for the second time, with another between.
  case loop(TTL)
  case gapLimit
  /// Every TTL was tried, and the target did not answer.
  case exhausted
  case cancelled
  /// The bound on the whole trace passed before the probes had settled.
  case overall
  indirect case failed(SendFailure)

  /// The TTL behind which the result holds nothing; nil when it runs to the last TTL that was probed.
  package var ttl: TTL? {
    switch self {
    case .reached(let ttl), .unreachable(let ttl, _), .loop(let ttl): ttl
    case .gapLimit, .exhausted, .cancelled, .overall, .failed: nil
    }
  }
}

/// One thing that happened in a trace. The screen, JSON, stored results and comparisons are folds of these.
package enum TraceEvent: Hashable, Sendable {
  // Boxed, so that the size of every other event is not that of a whole request.
  indirect case began(TraceRequest, at: Instant)
  /// The probe left at `departure`, as stamped by `stamp`.
  case sent(Probe, departure: Instant, stamp: StampSource)
  /// The kernel's own stamp of a departure, which the RTT is made from.
  case restamped(ProbeID, departure: Instant)
  case replied(ProbeID, Reply, rtt: Duration)
  case timedOut(ProbeID, at: Instant)
  case givenUp(ProbeID, at: Instant)
  case late(ProbeID, Reply, rtt: Duration, by: Duration)
  /// Another reply to a probe that already has one.
  case duplicate(ProbeID, Reply)
  indirect case unsendable(ProbeID, SendFailure)
  /// A reply that arrived in time was read after its probe had been ended: the outcome is `replied` after all.
  case revised(ProbeID, Reply, rtt: Duration)
  /// A reply from behind the target's TTL: not part of the result.
  case beyond(ProbeID, Reply)
  /// What the host and the program did while the trace ran; comes just before `finished`.
  case observed(HostEvidence)
  /// The trace is over. Comes again, with the same instant, when a revised reply changes where the path ended.
  case finished(TraceEnd, at: Instant)
  /// The evidence for the events around it, when the request asks to keep it: no part of the trace itself. Boxed, as it is large.
  indirect case packet(PacketEvent)
}

extension TraceEvent {
  /// When the program learned of it; nil for what it learns together with the event before.
  package var moment: Instant? {
    switch self {
    case .began(_, let instant), .timedOut(_, let instant), .givenUp(_, let instant), .finished(_, let instant): instant
    case .sent(_, let departure, _): departure
    case .replied(_, let reply, _), .late(_, let reply, _, _), .duplicate(_, let reply), .revised(_, let reply, _),
      .beyond(_, let reply):
      reply.read
    case .restamped, .unsendable, .observed, .packet: nil
    }
  }

  /// Whether it tells of packets alone, and changes nothing in the trace.
  package var isPacket: Bool {
    if case .packet = self { true } else { false }
  }

  /// The reply that makes its responder part of the result; nil for every other event.
  package var replyOnPath: Reply? {
    switch self {
    case .replied(_, let reply, _), .revised(_, let reply, _): reply
    case .began, .sent, .restamped, .timedOut, .givenUp, .late, .duplicate, .unsendable, .beyond, .observed, .finished,
      .packet:
      nil
    }
  }
}

/// What happened to replies on this host during a trace: the evidence for or against the program itself.
package struct HostEvidence: Hashable, Sendable {
  /// Arrivals that matched no probe of any trace.
  package var foreign = 0
  /// Arrivals that the kernel dropped because they were not read in time.
  package var dropped = 0
  /// The largest time between a reply's kernel stamp and the program's reading it; zero when none was stamped.
  package var largestLag: Duration = .zero

  package init(foreign: Int = 0, dropped: Int = 0, largestLag: Duration = .zero) {
    self.foreign = foreign
    self.dropped = dropped
    self.largestLag = largestLag
  }
}
