import Lexing
import Results

extension Command {
  /// `compare`
  static let compare = Command(
    name: "compare", topic: .results, summary: "put engines, settings or paths side by side",
    parameters: [Parameter("WHAT", .target, .oneOrMore, help: "engines")],
    options: [
      .value("runs", "n", .count(1...10_000, of: "runs"), named: "RUNS", help: "runs a row; 10 when not given"),
      .overriding("timeout", "w", letterKind: .seconds(.milliseconds(1)...(.seconds(3600))), named: "DURATION"),
      .overriding("enrich", named: "SWITCH"),
      .value("engines", nil, .text, named: "LIST", help: "the engines, with commas between; all when not given"),
      .flag("causes", help: "each engine four times, with shared-pool and await-names taken apart"),
      .flag("findings", help: "the figures of the study on Windows beside"),
      .value("load", nil, .count(1...256, of: "threads"), named: "N", help: "keep N threads busy meanwhile"),
      .value(
        "pause", nil, .duration(.zero...(.seconds(3600))), named: "DURATION",
        help: "between two runs; 1s when not given, 0 in the lab"),
      .flag("csv", help: "comma-separated values"),
      .json,
    ],
    examples: [],
    action: { call, session async throws(ShellError) in
      let words = call.arguments("WHAT")
      guard let kind = words.first.flatMap({ RunComparison.Kind(rawValue: $0.text) }), let target = words.last, words.count > 1
      else { throw call.wrong("compare what?") }
      if kind == .engines { return try await session.compareEngines(call, target) }
      try await session.compareSettings(kind, Array(words.dropFirst().dropLast()), call, target)
    })
}
