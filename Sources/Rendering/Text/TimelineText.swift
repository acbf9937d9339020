import Results
import Time
import Tracing

/// A timeline for people: a line an event, and a picture with a row a probe.
package enum TimelineText {
  /// Most rows of a picture: what a person scrolls through.
  private static let mostRows = 300

  /// One line an event: when, which probe, what.
  package static func lines(_ events: [TimelineEvent]) -> [StyledLine] {
    let times = events.map { time($0.at) }
    let width = times.map(\.count).max() ?? 0
    let kinds = events.map(\.kind.rawValue.count).max() ?? 0
    let names = events.map { name($0.probe).count }.max() ?? 0
    return zip(events, times).map { event, time in
      var line = StyledLine(TextColumns.spaces(width - time.count) + time + " ms  ", .number)
      line.append(pad(name(event.probe), names) + "  ", .name)
      line.append(pad(event.kind.rawValue, kinds) + "  ", style(event.kind))
      line.append(event.text)
      return line
    }
  }

  /// One row a probe, time to the right; as wide as asked.
  package static func picture(_ timeline: Timeline, _ events: [TimelineEvent], columns: Int) -> [StyledLine] {
    var rows: [ProbeID: [TimelineEvent]] = [:]
    for event in events { if let probe = event.probe { rows[probe, default: []].append(event) } }
    let probes = rows.keys.sorted { ($0.ttl, $0.attempt) < ($1.ttl, $1.attempt) }
    let names = probes.map { name($0).count }.max() ?? 0
    let room = columns - names - 3
    guard room >= 10, let last = timeline.events.map(\.at).max(), last > .zero else { return [] }
    var lines = probes.prefix(mostRows).map { probe in
      var line = StyledLine(pad(name(probe), names) + "  ", .name)
      for span in spans(rows[probe] ?? [], until: last, in: room) { line.append(span.text, span.style) }
      return line
    }
    if probes.count > mostRows { lines.append(StyledLine("\(probes.count - mostRows) more probes", .dim)) }
    let end = "\(time(last)) ms"
    lines.append(
      StyledLine(TextColumns.spaces(names + 2) + "0" + TextColumns.spaces(room - 1 - end.count) + end, .dim))
    return lines + legend(columns)
  }

  /// What the marks mean, in as many rows as it takes.
  private static func legend(_ columns: Int) -> [StyledLine] {
    let marks = ["│ sent", "─ waited for", "● answered in time", "○ another answer, or late", "× given up"]
    var rows: [String] = []
    for mark in marks {
      if let last = rows.last, last.count + 3 + mark.count < columns {
        rows[rows.count - 1] = "\(last)   \(mark)"
      } else {
        rows.append(mark)
      }
    }
    return rows.map { StyledLine($0, .dim) }
  }

  /// The marks of one probe, each in its column.
  private static func spans(
    _ events: [TimelineEvent], until last: Duration, in room: Int
  ) -> [StyledLine.Span] {
    var cells = [Character](repeating: " ", count: room)
    func column(_ at: Duration) -> Int {
      let share = Double(max(.zero, at).nanoseconds) / Double(last.nanoseconds)
      return min(room - 1, Int(share * Double(room - 1)))
    }
    guard let sent = events.first(where: { $0.kind == .sent }).map({ column($0.at) }) else { return [] }
    let ends = events.filter { [.arrival, .timeout, .gaveUp].contains($0.kind) }
    for place in sent..<max(sent, ends.map { column($0.at) }.min() ?? sent) { cells[place] = "─" }
    cells[sent] = "│"
    var isAnswered = false
    for event in ends {
      let place = min(room - 1, max(column(event.at), sent + 1))
      if event.kind == .arrival {
        cells[place] = isAnswered || ends.contains { $0.kind != .arrival && $0.at < event.at } ? "○" : "●"
        isAnswered = true
      } else {
        cells[place] = "×"
      }
    }
    return cells.map { cell in
      switch cell {
      case "●": .init("●", .good)
      case "○", "×": .init(String(cell), .notice)
      default: .init(String(cell), .dim)
      }
    }
  }

  private static func style(_ kind: TimelineEvent.Kind) -> TextStyle {
    switch kind {
    case .matched: .good
    case .timeout, .gaveUp, .unsendable, .foreign: .notice
    case .began, .ended: .heading
    case .queued, .sent, .stamped, .arrival, .read, .asked, .answered: .plain
    }
  }

  private static func name(_ probe: ProbeID?) -> String {
    probe.map { "hop \($0.ttl)\($0.attempt == 0 ? "" : " probe \($0.attempt + 1)")" } ?? ""
  }

  private static func time(_ at: Duration) -> String { Milliseconds(at).description }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + TextColumns.spaces(width - text.count)
  }
}
