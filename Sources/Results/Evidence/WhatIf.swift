import Packets
import Probing
import Time
import Tracing

/// A recorded trace judged by other rules, and what differs.
package struct WhatIf: Hashable, Sendable {
  /// Why there is nothing to judge.
  package enum Failure: Error, Hashable, Sendable {
    /// Its packets were not kept.
    case notRecorded
    /// So many packets or steps were not kept that the rest tells nothing.
    case incomplete(leftOut: Int)
    /// The record does not give its own trace: somebody changed one of the two.
    case inconsistent
  }

  /// The other rules.
  package struct Rules: Hashable, Sendable {
    /// Target and method are the original's.
    package var request: TraceRequest
    package var engine: EngineSettings
    /// As they are typed: `timeout 50ms`.
    package var words: [String]

    package init(request: TraceRequest, engine: EngineSettings, words: [String]) {
      self.request = request
      self.engine = engine
      self.words = words
    }
  }

  /// A hop that would have been shown otherwise.
  package struct Change: Hashable, Sendable {
    package let ttl: TTL
    /// What became of its probes, in order of attempts; none when the hop was not shown.
    package let before: [String]
    package let after: [String]
  }

  package let original: TraceResult
  /// With the trace as it would have been, and what is not known of it in `hypothesis`. Its id is still the original's.
  package private(set) var result: TraceResult
  package let changes: [Change]
  /// How long it would have taken; nil when that cannot be told.
  package let elapsed: Duration?

  /// Judges a result by other rules.
  package init(_ original: TraceResult, under rules: Rules) throws(Failure) {
    guard !original.packets.isEmpty else { throw .notRecorded }
    guard original.packets.isComplete else { throw .incomplete(leftOut: original.packets.leftOut) }
    guard
      let run = RecordedRun(original.packets, of: original.trace.request, from: original.trace.began),
      run.trace.with(original.trace.evidence) == original.trace
    else { throw .inconsistent }
    let judgesByReading = rules.engine.stamps == .program && original.engineSettings.stamps == .kernel
    let reconsidered = ReconsideredRun(run, under: .init(rules.request, judgesByReading: judgesByReading))
    self.original = original
    var result = original
    result.trace = reconsidered.trace.with(original.trace.evidence)
    result.engineSettings = rules.engine
    result.packets = PacketRecord()
    var untold = Self.untold(of: reconsidered, original, rules) + Self.unlistened(reconsidered.trace, original.trace)
    untold.sort { ($0.ttl?.value ?? 0, $0.sentence) < ($1.ttl?.value ?? 0, $1.sentence) }
    result.hypothesis = Hypothesis(of: original.id, rules: rules.words, untold: untold)
    self.result = result
    changes = Self.changes(from: original.trace, to: result.trace)
    elapsed = reconsidered.unsent.isEmpty ? result.trace.elapsed : nil
  }

  /// Names the result.
  package mutating func name(_ id: ResultID, _ name: String?, commandLine: String, started: WallTime, version: String) {
    result.id = id
    result.name = name
    result.commandLine = commandLine
    result.started = started
    result.version = version
  }

  /// Whether the record of a result, judged by its own rules, gives its trace bit for bit; nil when it has no whole record.
  package static func reproduces(_ result: TraceResult) -> Bool? {
    guard result.packets.isComplete, result.hypothesis == nil else { return nil }
    let rules = Rules(request: result.trace.request, engine: result.engineSettings, words: [])
    do throws(Failure) {
      let whatIf = try WhatIf(result, under: rules)
      return whatIf.result.trace == result.trace && whatIf.changes.isEmpty
        && whatIf.result.hypothesis?.untold.isEmpty ?? false
    } catch {
      return false
    }
  }
}

