import Enrichment
import Packets
import Results
import Time
import Tracing

/// The rows of one trace: those of its hops, and the row that stands for what lies behind them.
struct TraceText {
  /// A wait longer than this is explained in the last row of a running trace.
  static let longWait = Duration.milliseconds(300)

  let result: TraceResult
  let findings: Findings
  private let segments: PathSegments
  private let layout: RowLayout
  /// The last TTL that is shown while the trace runs; nil when it is open or the trace has ended.
  private let possibleEnd: TTL?

  /// - Parameter columns: of the terminal; nil where there is none.
  init(_ result: TraceResult, columns: Int?) {
    self.result = result
    findings = result.findings
    segments = result.segments
    layout = RowLayout(result, columns: columns)
    possibleEnd = result.trace.end == nil ? result.trace.possibleEnd?.ttl : nil
  }

  private var trace: Trace { result.trace }

  /// The hops that have rows of their own: up to the last about which there is something to say.
  var speakingHops: ArraySlice<Hop> {
    if case .failed? = trace.end { return [] }
    let path = trace.path.prefix { hop in possibleEnd.map { hop.ttl <= $0 } ?? true }
    guard let last = path.lastIndex(where: Self.speaks) else { return path.prefix(0) }
    return path[...last]
  }

  /// Every row of a trace that has ended, but for heading and closing line.
  var finalRows: [StyledLine] { speakingHops.flatMap(rows) + [trailingSilence].compactMap { $0 } }

  /// The rows so far, and one row for what is waited for.
  ///
  /// - Parameter elapsed: how long the trace has run, by the clock on the wall of whoever looks at the screen.
  func runningRows(elapsed: Duration) -> [StyledLine] {
    trace.end == nil
      ? speakingHops.flatMap(rows) + [waitingRow(elapsed: elapsed)] : finalRows + [waitingForNames(elapsed: elapsed)]
  }

  /// The rows of one hop.
  func rows(of hop: Hop) -> [StyledLine] { text(of: hop).lines }

  /// What the rows of a hop say of its responders: by responder, without times.
  func responders(of hop: Hop) -> [StyledLine] {
    let text = text(of: hop)
    return hop.responders.map { responder in
      StyledLine(
        [StyledLine.Span(TextColumns.right(String(hop.ttl.value), RowLayout.ttlWidth), .number)]
          + text.responderSpans(of: responder.address))
    }
  }

  private func text(of hop: Hop) -> HopText {
    HopText(
      hop: hop, findings: findings[hop.ttl], annotations: result.enrichment.annotations, segments: segments,
      expectedAttempts: trace.end == nil ? trace.request.queries : nil, layout: layout)
  }

  /// `13–30  no answer`; nil when the last hop of the path has a row of its own.
  var trailingSilence: StyledLine? {
    if case .failed? = trace.end { return nil }
    let silent = trace.path.dropFirst(speakingHops.count)
    guard let first = silent.first, let last = silent.last else { return nil }
    let probes = silent.flatMap(\.probes).filter { !$0.isSuperseded }
    let isOpen = probes.contains { $0.outcome == .pending }
    let isGivenUp = !isOpen && probes.contains { $0.outcome == .givenUp }
    return StyledLine(
      TextColumns.right(Self.range(first.ttl, last.ttl), RowLayout.ttlWidth) + RowLayout.gap + "no answer"
        + (isOpen ? " yet" : isGivenUp ? ", given up" : ""), .dim)
  }

  /// The row of a trace that has ended, while what is known of its addresses comes in.
  private func waitingForNames(elapsed: Duration) -> StyledLine {
    let text = TextColumns.spaces(RowLayout.ttlWidth) + RowLayout.gap + "…"
    guard elapsed > Self.longWait else { return StyledLine(text, .dim) }
    let count = result.enrichment.openCount
    return StyledLine(
      "\(text)\(RowLayout.gap)waiting for what is known of \(count) address\(count == 1 ? "" : "es"), "
        + Milliseconds(elapsed).seconds, .dim)
  }

  private func waitingRow(elapsed: Duration) -> StyledLine {
    let pending = trace.path.filter { !$0.isSettled || $0.probes.isEmpty }
    var text: String
    if trace.reachedTTL == nil, possibleEnd == nil {
      let next = speakingHops.last?.ttl.advanced(by: 1) ?? trace.request.firstTTL
      text = TextColumns.right(String(next.value), RowLayout.ttlWidth) + RowLayout.gap + "…"
    } else {
      text = TextColumns.spaces(RowLayout.ttlWidth) + RowLayout.gap + "…"
    }
    if elapsed > Self.longWait, let first = pending.first, let last = pending.last {
      text += RowLayout.gap + "waiting for hop\(first.ttl == last.ttl ? "" : "s") \(Self.range(first.ttl, last.ttl))"
      text += ", \(Milliseconds(elapsed).seconds)"
    }
    return StyledLine(text, .dim)
  }

  private static func range(_ first: TTL, _ last: TTL) -> String { first == last ? "\(first)" : "\(first)–\(last)" }

  /// Whether there is more to say of a hop than that nothing came yet.
  private static func speaks(_ hop: Hop) -> Bool {
    hop.probes.contains { record in
      switch record.outcome {
      case .replied, .late, .unsendable: true
      case .pending, .timedOut, .givenUp: false
      }
    }
  }
}
