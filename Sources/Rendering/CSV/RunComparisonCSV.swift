import Results
import Statistics
import Time
import Tracing

/// A `RunComparison` as comma-separated values (RFC 4180): a line of names, and one line a row. Times in milliseconds, shares in
/// per cent; what was not measured is empty.
package enum RunComparisonCSV {
  private static let names = [
    "kind", "label", "target", "target_ip", "network", "method", "engine", "stamps", "shared_pool", "await_names",
    "pool_threads",
    "limit", "runs", "complete", "complete_percent", "hops_found_percent", "time_median_ms", "time_mean_ms",
    "time_p95_ms",
    "late", "late_max_ms", "slowest_rtt_ms", "rtt_bias_ms", "threads_peak", "descriptors_peak", "cpu_ms",
    "context_switches",
    "lab_late_ms", "repeats", "failure", "failed", "hops", "complete_low", "complete_high", "time_median_low_ms",
    "time_median_high_ms", "reference", "complete_difference", "complete_difference_low", "complete_difference_high",
    "complete_p", "time_difference_ms", "time_difference_low_ms", "time_difference_high_ms", "time_p", "verdict",
  ]

  /// All lines, without their ends.
  package static func lines(_ comparison: RunComparison) -> [String] {
    [names.joined(separator: ",")]
      + zip(comparison.rows, comparison.verdicts).map { row, verdict in
        (fields(of: row, in: comparison) + fields(of: row, verdict, in: comparison)).map(quoted).joined(separator: ",")
      }
  }

  private static func fields(of row: RunComparison.Row, in comparison: RunComparison) -> [String] {
    let figures = RunFigures(row)
    let engine = row.engine
    let cost = figures.cost
    return [
      comparison.kind.rawValue, row.label, comparison.target, row.address, comparison.network, row.method,
      engine?.name.rawValue ?? "", engine?.stamps.rawValue ?? "", engine.map { "\($0.sharesPool)" } ?? "",
      engine.map { "\($0.awaitsNames)" } ?? "", engine.map { "\($0.threads)" } ?? "",
      engine?.limit.map { "\($0)" } ?? "", "\(figures.runs)", "\(figures.complete)",
      RunComparisonText.fixed(figures.completeShare * 100, 1), RunComparisonText.fixed(figures.foundShare * 100, 1),
      text(figures.elapsed?.median), text(figures.elapsed?.mean), text(figures.elapsed?.p95), "\(figures.late)",
      text(figures.largestLate), text(figures.slowest), text(cost?.bias), cost.map { "\($0.peakThreads)" } ?? "",
      cost.map { "\($0.peakDescriptors)" } ?? "", text(cost?.processor),
      cost.map { RunComparisonText.fixed($0.contextSwitches, 1) } ?? "", text(cost?.labLateness),
      cost.map { "\($0.repeats)" } ?? "", row.failure ?? "",
    ]
  }

  /// Intervals, and what the row is against the reference.
  private static func fields(
    of row: RunComparison.Row, _ verdict: RunVerdict?, in comparison: RunComparison
  ) -> [String] {
    let figures = RunFigures(row)
    let differences = [verdict?.complete, verdict?.elapsed].flatMap { difference in
      [difference?.value, difference?.lower, difference?.upper].map { $0.map { RunComparisonText.fixed($0, 3) } ?? "" }
        + [difference?.adjustedP.map { RunComparisonText.fixed($0, 6) } ?? ""]
    }
    return [
      "\(row.failedCount)", "\(row.known.count)", RunComparisonText.fixed(figures.completeInterval.lower * 100, 1),
      RunComparisonText.fixed(figures.completeInterval.upper * 100, 1), text(figures.elapsed?.medianRange.lowerBound),
      text(figures.elapsed?.medianRange.upperBound), comparison.reference?.label ?? "",
    ] + differences + [verdict.map { RunComparisonText.words($0) } ?? ""]
  }

  private static func text(_ duration: Duration?) -> String { duration.map { Milliseconds($0).description } ?? "" }

  /// In quotes where a comma, a quote or the end of a line would be taken for the file's own.
  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }
}
