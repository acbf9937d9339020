import Results

extension Command {
  /// `results`
  static let results = Command(
    name: "results", topic: .results, summary: "list the results of this session",
    options: [.json],
    examples: [Example("results", "number, name, target and outcome of each")],
    action: { call, session async throws(ShellError) in
      let entries = session.results.entries
      call.answer(
        ResultListDocument(version: Version.number, results: entries.map(\.document)), over: session.settings
      ) {
        printResults(entries, on: call.console)
      }
    })

  /// Prints one line a result; a column that is empty in all of them is left out.
  private static func printResults(_ entries: [SessionResults.Entry], on console: any Console) {
    guard !entries.isEmpty else { return console.print(StyledLine("no results yet", .dim)) }
    let rows = entries.map { entry in
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
      console.print(line)
    }
  }
}

extension SessionResults.Entry {
  fileprivate var document: ResultListDocument.Entry {
    switch content {
    case .trace(let result): .init(number, name: name, result)
    case .ping(let result, _): .init(number, name: name, result)
    }
  }

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
