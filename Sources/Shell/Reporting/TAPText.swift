/// The Test Anything Protocol, version 14 (testanything.org), which readers of version 13 understand as well.
///
/// A point is a line; what was found of one that failed is a YAML block below it. The plan comes last, because how often an
/// `expect` in a loop is run shows only then; an interrupted run bails out instead, so that nobody takes it for whole.
enum TAPText {
  static let version = "TAP version 14"

  static func lines(for point: RunReport.Point, number: Int) -> [String] {
    let result = if case .passed = point.outcome { "ok" } else { "not ok" }
    var lines = ["\(result) \(number) - \(description(point.name))"]
    var fields: [(String, String)] = []
    switch point.outcome {
    case .passed: return lines
    case .failed(let found): fields = [("severity", "fail"), ("found", found)]
    case .error(let problem, let reason):
      fields = [("severity", "error"), ("message", problem)] + (reason.map { [("why", $0)] } ?? [])
    }
    if let place = point.place { fields.append(("at", place)) }
    lines.append("  ---")
    for (key, value) in fields { lines.append("  \(key): \(scalar(value))") }
    lines.append("  ...")
    return lines
  }

  /// What stands at the end.
  static func ending(of report: RunReport) -> [String] {
    switch report.ending {
    case .interrupted: return ["Bail out! interrupted"]
    case .complete, .stopped, nil:
      let count = report.points.count
      var lines: [String] = []
      if report.ending == .stopped { lines.append(comment("stopped: expectations behind this were not looked at")) }
      if report.dropped > 0 { lines.append(comment("\(report.dropped) more points are not shown")) }
      return lines + [count == 0 ? "1..0 # SKIP nothing was expected" : "1..\(count)"]
    }
  }

  static func comment(_ text: String) -> String { "# \(text)" }

  /// A description has no directive of its own: `#` and `\` are escaped.
  private static func description(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
  }

  /// A YAML scalar in double quotes (YAML 1.2 section 7.3.1).
  private static func scalar(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default: if scalar.properties.generalCategory != .control { quoted.unicodeScalars.append(scalar) }
      }
    }
    return quoted + "\""
  }
}
