/// A comparison and the circumstances it was made in: what is shown again, stored and saved.
package struct ComparisonResult: Hashable, Sendable {
  /// What was compared.
  package enum Content: Hashable, Sendable {
    /// Two paths.
    case paths(PathComparison)
    /// Many runs under several rules.
    case runs(RunComparison)
  }

  package var id: ResultID
  /// The command as it was typed.
  package var commandLine: String
  /// Given by `as NAME`.
  package var name: String?
  package var started: WallTime
  /// Of the program that made it.
  package var version: String
  package var content: Content

  package init(
    id: ResultID, commandLine: String, name: String?, started: WallTime, version: String, content: Content
  ) {
    self.id = id
    self.commandLine = commandLine
    self.name = name
    self.started = started
    self.version = version
    self.content = content
  }

  /// What was traced, as lists have it: `demo.test`, `web.test and far.test`.
  package var target: String {
    switch content {
    case .paths(let paths):
      paths.haveOneTarget ? paths.second.target : "\(paths.first.target) and \(paths.second.target)"
    case .runs(let runs): runs.target
    }
  }

  /// The address of the target, of the first row or the second path.
  package var address: String {
    switch content {
    case .paths(let paths): paths.second.address
    case .runs(let runs): runs.rows.first { !$0.address.isEmpty }?.address ?? ""
    }
  }

  /// As `Network.name` gives it; of two, the second path's.
  package var network: String {
    switch content {
    case .paths(let paths): paths.second.network
    case .runs(let runs): runs.network
    }
  }

  private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// One phrase for lists.
  package var outcome: String {
    switch content {
    case .paths(let paths): PathComparison.verdict(of: paths)
    case .runs(let runs):
      "\(runs.kind), \(Self.count(runs.rows.count, "row")) of \(Self.count(runs.runCount, "run"))"
        + (runs.isInterrupted ? ", stopped" : "")
    }
  }
}
