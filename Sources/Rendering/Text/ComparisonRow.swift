import Results

/// The rows of one hop of a comparison: one, or one for each side where different routers answered.
enum ComparisonRow {
  /// `10→11`
  static let hopWidth = 5
  private static let responderWidth = 27
  /// `188.609`
  private static let timeWidth = ComparisonText.longestLabel + 1
  /// `+188.2`
  private static let shiftWidth = 6
  private static let indent = hopWidth + 3

  static func heading(_ comparison: PathComparison) -> StyledLine {
    let labels = [comparison.first.label, comparison.second.label].map { label in
      TextColumns.right(TextColumns.cut(SafeText.escape(label), to: ComparisonText.longestLabel), timeWidth)
    }
    return StyledLine(
      TextColumns.right("hop", hopWidth) + "   " + TextColumns.left("responder", responderWidth) + labels.joined()
        + "  shift in ms, 95 %", .dim)
  }

  static func lines(_ row: HopComparison) -> [StyledLine] {
    switch row.kind {
    case .same: [same(row)] + loss(row)
    case .silent: [line(row, " ", "silent on both", nil, nil, style: .dim)]
    case .silentFirst: [line(row, "?", who(row.second), nil, row.second?.median, silent: true)] + loss(row)
    case .silentSecond: [line(row, "?", who(row.first), row.first?.median, nil, silent: true)] + loss(row)
    case .removed: [side(row.first, "-", isFirst: true)]
    case .inserted: [side(row.second, "+", isFirst: false)]
    case .replaced: [side(row.first, "-", isFirst: true), side(row.second, "+", isFirst: false)]
    case .unclear:
      row.second == nil ? [side(row.first, "?", isFirst: true)] : [side(row.second, "?", isFirst: false)]
    }
  }

  private static func same(_ row: HopComparison) -> StyledLine {
    let named = row.second?.hostname == nil ? row.first : row.second
    var line = line(row, " ", who(named), row.first?.median, row.second?.median)
    guard let shift = row.shift else { return line }
    let style: TextStyle = shift.isSignificant ? .notice : .dim
    // An interval of two values each says nothing.
    guard shift.adjustedP != nil else {
      line.append("  " + TextColumns.right(shift.difference.signedDigits(), shiftWidth), style)
      return line
    }
    let texts = shift.texts
    line.append("  " + TextColumns.right(texts.difference, shiftWidth) + "  \(texts.lower) to \(texts.upper)", style)
    if shift.isSignificant { line.append(" !", .notice) }
    return line
  }

  /// The share that was lost on both sides with its intervals, where anything was.
  private static func loss(_ row: HopComparison) -> [StyledLine] {
    guard let loss = row.loss, loss.first.lost + loss.second.lost > 0 else { return [] }
    let text = "lost \(share(loss.first)) and \(share(loss.second))"
    var line = StyledLine(TextColumns.spaces(indent) + text, loss.isSignificant ? .notice : .dim)
    if loss.isSignificant { line.append(" !", .notice) }
    return [line]
  }

  /// `40% (17-69%) of 10`
  private static func share(_ loss: LossChange.Loss) -> String {
    let (lower, upper) = (percent(loss.lowerShare), percent(loss.upperShare))
    return "\(percent(loss.percent / 100))% (\(lower)-\(upper)%) of \(loss.sent)"
  }

  private static func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }

  private static func side(_ hop: PathHop?, _ mark: String, isFirst: Bool) -> StyledLine {
    var line = StyledLine(TextColumns.right(hop.map { String($0.ttl) } ?? "", hopWidth), .number)
    line.append(" \(mark) ", .notice)
    guard let median = hop?.median else {
      line.append(who(hop), .dim)
      return line
    }
    line.append(TextColumns.left(who(hop), responderWidth), .address)
    line.append((isFirst ? "" : cell(nil)) + cell(median))
    return line
  }

  private static func line(
    _ row: HopComparison, _ mark: String, _ who: String, _ first: Milliseconds?, _ second: Milliseconds?,
    silent: Bool = false, style: TextStyle = .address
  ) -> StyledLine {
    var line = StyledLine(TextColumns.right(hop(row), hopWidth), .number)
    line.append(" \(mark) ", .notice)
    guard first != nil || second != nil else {
      line.append(who, style)
      return line
    }
    line.append(TextColumns.left(who, responderWidth), style)
    line.append(cell(first, silent: silent) + cell(second, silent: silent))
    return line
  }

  /// `10`, or `10→11` when it is not the same TTL on both paths.
  private static func hop(_ row: HopComparison) -> String {
    guard let first = row.first?.ttl, let second = row.second?.ttl, first != second else { return String(row.ttl) }
    return "\(first)→\(second)"
  }

  private static func cell(_ time: Milliseconds?, silent: Bool = false) -> String {
    TextColumns.right(time.map(\.description) ?? (silent ? "*" : ""), timeWidth)
  }

  /// Name or address of the first responder, and how many more there are.
  private static func who(_ hop: PathHop?) -> String {
    guard let hop, let first = hop.responders.first else { return "*" }
    let more = hop.responders.count > 1 ? " +\(hop.responders.count - 1)" : ""
    return TextColumns.cutAtStart(SafeText.escape(hop.hostname ?? first), to: responderWidth - more.count - 1) + more
  }
}
