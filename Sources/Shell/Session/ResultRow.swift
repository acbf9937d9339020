import History
import Lexing
import Packets
import Results
import Tracing

/// A line of `results`.
struct ResultRow {
  private let cells: [String]
  let document: ResultListDocument.Entry

  /// A result of this session. Its id is shown if it is stored: another does not outlive the session.
  init(_ entry: SessionResults.Entry) {
    let name = entry.name.map { "%\($0)" } ?? ""
    switch entry.content {
    case .trace(let result):
      cells = [
        "%\(entry.number)", name, entry.isStored ? "\(result.id)" : "", Self.time(result.started), "trace",
        result.target, result.network, result.outcome,
      ]
      document = .init(entry.number, name: entry.name, isStored: entry.isStored, result)
    case .ping(let result, let facts):
      let outcome = "\(Condition.count(result.sent, "probe")), loss \(Condition.percent(facts.lossPercent))"
      cells = ["%\(entry.number)", name, "", "", "ping", result.target, result.network, outcome]
      document = .init(entry.number, name: entry.name, result)
    case .comparison(let result):
      (cells, document) = Self.row(result, entry.number, name, isStored: entry.isStored)
    }
  }

  /// A comparison's cells, and its document.
  private static func row(
    _ result: ComparisonResult, _ number: Int, _ name: String, isStored: Bool
  ) -> ([String], ResultListDocument.Entry) {
    (
      [
        "%\(number)", name, isStored ? "\(result.id)" : "", time(result.started), "comparison", result.target,
        result.network, result.outcome,
      ],
      .init(
        number, id: isStored ? result.id : nil, name: result.name, command: "comparison", target: result.target,
        targetIP: result.address, network: result.network, reached: nil, started: result.started, end: nil, hops: nil)
    )
  }

  /// A stored result.
  ///
  /// - Parameter number: when it is of this session too.
  init(_ summary: StoredSummary, number: Int?) {
    cells = [
      number.map { "%\($0)" } ?? "", summary.name.map { "%\($0)" } ?? "", "\(summary.id)", Self.time(summary.started),
      summary.kind.rawValue, summary.target, summary.network, summary.outcome,
    ]
    document = .init(
      number, id: summary.id, name: summary.name, command: summary.kind.rawValue, target: summary.target,
      targetIP: summary.address, network: summary.network, reached: summary.isReached,
      started: summary.started, end: summary.end, hops: summary.hops)
  }

  /// To the second: `2026-11-24 00:17:23Z`.
  private static func time(_ time: WallTime) -> String {
    time.description.prefix { $0 != "." }.replacing("T", with: " ") + "Z"
  }

  /// Prints one line a result; a column that is empty in all of them is left out.
  static func print(_ rows: [ResultRow], on console: any Console) {
    guard let first = rows.first else { return console.print(StyledLine("no results", .dim)) }
    let styles: [TextStyle] = [.number, .number, .number, .dim, .plain, .name, .plain, .plain]
    let widths = first.cells.indices.map { column in rows.map { $0.cells[column].count }.max() ?? 0 }
    for row in rows {
      var line = StyledLine()
      for (column, text) in row.cells.enumerated() where widths[column] > 0 {
        let isLast = column == row.cells.count - 1
        let padding = isLast ? "" : String(repeating: " ", count: widths[column] - text.count + 2)
        line.append(text + padding, styles[column])
      }
      console.print(line)
    }
  }
}
