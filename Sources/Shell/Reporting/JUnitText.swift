import Results

/// JUnit's XML, as Jenkins, GitLab and others read it: one suite, a case a point.
///
/// An expectation that was not met is a `failure`, a command that could not be done an `error`.
enum JUnitText {
  static func document(_ report: RunReport, started: WallTime) -> String {
    var times: [String: Int] = [:]
    var cases = report.points.map { point in
      let name = name(point)
      times[name, default: 0] += 1
      return element(point, named: times[name] == 1 ? name : "\(name) #\(times[name] ?? 1)", of: report.name)
    }
    var errors = report.errors
    if let trouble = trouble(of: report) {
      errors += 1
      cases.append(
        "    <testcase classname=\"\(escaped(report.name))\" name=\"the whole script\" time=\"0\">\n"
          + "      <error message=\"\(escaped(trouble))\"/>\n    </testcase>")
    }
    let total = report.points.reduce(Duration.zero) { $0 + $1.duration }
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(report.failures)\" errors=\"\(errors)\" skipped=\"0\" time=\"\(seconds(total))\""
    let suite =
      "  <testsuite name=\"\(escaped(report.name))\" \(counts) timestamp=\"\(started.description.prefix(19))\">"
    return
      (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>", suite] + cases
      + ["  </testsuite>", "</testsuites>", ""]).joined(separator: "\n")
  }

  /// Why the points are not all that there should be.
  private static func trouble(of report: RunReport) -> String? {
    switch report.ending {
    case nil: "the run did not come to its end: it was killed, or is still going on"
    case .interrupted: "interrupted"
    case .complete, .stopped: report.dropped > 0 ? "\(report.dropped) more points are not in this report" : nil
    }
  }

  private static func element(_ point: RunReport.Point, named name: String, of suite: String) -> String {
    let attributes =
      "classname=\"\(escaped(suite))\" name=\"\(escaped(name))\" time=\"\(seconds(point.duration))\""
    let place = point.place.map { "at \($0)" } ?? ""
    switch point.outcome {
    case .passed: return "    <testcase \(attributes)/>"
    case .failed(let found):
      return
        "    <testcase \(attributes)>\n      <failure message=\"\(escaped("found: \(found)"))\">\(escaped(place))</failure>\n"
        + "    </testcase>"
    case .error(let problem, let reason):
      let text = [reason, place.isEmpty ? nil : place].compactMap { $0 }.joined(separator: "\n")
      return "    <testcase \(attributes)>\n      <error message=\"\(escaped(problem))\">\(escaped(text))</error>\n"
        + "    </testcase>"
    }
  }

  /// Cases of one suite are told apart by their names: the place belongs to it, and from the second time on a number.
  private static func name(_ point: RunReport.Point) -> String {
    point.place.map { "\(point.name) (\($0))" } ?? point.name
  }

  private static func seconds(_ duration: Duration) -> String {
    let microseconds = Int64(max(duration, .zero) / .microseconds(1))
    return "\(microseconds / 1_000_000).\(String(microseconds % 1_000_000 + 1_000_000).dropFirst())"
  }

  /// Text for an element or an attribute: without the characters that XML 1.0 has not (section 2.2), not even as references.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      case "\u{20}"..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
        result.unicodeScalars.append(scalar)
      default: result += "\u{FFFD}"
      }
    }
    return result
  }
}
