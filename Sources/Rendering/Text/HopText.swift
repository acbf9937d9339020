import Enrichment
import Lexing
import Packets
import Results
import Time
import Tracing

/// The rows of one hop:
///
///      5  198.51.100.1       12.003 ms           *   12.100 ms !H  <MPLS:L=16001,E=0,S=1,T=1>
///         198.51.100.2                   11.876 ms
///      6  * given up
///      7  …
///
/// TTL, segment (where segments are on), responder with what is known of it, and one cell for each attempt, in the order of attempts; then what else is worth a mark. Further
/// responders have rows of their own, with their times in the columns of their attempts.
struct HopText {
  private static let ttlWidth = RowLayout.ttlWidth
  private static let cellWidth = RowLayout.cellWidth
  private static let gap = RowLayout.gap

  let hop: Hop
  let findings: [Finding]
  let annotations: [IPAddress: Annotation]
  let segments: PathSegments
  /// Attempts that the trace is to make at each TTL while it runs; nil when it has ended.
  let expectedAttempts: Int?
  let layout: RowLayout

  var lines: [StyledLine] {
    let responders = hop.responders
    guard !responders.isEmpty else { return [unansweredLine] }
    return responders.enumerated().map { index, responder in
      line(of: responder.address, isFirst: index == 0)
    }
  }

  /// The outcomes that have a cell: those of probes that were not sent again; nil for attempts to come.
  private var attempts: [ProbeRecord?] {
    let made: [ProbeRecord?] = hop.probes.filter { !$0.isSuperseded }
    guard let expectedAttempts, made.count < expectedAttempts else { return made }
    return made + Array(repeating: nil, count: expectedAttempts - made.count)
  }

  private var unansweredLine: StyledLine {
    var line = StyledLine(TextColumns.right(String(hop.ttl.value), Self.ttlWidth), .number)
    for attempt in attempts {
      line.append(Self.gap)
      line.append(Self.unansweredCell(attempt), .dim)
    }
    appendMarks(to: &line, responder: nil)
    return line
  }

  private func line(of responder: IPAddress, isFirst: Bool) -> StyledLine {
    var line = StyledLine(TextColumns.right(isFirst ? String(hop.ttl.value) : "", Self.ttlWidth), .number)
    var missing = layout.responderWidth
    for span in responderSpans(of: responder) { line.append(span.text, span.style) }
    for span in labelSpans(of: responder) { missing -= span.text.displayWidth }
    for attempt in attempts {
      missing += Self.gap.count
      guard let cell = cell(attempt, of: responder, isFirst: isFirst) else {
        missing += Self.cellWidth
        continue
      }
      line.append(TextColumns.spaces(max(missing, Self.gap.count) + Self.cellWidth - cell.text.count))
      line.append(cell.text, cell.style)
      missing = 0
      guard let code = unreachableCode(attempt) else { continue }
      line.append(" " + code.marker, .notice)
    }
    appendMarks(to: &line, responder: responder)
    return line
  }

  /// What a row says of a responder, without its times: segment, name, address, AS, place.
  func responderSpans(of responder: IPAddress) -> [StyledLine.Span] {
    guard layout.hasSegments else { return [StyledLine.Span(Self.gap, .plain)] + labelSpans(of: responder) }
    let segment = segments[hop.ttl, responder].map { "[\($0.rawValue)]" } ?? ""
    return [StyledLine.Span(" \(TextColumns.left(segment, RowLayout.segmentWidth)) ", .dim)]
      + labelSpans(of: responder)
  }

  private func labelSpans(of responder: IPAddress) -> [StyledLine.Span] {
    AnnotationText(address: responder, annotation: annotations[responder]).spans(columns: layout.mostResponderColumns)
  }

  /// What stands in the column of an attempt on a responder's row; nil when that place is empty.
  private func cell(_ attempt: ProbeRecord?, of responder: IPAddress, isFirst: Bool) -> StyledLine.Span? {
    guard case .replied(let reply, let rtt)? = attempt?.outcome else {
      return isFirst ? StyledLine.Span(Self.unansweredCell(attempt), .dim) : nil
    }
    guard reply.responder == responder else { return nil }
    return StyledLine.Span("\(Milliseconds(rtt)) ms", .plain)
  }

  private func unreachableCode(_ attempt: ProbeRecord?) -> UnreachableCode? {
    guard case .replied(let reply, rtt: _)? = attempt?.outcome else { return nil }
    return reply.pathEndCode
  }

  private static func unansweredCell(_ attempt: ProbeRecord?) -> String {
    switch attempt?.outcome {
    case nil, .pending: "…"
    case .timedOut, .late, .replied: "*"
    case .givenUp: "* given up"
    case .unsendable: "not sent"
    }
  }
}

// Marks behind the cells.
extension HopText {
  /// - Parameter responder: whose row it is; nil for the row of a hop that nobody answered in time.
  private func appendMarks(to line: inout StyledLine, responder: IPAddress?) {
    var marks: [String] = []
    for record in hop.probes {
      for mark in Self.marks(of: record, on: responder, isFirst: responder == hop.firstResponder)
      where !marks.contains(mark) {
        marks.append(mark)
      }
    }
    if responder == hop.firstResponder { marks += findings.compactMap(Self.mark) }
    for mark in marks {
      line.append(Self.gap)
      line.append(mark, .notice)
    }
  }

  private static func marks(of record: ProbeRecord, on responder: IPAddress?, isFirst: Bool) -> [String] {
    switch record.outcome {
    case .replied(let reply, rtt: _):
      guard reply.responder == responder else { return [] }
      return reply.extensions.map(\.mark) + (record.probe.ownSocket ? ["flow changed"] : [])
    case .late(let reply, rtt: _, let by):
      guard isFirst else { return [] }
      let source = reply.responder == responder ? "" : " from \(reply.responder)"
      return ["late \(Milliseconds(by).brief)\(source)"]
    case .unsendable(let failure): return isFirst ? ["(\(failure))"] : []
    case .pending, .timedOut, .givenUp: return []
    }
  }

  /// Only of findings that are known once the hop and those before it have settled: a row on a pipe is never drawn again.
  private static func mark(of finding: Finding) -> String? {
    switch finding.kind {
    case .zeroTTLForwarding: "zero-TTL forwarding"
    case .loop: "loop"
    case .quotedTTL: "quoted TTL not 1"
    case .targetTimeExceeded: "time exceeded from the target"
    case .severalResponders, .mplsLabels, .flowChanged, .rateLimited, .perhapsLostHere, .notSent, .lateReplies: nil
    }
  }
}
