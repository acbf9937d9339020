import Packets
import Results
import Time
import Tracing

/// The lines of a `ping`.
package enum PingText {
  /// One reply: ` 3  203.0.113.80      16.705 ms`.
  ///
  /// - Parameters:
  ///   - number: of the probe, from 1.
  ///   - rtt: nil when no reply came in time.
  package static func reply(_ number: Int, from address: IPAddress, rtt: Duration?) -> StyledLine {
    var line = StyledLine(TextColumns.right(String(number), RowLayout.ttlWidth) + RowLayout.gap, .number)
    guard let rtt else {
      line.append("no answer", .dim)
      return line
    }
    line.append(TextColumns.left(address.description, 15), .address)
    line.append(RowLayout.gap + TextColumns.right("\(Milliseconds(rtt)) ms", RowLayout.cellWidth))
    return line
  }

  /// What is said at the end: `4 probes, 4 replies, 0% lost; 16.705 ms at least, 17.020 ms on average, 18.001 ms at most`.
  package static func summary(_ result: PingResult) -> [StyledLine] {
    var line = StyledLine(
      "\(result.sent) probe\(result.sent == 1 ? "" : "s"), \(result.received) repl\(result.received == 1 ? "y" : "ies")",
      result.received > 0 ? .good : .notice)
    if let loss = result.lossPercent { line.append(", \(percent(loss)) lost") }
    guard result.received > 0 else { return [line] }
    let times = result.times
    line.append(
      "; \(Milliseconds(times.least)) ms at least, \(Milliseconds(times.mean)) ms on average, "
        + "\(Milliseconds(times.largest)) ms at most")
    if let deviation = times.deviation { line.append(", deviation \(Milliseconds(deviation)) ms") }
    return [line]
  }

  /// Without decimals where there are none: `0%`, `33.3%`.
  private static func percent(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))%" : "\(value)%"
  }
}