// What cannot be told.
extension WhatIf {
  private static func untold(
    of run: ReconsideredRun, _ original: TraceResult, _ rules: Rules
  ) -> [Hypothesis.Untold] {
    var untold: [Hypothesis.Untold] = []
    var unsent: [TTL: Int] = [:]
    for id in run.unsent { unsent[id.ttl, default: 0] += 1 }
    for (ttl, count) in unsent {
      let probes = count == 1 ? "one probe more" : "\(count) probes more"
      untold.append(.init(ttl, "\(probes) would have been sent than were: what would have come is not known"))
    }
    for (id, listened) in run.unheard where unsent[id.ttl] == nil {
      let known = Milliseconds(listened).brief
      untold.append(.init(id.ttl, "it would have been waited for longer than the \(known) for which anybody listened"))
    }
    if !unsent.isEmpty {
      untold.append(.init(nil, "how long it would have taken: probes that were not sent are taken to be silent"))
    }
    if !unsent.isEmpty, run.trace.reachedTTL == nil {
      untold.append(.init(nil, "where the path ends, since probes that were not sent could have got farther"))
    }
    if !run.moved.isEmpty {
      let count = run.moved.count
      untold.append(
        .init(
          nil,
          "\(count) probe\(count == 1 ? "" : "s") would have left at another time: the answers are taken to be the same then"
        ))
    }
    return untold + engineUntold(original.engineSettings, rules.engine)
  }

  /// Replies that the trace would not have waited for: they are here because the original did.
  private static func unlistened(_ new: Trace, _ old: Trace) -> [Hypothesis.Untold] {
    guard let end = new.ended, let then = old.ended, end < then else { return [] }
    let count = new.path.flatMap(\.probes).count { record in
      if case .replied(let reply, _) = record.outcome { reply.arrival > end } else { false }
    }
    guard count > 0 else { return [] }
    let replies = count == 1 ? "one reply" : "\(count) replies"
    return [
      .init(
        nil,
        "whether \(replies) would have counted that came behind the end it would have had: only if somebody still listened"
      )
    ]
  }

  private static func engineUntold(_ old: EngineSettings, _ new: EngineSettings) -> [Hypothesis.Untold] {
    var untold: [Hypothesis.Untold] = []
    if old.name != new.name {
      untold.append(
        .init(
          nil,
          "when engine '\(new.name)' would have sent and read: it is shown with the departures and readings of '\(old.name)'"
        ))
    }
    if old.stamps == .program, new.stamps == .kernel {
      untold.append(.init(nil, "when replies reached the kernel: they were stamped by the program"))
    }
    if new.awaitsNames, !old.awaitsNames || new.name != old.name {
      untold.append(.init(nil, "how long replies would have waited for their names"))
    } else if new.sharesPool, !old.sharesPool || new.name != old.name {
      untold.append(.init(nil, "how long look-ups would have held the engine's threads"))
    }
    return untold
  }
}

// What differs.
extension WhatIf {
  private static func changes(from old: Trace, to new: Trace) -> [Change] {
    let before = Dictionary(old.path.map { ($0.ttl, words($0)) }) { first, _ in first }
    let after = Dictionary(new.path.map { ($0.ttl, words($0)) }) { first, _ in first }
    return Set(before.keys).union(after.keys).sorted().compactMap { ttl in
      let (old, new) = (before[ttl] ?? [], after[ttl] ?? [])
      return old == new ? nil : Change(ttl: ttl, before: old, after: new)
    }
  }

  /// What became of each probe of a hop.
  private static func words(_ hop: Hop) -> [String] {
    hop.probes.map { record in
      switch record.outcome {
      case .pending: "waited for"
      case .replied(let reply, let rtt): "\(Milliseconds(rtt).brief) from \(reply.responder)"
      case .timedOut: "nothing in time"
      case .givenUp: "given up"
      case .late(let reply, rtt: _, let by): "\(Milliseconds(by).brief) too late from \(reply.responder)"
      case .unsendable: "not sent"
      }
    }
  }
}

extension Trace {
  /// The same with what the host was observed to do.
  func with(_ evidence: HostEvidence) -> Trace {
    var trace = self
    trace.apply(.observed(evidence))
    return trace
  }
}
