import Results

extension Command {
  /// `results`
  static let results = Command(
    name: "results", topic: .results, summary: "list the results of this session",
    examples: [Example("results", "number, name, target and outcome of each")],
    action: { call, session async throws(ShellError) in
      guard !session.results.entries.isEmpty else { return call.print(StyledLine("no results yet", .dim)) }
      let rows = session.results.entries.map { entry in
        [
          "%\(entry.number)", entry.name.map { "%\($0)" } ?? "", entry.kind, entry.facts.target, entry.network,
          entry.outcome,
        ]
      }
      let widths = (0..<6).map { column in rows.map(\.[column].count).max() ?? 0 }
      for row in rows {
        var line = StyledLine()
        for (column, text) in row.enumerated() where widths[column] > 0 {
          let padding = column == 5 ? "" : String(repeating: " ", count: widths[column] - text.count + 2)
          line.append(text + padding, column == 3 ? .name : column < 2 ? .number : .plain)
        }
        call.print(line)
      }
    })
}

extension SessionResults.Entry {
  fileprivate var kind: String {
    switch content {
    case .trace: "trace"
    case .ping: "ping"
    }
  }

  fileprivate var network: String {
    switch content {
    case .trace(let result): result.network
    case .ping(let result, _): result.network
    }
  }

  /// How far a trace came.
  private var reach: String {
    if facts.isReached { return Condition.count(facts.length, "hop") }
    return facts.hops.last { !$0.isSilent }.map { "last answer from hop \($0.ttl)" } ?? "no answer"
  }

  fileprivate var outcome: String {
    switch content {
    case .trace: "\(facts.end), \(reach)"
    case .ping(let result, _): "\(Condition.count(result.sent, "probe")), loss \(Condition.percent(facts.lossPercent))"
    }
  }
}
