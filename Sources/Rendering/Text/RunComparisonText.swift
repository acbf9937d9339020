import Results
import Statistics
import Time

/// A `RunComparison` as a table with what it shows below.
package enum RunComparisonText {
  /// All lines, from the heading on.
  package static func lines(_ comparison: RunComparison) -> [StyledLine] {
    heading(comparison) + [StyledLine()] + table(comparison) + notes(comparison) + verdicts(comparison)
      + sufficient(comparison)
  }

  // What was done

  private static func heading(_ comparison: RunComparison) -> [StyledLine] {
    var first = StyledLine("\(comparison.kind.rawValue) to \(comparison.target)", .heading)
    let addresses = Set(comparison.rows.map(\.address)).subtracting([comparison.target]).sorted()
    if !addresses.isEmpty { first.append(" (\(addresses.joined(separator: ", ")))", .address) }
    first.append(", \(comparison.network)")
    if comparison.network != "live" { first.append(comparison.isVirtual ? " in virtual time" : " in real time") }
    let methods = Set(comparison.rows.map(\.method)).sorted()
    if methods.count == 1, let method = methods.first, comparison.kind != .protocols { first.append(", \(method)") }
    var parts: [String] = []
    if comparison.kind != .timeouts { parts.append("timeout \(comparison.timeout.exact)") }
    if comparison.kind != .enrichment { parts.append("enrichment \(comparison.isEnriched ? "on" : "off")") }
    parts.append(
      "\(count(comparison.runCount, "run")) each in a shuffled order (seed \(comparison.seed)), after one to warm up")
    if comparison.pause.microseconds > 0 { parts.append("\(comparison.pause.exact) apart") }
    if comparison.load > 0 { parts.append("\(count(comparison.load, "busy thread")) beside") }
    parts.append("times in ms")
    return [first, StyledLine(parts.joined(separator: ", "), .dim)]
  }

  // The table

  private static func table(_ comparison: RunComparison) -> [StyledLine] {
    let columns = Column.all.filter { $0.isShown(comparison) }
    var table = TextTable(columns.map { ($0.title(comparison), $0.alignment) })
    for row in comparison.rows {
      let figures = RunFigures(row)
      guard row.failure == nil || !row.runs.isEmpty else {
        table.add([(row.label, .name), ("not run", .notice)])
        continue
      }
      table.add(columns.map { ($0.text(row, figures), $0.style(figures)) })
    }
    return table.lines
  }

  // What it shows

  private static func notes(_ comparison: RunComparison) -> [StyledLine] {
    var lines: [StyledLine] = []
    for row in comparison.rows {
      guard let failure = row.failure else { continue }
      let count = row.failedCount > 0 && !row.runs.isEmpty ? "\(Self.count(row.failedCount, "run")) failed: " : ""
      lines.append(StyledLine("\(row.label): \(count)\(failure)", .notice))
    }
    let hops = comparison.rows.filter { !$0.runs.isEmpty }.map(\.known.count)
    if let most = hops.max(), most > 0 {
      let numbers = Set(hops).count == 1 ? "\(most)" : "\(hops.min() ?? 0) to \(most)"
      let source = comparison.isTruthOfLab ? "as the lab has it" : "as far as any run found them"
      lines.append(StyledLine("complete: all of the \(numbers) hops that answer, \(source); intervals at 95 %", .dim))
    }
    if comparison.kind == .engines {
      lines.append(
        StyledLine("RTT bias: RTT as judged less that of the kernel's stamps, of replies that came; median", .dim))
    }
    let costs = comparison.rows.flatMap(\.runs).compactMap(\.cost)
    let repeats = costs.reduce(0) { $0 + $1.repeats }
    if repeats > 0 {
      var line = StyledLine("\(count(repeats, "run")) made again: the lab was more than 1 ms late", .dim)
      let late = costs.count { $0.labLateness.map { $0 > .milliseconds(1) } ?? false }
      if late > 0 {
        line.append("; \(count(late, "run")) late each time \(late == 1 ? "counts" : "count") as made", .notice)
      }
      lines.append(line)
    }
    if comparison.isInterrupted {
      let made = comparison.rows.map(\.runs.count).reduce(0, +)
      lines.append(
        StyledLine("stopped after \(made) of \(count(comparison.runCount * comparison.rows.count, "run"))", .notice))
    }
    return lines
  }

  private static func verdicts(_ comparison: RunComparison) -> [StyledLine] {
    guard let reference = comparison.reference, comparison.rows.count > 1 else { return [] }
    let judged = zip(comparison.rows, comparison.verdicts).compactMap { row, verdict in verdict.map { (row, $0) } }
    guard !judged.isEmpty else { return [] }
    var lines = [StyledLine("against \(reference.label):", .heading)]
    let width = judged.map(\.0.label.count).max() ?? 0
    for (row, verdict) in judged {
      var line = StyledLine("  " + TextColumns.left(row.label, width), .name)
      line.append("  " + words(verdict))
      lines.append(line)
    }
    return lines
  }

  /// `less complete by 50 points (20 to 72); slower by 12.0 ms (11.0 to 13.0)`.
  package static func words(_ verdict: RunVerdict) -> String {
    guard !verdict.isUntold else { return "too few runs to tell; \(verdict.runsNeeded) each are needed" }
    guard !verdict.isIndistinguishable else { return "not distinguishable" }
    var parts: [String] = []
    if verdict.complete.isClear {
      parts.append(
        "\(verdict.complete.value < 0 ? "less" : "more") complete by \(range(verdict.complete, "points", digits: 0))")
    }
    if verdict.elapsed.isClear {
      parts.append("\(verdict.elapsed.value < 0 ? "faster" : "slower") by \(range(verdict.elapsed, "ms", digits: 1))")
    }
    return parts.joined(separator: "; ")
  }

  /// The size of a difference and of what it may be: `3.2 ms (1.1 to 5.4)`.
  private static func range(_ difference: RunVerdict.Difference, _ unit: String, digits: Int) -> String {
    // A test may be sure of the direction where the interval still reaches across zero.
    let direction: Double = difference.value < 0 ? -1 : 1
    let ends = [difference.lower * direction, difference.upper * direction].sorted()
    return "\(fixed(abs(difference.value), digits)) \(unit) (\(fixed(ends[0], digits)) to \(fixed(ends[1], digits)))"
  }

  private static func sufficient(_ comparison: RunComparison) -> [StyledLine] {
    guard comparison.kind == .timeouts else { return [] }
    guard let timeout = comparison.smallestSufficientTimeout,
      let slowest = comparison.rows.compactMap({ RunFigures($0).slowest }).max()
    else { return [StyledLine("no reply came, so no timeout would have been enough", .notice)] }
    return [
      StyledLine(
        "smallest timeout that would have lost nothing here: \(Milliseconds(timeout).exact) "
          + "(the slowest reply took \(Milliseconds(slowest).brief))", .good)
    ]
  }

  private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// A number with that many decimals, halves away from zero.
  static func fixed(_ number: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((number.magnitude * scale).rounded())
    let unit = Int64(scale)
    let sign = number < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % unit)
    return "\(sign)\(scaled / unit).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
