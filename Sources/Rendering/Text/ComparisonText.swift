import Lexing
import Results

/// Two paths side by side, as text for people:
///
///     %before  web.tiny.test (203.0.113.80), 10 probes a hop, reached in 5 hops
///     %last    web.tiny.test (203.0.113.80), 10 probes a hop, reached in 5 hops
///     same flow: ICMP, lab tiny
///
///      hop  responder                       %before    %last  shift in ms, 95 %
///      1-2  same, 2 hops; RTT shift within ±0.2 ms
///        3 - 198.51.100.3                     8.614
///        3 + 198.51.100.9                             18.571
///        4   core.tiny.test                  10.612   20.615  +10.0  +9.9 to +10.1 !
///     verdict: same flow, new path, slower
///
/// What is the same is folded, a beginning or an end of two hops at least and three in between. A `!` marks what
/// differs beyond chance, a `?` a hop that was silent on one side only.
package struct ComparisonText {
  /// Columns that every line keeps to, but for what is too long by itself.
  static let columns = 80
  /// A longer label does not fit over its column.
  package static let longestLabel = 8
  private static let leastFoldAtEnds = 2
  private static let leastFold = 3

  private let comparison: PathComparison
  private let foldsNothing: Bool

  /// - Parameter isFull: every hop has its row.
  package init(_ comparison: PathComparison, isFull: Bool = false) {
    self.comparison = comparison
    foldsNothing = isFull
  }

  package var lines: [StyledLine] {
    heading + [StyledLine(), ComparisonRow.heading(comparison)] + rows + closing
  }

  // Heading

  private var heading: [StyledLine] {
    let width = max(comparison.first.label.count, comparison.second.label.count)
    return [side(comparison.first, width), side(comparison.second, width), flow] + systems
  }

  /// The AS path of both; one that differs is among the claims.
  private var systems: [StyledLine] {
    let (one, other) = (comparison.first, comparison.second)
    guard !one.systems.isEmpty, !other.systems.isEmpty, !comparison.claims.contains(where: { $0.kind == .systems })
    else { return [] }
    let texts = [one.systems, other.systems].map { $0.map(String.init).joined(separator: " ") }
    let text =
      texts[0] == texts[1]
      ? "AS path \(texts[0]) on both" : "AS path \(texts[0]) on \(one.label), \(texts[1]) on \(other.label)"
    return Self.wrap(text, .dim)
  }

  private func side(_ side: PathSide, _ width: Int) -> StyledLine {
    var line = StyledLine(TextColumns.left(SafeText.escape(side.label), width), .heading)
    let isNamed = side.target != side.address && side.target != side.label
    let target = isNamed ? "\(SafeText.escape(side.target)) (\(side.address))" : side.address
    line.append("  " + target, .address)
    line.append(", \(Self.count(side.probesPerHop, "probe")) a hop, ")
    let length = side.hops.last?.ttl ?? 0
    let last = side.hops.last { !$0.isSilent }?.ttl
    if side.reached {
      line.append("reached in \(Self.count(length, "hop"))", .good)
    } else {
      line.append(last.map { "not reached, last answer from hop \($0)" } ?? "no answer", .notice)
    }
    return line
  }

  private var flow: StyledLine {
    let (one, other) = (comparison.first, comparison.second)
    let networks = one.network == other.network ? one.network : "\(one.network) and \(other.network)"
    let protocols =
      one.protocolName == other.protocolName ? one.protocolName : "\(one.protocolName) and \(other.protocolName)"
    let differences = comparison.flow.differences
    let what = differences.isEmpty ? "same flow" : "other flow (\(differences.joined(separator: ", ")))"
    return StyledLine("\(what): \(protocols.uppercased()), \(networks)", .dim)
  }

  // Rows

  private var rows: [StyledLine] {
    let rows = comparison.rows
    var lines: [StyledLine] = []
    var index = 0
    while index < rows.count {
      let end = rows[index...].firstIndex { !Self.isFoldable($0) } ?? rows.count
      let least = index == 0 || end == rows.count ? Self.leastFoldAtEnds : Self.leastFold
      if !foldsNothing, end - index >= least {
        lines.append(Self.fold(rows[index..<end]))
        index = end
      } else {
        let upper = max(end, index + 1)
        for row in rows[index..<upper] { lines += ComparisonRow.lines(row) }
        index = upper
      }
    }
    return lines
  }

  private static func isFoldable(_ row: HopComparison) -> Bool {
    switch row.kind {
    case .same, .silent: !row.isDifferent && row.first?.ttl == row.second?.ttl
    case .silentFirst, .silentSecond, .replaced, .removed, .inserted, .unclear: false
    }
  }

  /// ` 1-4  same, 4 hops; RTT shift within ±0.3 ms; loss 0% and 2%`
  private static func fold(_ rows: ArraySlice<HopComparison>) -> StyledLine {
    let range = "\(rows.first?.ttl ?? 0)-\(rows.last?.ttl ?? 0)"
    var line = StyledLine(TextColumns.right(range, ComparisonRow.hopWidth), .number)
    var parts = ["same, \(rows.count) hops"]
    // Where so few probes could tell no shift, their interval is no bound either.
    let told = rows.compactMap(\.shift).filter { $0.adjustedP != nil }
    if let largest = told.map(\.largest.microseconds.magnitude).max() {
      parts.append("RTT shift within ±\(Milliseconds(microseconds: Int64(clamping: largest)).brief)")
    }
    // A hop that never answers on either side loses nothing.
    let losses = rows.filter { $0.kind == .same }.compactMap(\.loss)
    let lost = (losses.reduce(0) { $0 + $1.first.lost }, losses.reduce(0) { $0 + $1.second.lost })
    let sent = (losses.reduce(0) { $0 + $1.first.sent }, losses.reduce(0) { $0 + $1.second.sent })
    if lost.0 + lost.1 > 0 { parts.append("lost \(lost.0) of \(sent.0) and \(lost.1) of \(sent.1)") }
    line.append("   " + parts.joined(separator: "; "), .dim)
    return line
  }

  // Closing

  private var closing: [StyledLine] {
    let style: TextStyle = comparison.claims.isEmpty ? .good : .notice
    return Self.wrap("verdict: \(comparison.verdict)", style)
      + comparison.claims.flatMap { Self.wrap($0.sentence, indent: 2, .plain) }
      + comparison.limits.flatMap { Self.wrap("note: \($0)", .dim) }
  }

  /// Breaks between words, and indents what follows by two more; a word that is too long stays whole.
  private static func wrap(_ text: String, indent: Int = 0, _ style: TextStyle) -> [StyledLine] {
    var lines: [String] = []
    var line = TextColumns.spaces(indent)
    var isEmpty = true
    for word in SafeText.escape(text).split(separator: " ") {
      if !isEmpty, line.displayWidth + 1 + word.displayWidth > columns {
        lines.append(line)
        line = TextColumns.spaces(indent + 2)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).map { StyledLine($0, style) }
  }

  private static func count(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
}
