import Packets
import Time

@testable import Tracing

/// A network of one line a TTL, in which a tracer runs on a clock of its own.
///
/// Answers are written as `"10.0.0.1 12ms"`, optionally with what it is: `echo`, `port`, `!H`, `!X`; `"*"` is silence.
/// `read 30ms` delays the program's reading it, not its stamp. Each attempt at a TTL gets the same answer unless
/// several are given, separated by commas.
struct ScriptedPath {
  struct Answer {
    var address: IPAddress
    var delay: Duration
    var kind: ReplyKind
    var readLater: Duration = .zero
    var copies = 1
  }

  var answers: [[Answer?]]
  var target: IPAddress
  var tracer: Tracer
  var now: Instant = .zero
  var events: [TraceEvent] = []
  var launches: [(probe: Probe, at: Instant)] = []
  /// Probes that the host refuses to send.
  var refused: Set<Int> = []
  private var arrivals: [(at: Instant, id: ProbeID, reply: Reply)] = []

  init(_ lines: [String], target: String = "203.0.113.80", _ change: (inout TraceRequest) -> Void = { _ in }) {
    answers = lines.map { $0.split(separator: ",").map { Self.answer(String($0)) } }
    self.target = Self.address(target)
    let method = ProbeMethod(protocolName: .icmp, socket: .raw, family: .ipv4)
    var request = TraceRequest(target: self.target, method: method)
    change(&request)
    tracer = Tracer(request, at: .zero)
  }

  var trace: Trace { tracer.trace }

  /// The events without what every trace has: a word for each outcome.
  var story: [String] {
    events.compactMap { event in
      switch event {
      case .replied(let id, let reply, let rtt): "\(id) \(reply.responder) \(rtt.milliseconds)"
      case .timedOut(let id, at: _): "\(id) timed out"
      case .givenUp(let id, at: _): "\(id) given up"
      case .late(let id, _, rtt: _, let by): "\(id) late by \(by.milliseconds)"
      case .duplicate(let id, _): "\(id) duplicate"
      case .revised(let id, _, let rtt): "\(id) revised \(rtt.milliseconds)"
      case .unsendable(let id, _): "\(id) unsendable"
      case .beyond(let id, _): "\(id) beyond"
      case .began, .sent, .restamped, .observed, .finished, .packet: nil
      }
    }
  }

  mutating func give(_ input: TracerInput) {
    var effects: [TracerEffect] = []
    tracer.handle(input, at: now, into: &effects)
    for effect in effects {
      switch effect {
      case .event(let event): events.append(event)
      case .launch(let probe): launch(probe)
      }
    }
  }

  /// Runs until nothing more can happen, late replies included; `stopAt` cancels.
  /// `ambiguousErrors` come right behind the first launches.
  mutating func run(cancelAt cancel: Instant? = nil, ambiguousErrors: Int = 0) {
    give(.begin)
    for _ in 0..<ambiguousErrors { give(.ambiguous) }
    var hasCancelled = false
    while true {
      let next = [arrivals.map(\.at).min(), tracer.deadline, hasCancelled ? nil : cancel].compactMap { $0 }.min()
      guard let next else { return }
      now = max(now, next)
      if let cancel, now >= cancel, !hasCancelled {
        hasCancelled = true
        give(.cancel)
      }
      for (index, arrival) in arrivals.enumerated().reversed() where arrival.at <= now {
        arrivals.remove(at: index)
        give(.reply(arrival.id, arrival.reply))
      }
      give(.tick)
    }
  }

  private mutating func launch(_ probe: Probe) {
    guard tracer.wants(probe) else { return }
    launches.append((probe, now))
    let ttl = Int(probe.id.ttl.value)
    if refused.contains(ttl) {
      return give(.unsendable(probe.id, SendFailure(call: "sendto", errno: 101, reason: "Network is unreachable")))
    }
    give(.departed(probe.id, departure: now, stamp: .kernel))
    let line = ttl <= answers.count ? answers[ttl - 1] : answers.last ?? []
    guard !line.isEmpty, let answer = line[min(Int(probe.id.attempt), line.count - 1)] else { return }
    let arrival = now + answer.delay
    let reply = Reply(
      responder: answer.address, kind: answer.kind, arrival: arrival, stamp: .kernel,
      read: arrival + answer.readLater)
    for _ in 0..<answer.copies { arrivals.append((arrival + answer.readLater, probe.id, reply)) }
  }

  static func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("not an address: \(text)") }
    return address
  }

  private static func answer(_ text: String) -> Answer? {
    let words = text.split(separator: " ").map(String.init)
    guard words.count >= 2 else { return nil }
    var answer = Answer(address: address(words[0]), delay: duration(words[1]), kind: .timeExceeded)
    var index = 2
    while index < words.count {
      switch words[index] {
      case "echo": answer.kind = .echoReply
      case "port": answer.kind = .unreachable(UnreachableCode(family: .ipv4, type: 3, code: 3))
      case "!H": answer.kind = .unreachable(UnreachableCode(family: .ipv4, type: 3, code: 1))
      case "!X": answer.kind = .unreachable(UnreachableCode(family: .ipv4, type: 3, code: 13))
      case "twice": answer.copies = 2
      case "read":
        index += 1
        answer.readLater = duration(words[index])
      default: preconditionFailure("not a word of a scripted path: \(words[index])")
      }
      index += 1
    }
    return answer
  }

  private static func duration(_ text: String) -> Duration {
    guard text.hasSuffix("ms"), let value = Int(text.dropLast(2)) else {
      preconditionFailure("not milliseconds: \(text)")
    }
    return .milliseconds(value)
  }
}

func ttl(_ value: Int) -> TTL {
  guard let ttl = TTL(value) else { preconditionFailure("not a TTL: \(value)") }
  return ttl
}
